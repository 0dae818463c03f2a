using System.Collections.Immutable;
using Orleans.Concurrency;
using OrleansLinks.Campaigns;

namespace OrleansLinks.Directory;

/// <summary>
/// Names of the lists in which ids are found. An entity is put on its lists before it is acknowledged, so none is ever
/// missing; an id whose entity was never completed, or has moved to another list, is left out by the reader.
/// </summary>
public static class DirectoryLists
{
    /// <summary>All programs.</summary>
    public const string Programs = "programs";

    /// <summary>All partners.</summary>
    public const string Partners = "partners";

    /// <summary>All access keys.</summary>
    public const string Keys = "keys";

    /// <summary>Partners that a program made or works with.</summary>
    public static string PartnersOf(string programId) => $"partners:{programId}";

    /// <summary>Programs that a partner works with, or once did.</summary>
    public static string ProgramsWith(string partnerId) => $"programs-with:{partnerId}";

    /// <summary>Access keys of a program's brand, or of a partner.</summary>
    public static string KeysOf(string holderId) => $"keys:{holderId}";

    /// <summary>All webhooks.</summary>
    public const string Webhooks = "webhooks";

    /// <summary>Webhooks of a program's brand, or of a partner.</summary>
    public static string WebhooksOf(string ownerId) => $"webhooks:{ownerId}";

    /// <summary>Campaigns of a program, all or those of a status, a kind, or both.</summary>
    public static string CampaignsOf(string programId, CampaignStatus? status = null, CampaignKind? kind = null) =>
        $"campaigns:{programId}:{status}:{kind}";

    /// <summary>Partners that take part in a campaign.</summary>
    public static string ParticipantsOf(string campaignId) => $"participants:{campaignId}";

    /// <summary>Partners that take part in a campaign, or once did.</summary>
    public static string EverIn(string campaignId) => $"ever-in:{campaignId}";

    /// <summary>Campaigns that a partner takes part in.</summary>
    public static string CampaignsWith(string partnerId) => $"campaigns-with:{partnerId}";

    /// <summary>Tasks of a campaign, or tasks assigned to a partner.</summary>
    public static string TasksOf(string ownerId) => $"tasks:{ownerId}";
}

/// <summary>Reads the lists of ids; any activation will do.</summary>
[Alias("IDirectoryGrain")]
public interface IDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>A page of a list, newest first.</summary>
    /// <param name="list">A name from <see cref="DirectoryLists"/>.</param>
    /// <param name="before">The id that the page before this one ended with; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    [Alias("List"), AlwaysInterleave]
    Task<ImmutableArray<string>> List(string list, string? before, int limit);

    /// <summary>
    /// As <see cref="List"/>, of those ids alone that have a name with that text anywhere in it (<see cref="DirectoryNames"/>). Somebody
    /// who has just been renamed may be among them under the old name: the reader leaves out whose name has the text no longer.
    /// </summary>
    /// <param name="list">A name from <see cref="DirectoryLists"/>.</param>
    /// <param name="text">A part of the name.</param>
    /// <param name="before">The id that the page before this one ended with; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    [Alias("Search"), AlwaysInterleave]
    Task<ImmutableArray<string>> Search(string list, string text, string? before, int limit);

    /// <summary>Whether an id is on a list.</summary>
    [Alias("Contains"), AlwaysInterleave]
    Task<bool> Contains(string list, string id);
}
