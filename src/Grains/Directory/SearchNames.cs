using OrleansLinks.Campaigns;
using OrleansLinks.Partners;
using OrleansLinks.Programs;
using OrleansLinks.Tasks;

namespace OrleansLinks.Directory;

/// <summary>The names by which searches find things.</summary>
internal static class SearchNames
{
    public static DirectoryName NameOf(ProgramInfo program) => new(program.Id, program.Name, program.Version);

    public static DirectoryName NameOf(PartnerInfo partner) => new(partner.Id, partner.Name, partner.Version);

    public static DirectoryName NameOf(CampaignInfo campaign) => new(campaign.Id, campaign.Name, campaign.Version);

    public static DirectoryName NameOf(TaskInfo task) => new(task.Id, task.Name, task.Version);

    /// <summary>
    /// Makes a change that may bring another name. Until it is made both names are there, so that whether it is made or not, and
    /// wherever this ends, the name that holds is found; that the other one does not hold says the actor to whoever searches.
    /// </summary>
    /// <remarks>
    /// An activation that does not know that there is another one adds a name that never holds, and takes away none: it knows only
    /// versions that are over.
    /// </remarks>
    /// <param name="directory">The names.</param>
    /// <param name="before">The name of now.</param>
    /// <param name="after">The name that comes.</param>
    /// <param name="write">Makes the change.</param>
    public static async Task Rename(this IDirectoryStore directory, DirectoryName before, DirectoryName after, Func<Task> write)
    {
        if (DirectoryNames.Fold(before.Name) == DirectoryNames.Fold(after.Name))
        {
            await write();
            return;
        }

        await directory.AddAsync([before, after]);
        await write();
        await directory.RemoveNamesAsync(after.Id, after.Version);
    }
}
