using Orleans.Concurrency;

namespace OrleansLinks.Partners;

/// <summary>A partner or creator; its key is the partner's id.</summary>
[Alias("IPartnerGrain")]
public interface IPartnerGrain : IGrainWithStringKey
{
    /// <summary>Makes the partner, once; a repeat answers the partner that is there.</summary>
    /// <param name="settings">Its fields.</param>
    /// <param name="createdByProgramId">The program whose brand makes it; null when the operator does.</param>
    [Alias("Create")]
    Task<Result<PartnerInfo>> Create(PartnerChange settings, string? createdByProgramId);

    /// <summary>The partner, or null when it was never made.</summary>
    [Alias("Get"), AlwaysInterleave]
    ValueTask<PartnerInfo?> Get();

    /// <summary>Changes the fields that are set, all or none.</summary>
    [Alias("Change")]
    Task<Result<PartnerInfo>> Change(PartnerChange change, long? expectedVersion);
}
