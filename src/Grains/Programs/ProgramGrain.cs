using OrleansLinks.Conversions;
using OrleansLinks.Directory;
using OrleansLinks.History;

namespace OrleansLinks.Programs;

[GrainType("program")]
internal sealed class ProgramGrain(
    [PersistentState("program")] IPersistentState<SettingsState<ProgramInfo>> state,
    SettingsChanges changes,
    IDirectoryStore directory,
    IConversionStore conversions,
    ISettingsHistory history,
    TimeProvider clock) : SettingsGrain<ProgramInfo>(state, changes), IProgramGrain
{
    private readonly ProgramHistory _history = new(history);

    public async Task<Result<ProgramInfo>> Create(ProgramChange settings)
    {
        if (Current is not null)
        {
            return Current;
        }

        var id = this.GetPrimaryKeyString();
        var program = ProgramRules.Apply(id, null, settings, clock.GetUtcNow());
        if (program.IsOk)
        {
            await directory.AddAsync([SearchNames.NameOf(program.Value)], new DirectoryEntry(DirectoryLists.Programs, id));
            await Write(program.Value);
        }

        return program;
    }

    public ValueTask<ProgramInfo?> Get() => new(CurrentOrLeave());

    public async Task<ProgramInfo?> GetVersion(long version) => CurrentOrLeave() is { } program ? await _history.Find(program, version) : null;

    public Task<ConversionPage> ListUnmatched(long? before, int limit) => conversions.ListUnmatchedAsync(this.GetPrimaryKeyString(), before, limit);

    public async Task<Result<ProgramInfo>> Change(ProgramChange change, long? expectedVersion)
    {
        if (Current is null)
        {
            return Refusal.NotFound("program");
        }

        if (Refusal.WhenStale(Current.Version, expectedVersion) is { } stale)
        {
            return stale;
        }

        var program = ProgramRules.Apply(Current.Id, Current, change, clock.GetUtcNow());
        if (program.IsOk && program.Value != Current)
        {
            await _history.Keep(Current, program.Value, clock.GetUtcNow());
            await directory.Rename(SearchNames.NameOf(Current), SearchNames.NameOf(program.Value), () => Write(program.Value));
        }

        return program;
    }
}
