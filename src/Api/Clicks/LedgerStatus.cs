using System.Diagnostics.Metrics;
using OrleansLinks.Hosting;
using OrleansLinks.Journal;
using OrleansLinks.Problems;

namespace OrleansLinks.Clicks;

/// <summary>
/// How clicks fare between the journal of this edge and the ledger, for <c>GET /ledger</c> and as metrics. Totals are
/// compared with details every minute.
/// </summary>
internal sealed class LedgerStatus : BackgroundService
{
    /// <summary>The name under which metrics are collected.</summary>
    public const string MeterName = "OrleansLinks";

    private static readonly TimeSpan AuditInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FreshEnough = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ClickJournal _journal;
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _clock;
    private readonly ILogger<LedgerStatus> _log;
    private volatile LedgerAudit? _audit;

    public LedgerStatus(ClickJournal journal, IGrainFactory grains, TimeProvider clock, IMeterFactory meters, ILogger<LedgerStatus> log)
    {
        _journal = journal;
        _grains = grains;
        _clock = clock;
        _log = log;
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter("orleanslinks.clicks.journaled", () => _journal.Tail, "{click}", "Clicks that were taken in.");
        meter.CreateObservableCounter("orleanslinks.clicks.durable", () => Math.Max(_journal.Applied, _journal.Durable - _journal.Lost), "{click}", "Clicks that are on disk.");
        meter.CreateObservableCounter("orleanslinks.clicks.applied", () => _journal.Applied, "{click}", "Clicks that are counted.");
        meter.CreateObservableCounter("orleanslinks.clicks.lost", () => _journal.Lost, "{click}", "Clicks that could not be kept.");
        meter.CreateObservableGauge("orleanslinks.clicks.held", () => _journal.HeldBytes, "By", "Clicks held in memory, because the journal cannot be written.");
        meter.CreateObservableGauge("orleanslinks.clicks.oldest_unapplied", () => OldestUnapplied.TotalSeconds, "s", "Age of the oldest click that is not counted yet.");
        meter.CreateObservableGauge("orleanslinks.journal.writable", () => _journal.Trouble is null ? 1 : 0, "1", "Whether the journal can be written.");
        meter.CreateObservableGauge("orleanslinks.ledger.drift", () => _audit is { } audit ? [new Measurement<long>(audit.Drift)] : Array.Empty<Measurement<long>>(), "{click}", "Totals minus details; 0 when all is well.");
    }

    /// <summary>The age of the oldest click that is not counted yet; 0 when there is none.</summary>
    public TimeSpan OldestUnapplied
    {
        get
        {
            if (!_journal.TryPeekUnshipped(out var click))
            {
                return TimeSpan.Zero;
            }

            var age = _clock.GetUtcNow() - ClickFormat.TimeOf(click);
            return age > TimeSpan.Zero ? age : TimeSpan.Zero;
        }
    }

    /// <summary>The journal of this edge.</summary>
    public ClickJournal Journal => _journal;

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
        using var timer = new PeriodicTimer(AuditInterval, _clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Audit(AuditInterval / 2);
            }
#pragma warning disable CA1031 // The next minute tries again.
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                _log.LedgerNotCompared(exception);
            }
        }
    }

    private async Task<LedgerAudit?> Audit(TimeSpan maxAge)
    {
        var found = await _grains.Actor<ILedgerAuditGrain>(ILedgerAuditGrain.Key).Get(maxAge).WaitAsync(Patience, _clock);
        if (found is { Drift: not 0 } drift && drift.Drift != _audit?.Drift)
        {
            _log.TotalsDrift(drift.Drift, string.Join("; ", drift.Findings));
        }

        return _audit = found ?? _audit;
    }
}
