using Orleans.Concurrency;

namespace OrleansLinks.Reports;

[GrainType("report"), StatelessWorker(2)]
internal sealed class ReportGrain(IReportStore store) : Grain, IReportGrain
{
    /// <summary>So many rows beside the rollups hardly make a report slower.</summary>
    private const int FewUnfolded = 50_000;

    public async Task<Result<ReportAnswer>> Run(ReportQuery query)
    {
        if (await store.CountUnfoldedAsync() > FewUnfolded)
        {
            await GrainFactory.Actor<IReportRollupGrain>(IReportRollupGrain.Key).CatchUp();
        }

        return await store.ReadAsync(query) is { } rows
            ? new ReportAnswer(rows)
            : Refusal.Rule("report_too_large", "groupBy", $"The report has more than {query.MaxRows} rows: group by less, look at a shorter time, or filter.");
    }
}

/// <remarks>Clicks that come while it folds wait for the next turn: what a report adds by itself is small all the same.</remarks>
[GrainType("report-rollup")]
internal sealed class ReportRollupGrain(IReportStore store, TimeProvider clock) : Grain, IReportRollupGrain
{
    private const int MinPiece = 8192;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>After so long even a few rows are folded.</summary>
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(30);

    private DateTimeOffset _foldedAt;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(Fold, new GrainTimerCreationOptions(Pause, Pause));
        return Task.CompletedTask;
    }

    public Task KeepUp() => Task.CompletedTask;

    public async Task CatchUp()
    {
        while (await store.FoldAsync() > MinPiece)
        {
        }
    }

    private async Task Fold()
    {
        var left = await store.CountUnfoldedAsync();
        var now = clock.GetUtcNow();
        if (left < MinPiece && (left == 0 || now - _foldedAt < LongPause))
        {
            return;
        }

        _foldedAt = now;
        while (left > 0)
        {
            left = await store.FoldAsync();
        }
    }
}
