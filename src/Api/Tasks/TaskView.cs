using OrleansLinks.Access;
using OrleansLinks.Links;

namespace OrleansLinks.Tasks;

/// <summary>A task as a side sees it.</summary>
/// <param name="Id">The task's id.</param>
/// <param name="CampaignId">Its campaign.</param>
/// <param name="ProgramId">The campaign's program.</param>
/// <param name="PartnerId">The partner that it is assigned to.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">What is to be done.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Version">Grows by one with every change.</param>
/// <param name="LinkSettings">How links are created for it, and which gate is shut.</param>
/// <param name="Link">The link that made itself, where the campaign uses the program's default page.</param>
internal sealed record TaskView(
    string Id,
    string CampaignId,
    string ProgramId,
    string PartnerId,
    string Name,
    string? Description,
    DateTimeOffset? DueAt,
    DateTimeOffset CreatedAt,
    long Version,
    LinkSettings LinkSettings,
    LinkView? Link)
{
    public static TaskView Of(TaskDetails details, Caller caller, Origin origin)
    {
        var task = details.Task;
        return new TaskView(
            task.Id,
            task.CampaignId,
            task.ProgramId,
            task.PartnerId,
            task.Name,
            task.Description,
            task.DueAt,
            task.CreatedAt,
            task.Version,
            details.LinkSettings,
            details.GeneratedLink is { } link ? LinkView.Of(link, caller, origin) : null);
    }
}
