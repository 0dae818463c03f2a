using System.Diagnostics.Metrics;

namespace OrleansLinks.Clicks;

/// <summary>What is measured of the ledger where its actors are; docs/operations/metrics.md tells what each is.</summary>
public sealed class LedgerMetrics
{
    /// <summary>The meter of all that is measured by our own code, here and in the programs.</summary>
    public const string MeterName = "OrleansLinks";

    // The largest batch that an edge sends is 32,768 clicks.
    private static readonly InstrumentAdvice<int> Sizes = new() { HistogramBucketBoundaries = [1, 10, 100, 1000, 4096, 8192, 16384, 32768] };
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };

    private readonly Histogram<int> _size;
    private readonly Histogram<double> _duration;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">Where meters are made.</param>
    public LedgerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _size = meter.CreateHistogram("orleanslinks.ledger.batch.size", "{click}", "Clicks that were recorded together.", null, Sizes);
        _duration = meter.CreateHistogram("orleanslinks.ledger.batch.duration", "s", "How long it took to record clicks together.", null, Seconds);
    }

    /// <summary>A batch of clicks was recorded.</summary>
    /// <param name="clicks">How many.</param>
    /// <param name="took">In what time.</param>
    public void Recorded(int clicks, TimeSpan took)
    {
        _size.Record(clicks);
        _duration.Record(took.TotalSeconds);
    }
}
