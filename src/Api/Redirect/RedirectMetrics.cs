using System.Diagnostics.Metrics;
using OrleansLinks.Clicks;

namespace OrleansLinks.Redirect;

/// <summary>What became of a visitor's request.</summary>
internal enum RedirectOutcome
{
    /// <summary>Redirected; the click is within the task's terms.</summary>
    InTerms,

    /// <summary>Redirected; the click is outside the task's terms.</summary>
    OutsideTerms,

    /// <summary>There is no such link.</summary>
    NotFound,

    /// <summary>The link is disabled.</summary>
    Disabled,

    /// <summary>It could not be told where to, or the click could not be kept.</summary>
    Failed,
}

/// <summary>
/// Visitors' requests by what became of them, and how long each took: the metric <c>orleanslinks.redirect.duration</c>. The web server's own
/// metric of requests, which has six attributes, is left to all others.
/// </summary>
internal sealed class RedirectMetrics(IMeterFactory meters)
{
    private const string Attribute = "orleanslinks.redirect.outcome";

    // By the numbers of the outcomes.
    private static readonly KeyValuePair<string, object?>[] Outcomes =
    [
        new(Attribute, "in_terms"), new(Attribute, "outside_terms"), new(Attribute, "not_found"), new(Attribute, "disabled"), new(Attribute, "failed"),
    ];

    private readonly Histogram<double> _duration = meters.Create(LedgerMetrics.MeterName).CreateHistogram(
        "orleanslinks.redirect.duration",
        "s",
        "How long it took to answer visitors (GET), by what became of them.",
        null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    private long _failed;

    /// <summary>
    /// How many visitors could not be answered. The histogram tells nothing of them before the first, and who asks by how much it has grown
    /// would not see the first ones; this is there from the start, and costs those nothing who are answered.
    /// </summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>A visitor was answered.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="took">In what time.</param>
    public void Record(RedirectOutcome outcome, TimeSpan took)
    {
        if (outcome == RedirectOutcome.Failed)
        {
            Interlocked.Increment(ref _failed);
        }

        _duration.Record(took.TotalSeconds, Outcomes[(int)outcome]);
    }
}
