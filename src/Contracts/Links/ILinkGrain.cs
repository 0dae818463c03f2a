using Orleans.Concurrency;
using OrleansLinks.Clicks;

namespace OrleansLinks.Links;

/// <summary>A short code and the link behind it; its key is the code, or a regular link's key.</summary>
[Alias("ILinkGrain")]
public interface ILinkGrain : IGrainWithStringKey
{
    /// <summary>The link behind the code, for a redirect; null when the code was never issued.</summary>
    [Alias("Resolve"), AlwaysInterleave]
    ValueTask<Link?> Resolve();

    /// <summary>The link with what its campaign and program make of it now; null when the code was never issued.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<LinkDetails?> Get();

    /// <summary>Changes the fields that are set, all or none.</summary>
    /// <param name="change">The fields to change.</param>
    /// <param name="expectedVersion">Refuse unless the link is at this version; null to not care.</param>
    /// <param name="by">Which side changes it: a partner cannot enable what the brand has disabled.</param>
    [Alias("Change")]
    Task<Result<LinkDetails>> Change(LinkChange change, long? expectedVersion, LinkCreator by);

    /// <summary>The link's totals.</summary>
    [Alias("GetCounters"), AlwaysInterleave]
    Task<CounterTotals> GetCounters();
}
