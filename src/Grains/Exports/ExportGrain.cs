using Orleans.Concurrency;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;

namespace OrleansLinks.Exports;

[GrainType("export"), StatelessWorker]
internal sealed class ExportGrain(IExportStore store) : Grain, IExportGrain
{
    public Task<ExportPage<ClickRecord>> ReadClicks(ExportScope scope, Guid? after, int limit) =>
        store.ReadClicksAsync(scope, after, Math.Clamp(limit, 1, IExportGrain.MaxRows));

    public Task<ExportPage<Conversion>?> ReadConversions(ExportScope scope, Guid? after, int limit) =>
        store.ReadConversionsAsync(scope, after, Math.Clamp(limit, 1, IExportGrain.MaxRows));
}
