using System.Diagnostics.Metrics;
using OrleansLinks.Hosting;

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

/// <summary>Counts visitors' requests by what became of them, as the metric <c>orleanslinks.redirects</c>.</summary>
internal sealed class RedirectMetrics(IMeterFactory meters)
{
    private const string Attribute = "orleanslinks.redirect.outcome";

    // By the numbers of the outcomes.
    private static readonly KeyValuePair<string, object?>[] Outcomes =
    [
        new(Attribute, "in_terms"), new(Attribute, "outside_terms"), new(Attribute, "not_found"), new(Attribute, "disabled"), new(Attribute, "failed"),
    ];

    private readonly Counter<long> _redirects = meters.Create(Telemetry.MeterName).CreateCounter<long>(
        "orleanslinks.redirects", "{request}", "Visitors' requests (GET), by what became of them.");

    /// <summary>Counts one.</summary>
    public void Count(RedirectOutcome outcome) => _redirects.Add(1, Outcomes[(int)outcome]);
}
