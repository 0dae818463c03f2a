using Orleans.Concurrency;
using OrleansLinks.Conversions;

namespace OrleansLinks.Programs;

/// <summary>A program; its key is the program's id.</summary>
[Alias("IProgramGrain")]
public interface IProgramGrain : IGrainWithStringKey
{
    /// <summary>Makes the program, once; a repeat answers the program that is there.</summary>
    [Alias("Create")]
    Task<Result<ProgramInfo>> Create(ProgramChange settings);

    /// <summary>The program, or null when it was never made.</summary>
    [Alias("Get"), AlwaysInterleave]
    ValueTask<ProgramInfo?> Get();

    /// <summary>The program as it was at a version; null where that is not known.</summary>
    [Alias("GetVersion"), AlwaysInterleave]
    Task<ProgramInfo?> GetVersion(long version);

    /// <summary>A page of the program's conversions that belong to no click, or wait for theirs; newest first.</summary>
    /// <param name="before">Where the page before ended; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    [Alias("ListUnmatched"), AlwaysInterleave]
    Task<ConversionPage> ListUnmatched(long? before, int limit);

    /// <summary>Changes the fields that are set, all or none.</summary>
    /// <param name="change">The fields to change.</param>
    /// <param name="expectedVersion">Refuse unless the program is at this version; null to not care.</param>
    [Alias("Change")]
    Task<Result<ProgramInfo>> Change(ProgramChange change, long? expectedVersion);
}
