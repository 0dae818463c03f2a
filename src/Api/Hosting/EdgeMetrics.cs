using System.Diagnostics.Metrics;
using OrleansLinks.Clicks;
using OrleansLinks.Journal;
using OrleansLinks.Redirect;

namespace OrleansLinks.Hosting;

/// <summary>What is measured of an edge when somebody looks, for OpenTelemetry; docs/operations/metrics.md tells what each is.</summary>
internal sealed class EdgeMetrics
{
    public EdgeMetrics(IMeterFactory meters, ClickJournal journal, LedgerStatus ledger, RedirectMetrics redirects, LinkDirectory directory, ChangeFeed feed, CounterHub hub)
    {
        var meter = meters.Create(LedgerMetrics.MeterName);
        meter.CreateObservableCounter("orleanslinks.redirects.failed", () => redirects.Failed, "{visitor}", "Visitors of this edge who could not be answered.");
        meter.CreateObservableCounter("orleanslinks.clicks.journaled", () => journal.Tail, "{click}", "Clicks that this edge has taken in.");
        meter.CreateObservableCounter("orleanslinks.clicks.durable", () => journal.Kept, "{click}", "Clicks of this edge that are on disk.");
        meter.CreateObservableCounter("orleanslinks.clicks.applied", () => journal.Applied, "{click}", "Clicks of this edge that are counted.");
        meter.CreateObservableCounter("orleanslinks.clicks.lost", () => journal.Lost, "{click}", "Clicks of this edge that could not be kept.");
        meter.CreateObservableGauge("orleanslinks.clicks.held", () => journal.HeldBytes, "By", "Clicks held in memory, because the journal cannot be written.");
        meter.CreateObservableGauge("orleanslinks.clicks.oldest_unapplied", () => ledger.OldestUnapplied.TotalSeconds, "s", "Age of the oldest click of this edge that is not counted yet; 0 when there is none.");
        meter.CreateObservableGauge("orleanslinks.journal.depth", () => journal.Waiting, "{click}", "Clicks in the journal of this edge that are not counted yet.");
        meter.CreateObservableGauge("orleanslinks.journal.usage", () => journal.UnshippedBytes, "By", "Bytes on the disk of this edge of clicks that are not counted yet.");
        meter.CreateObservableGauge("orleanslinks.journal.limit", () => journal.MaxUnshippedBytes, "By", "Most bytes that they may take.");
        meter.CreateObservableGauge("orleanslinks.journal.writable", () => journal.Trouble is null ? 1 : 0, "1", "Whether the journal can be written: 1 or 0.");
        meter.CreateObservableGauge("orleanslinks.ledger.drift", () => ledger.Drift is { } drift ? [new Measurement<long>(drift)] : Array.Empty<Measurement<long>>(), "{click}", "Totals minus details of the whole installation, as they were last compared; 0 when all is well.");
        meter.CreateObservableGauge("orleanslinks.ledger.audit_age", () => ledger.AuditAge.TotalSeconds, "s", "How long ago totals were last compared with details; since the start where they have not been.");
        meter.CreateObservableGauge("orleanslinks.directory.links", () => directory.CachedLinks, "{link}", "Links that this edge has in memory.");
        meter.CreateObservableCounter("orleanslinks.directory.hits", () => directory.Hits, "{lookup}", "Clicked links that were in memory.");
        meter.CreateObservableCounter("orleanslinks.directory.misses", () => directory.Misses, "{lookup}", "Clicked links that had to be looked up.");
        meter.CreateObservableGauge("orleanslinks.directory.staleness", () => feed.Staleness.TotalSeconds, "s", "For how long changes made elsewhere may not have reached this edge.");
        meter.CreateObservableGauge("orleanslinks.counters.watchers", () => hub.Watchers, "{watcher}", "Who watches counters of tasks through this edge: open pages and streams.");
    }
}
