using Microsoft.Extensions.Logging;
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
internal sealed partial class ReportRollupGrain(IReportStore store, TimeProvider clock, ILogger<ReportRollupGrain> log) : Grain, IReportRollupGrain
{
    private const int MinPiece = 8192;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>After so long even a few rows are folded.</summary>
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(30);

    private DateTimeOffset _foldedAt;
    private bool _isStuck;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(KeepFolding, new GrainTimerCreationOptions(Pause, Pause));
        return Task.CompletedTask;
    }

    public Task KeepUp() => Task.CompletedTask;

    public async Task CatchUp()
    {
        while (await store.FoldAsync() > MinPiece)
        {
        }
    }

    /// <summary>Reports add what is not folded by themselves: that it cannot be is said once, and not at every turn.</summary>
    private async Task KeepFolding()
    {
        try
        {
            await Fold();
            if (_isStuck)
            {
                LogGoesOn(log);
            }

            _isStuck = false;
        }
#pragma warning disable CA1031 // Whatever it is, the next turn tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!_isStuck)
            {
                LogIsStuck(log, exception);
            }

            _isStuck = true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rollups of reports cannot be kept up; it is tried again until they can")]
    private static partial void LogIsStuck(ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Rollups of reports are kept up again")]
    private static partial void LogGoesOn(ILogger log);

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
