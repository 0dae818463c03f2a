using OrleansLinks.Hosting;
using OrleansLinks.Journal;
using OrleansLinks.Problems;

namespace OrleansLinks.Clicks;

/// <summary>
/// How clicks fare between the journal of this edge and the ledger, for <c>GET /ledger</c> and as metrics. Totals are
/// compared with details every minute.
/// </summary>
internal sealed class LedgerStatus(ClickJournal journal, IGrainFactory grains, TimeProvider clock, ILogger<LedgerStatus> log) : BackgroundService
{
    private static readonly TimeSpan AuditInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FreshEnough = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DateTimeOffset _started = clock.GetUtcNow();

    private volatile LedgerAudit? _audit;

    /// <summary>The age of the oldest click that is not counted yet; 0 when there is none.</summary>
    public TimeSpan OldestUnapplied
    {
        get
        {
            if (!journal.TryPeekUnshipped(out var click))
            {
                return TimeSpan.Zero;
            }

            var age = clock.GetUtcNow() - ClickFormat.TimeOf(click);
            return age > TimeSpan.Zero ? age : TimeSpan.Zero;
        }
    }

    /// <summary>Totals minus details, as they were last compared; null when they have not been yet.</summary>
    public long? Drift => _audit?.Drift;

    /// <summary>How long ago totals were last compared with details, by the time at which that was done; since the start when they have not been yet.</summary>
    public TimeSpan AuditAge => clock.GetUtcNow() - (_audit?.At ?? _started) is var age && age > TimeSpan.Zero ? age : TimeSpan.Zero;

    /// <summary>The journal of this edge.</summary>
    public ClickJournal Journal => journal;

    /// <summary>Compares totals with details, unless that was done just now; what was found last when the ledger does not answer.</summary>
    public async Task<LedgerAudit?> Audit()
    {
        try
        {
            return await Audit(FreshEnough);
        }
        catch (Exception exception) when (Infrastructure.Fails(exception))
        {
            return _audit;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(AuditInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Audit(AuditInterval / 2);
            }
#pragma warning disable CA1031 // The next minute tries again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (!stoppingToken.IsCancellationRequested)
                {
                    log.LedgerNotCompared(exception);
                }
            }
        }
    }

    private async Task<LedgerAudit?> Audit(TimeSpan maxAge)
    {
        var found = await grains.Actor<ILedgerAuditGrain>(ILedgerAuditGrain.Key).Get(maxAge).WaitAsync(Patience, clock);
        if (found is { Drift: not 0 } drift && drift.Drift != _audit?.Drift)
        {
            log.TotalsDrift(drift.Drift, string.Join("; ", drift.Findings));
        }

        return _audit = found ?? _audit;
    }
}
