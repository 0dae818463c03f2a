using System.Collections.Immutable;
using Orleans.Concurrency;

namespace OrleansLinks.Directory;

[StatelessWorker, GrainType("directory")]
internal sealed class DirectoryGrain(IDirectoryStore store) : Grain, IDirectoryGrain
{
    public Task<ImmutableArray<string>> List(string list, string? before, int limit) => store.ListAsync(list, before, limit);

    public Task<ImmutableArray<string>> Search(string list, string text, string? before, int limit) => store.SearchAsync(list, text, before, limit);

    public Task<bool> Contains(string list, string id) => store.ContainsAsync(new DirectoryEntry(list, id));
}
