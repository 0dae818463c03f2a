using System.Collections.Immutable;
using OrleansLinks.Clicks;
using OrleansLinks.Journal;
using OrleansLinks.Programs;
using OrleansLinks.Tasks;

namespace OrleansLinks.Links;

/// <summary>The counters of many links of a task, at the cost of one call.</summary>
internal sealed record LinkCounters(IGrainFactory Grains, ClickShipper Shipper, TimeProvider Clock)
{
    /// <summary>The counters of links, in their order; they tell of every click that was answered here before.</summary>
    public async Task<CounterView[]> Read(TaskInfo task, ImmutableArray<LinkDetails> links)
    {
        await Shipper.CatchUp();
        var program = await Grains.Actor<IProgramGrain>(task.ProgramId).Get()
            ?? throw new InvalidOperationException($"The program {task.ProgramId} is gone.");
        var totals = await Grains.Actor<ITaskGrain>(task.Id).GetLinkCounters(ImmutableArray.CreateRange(links, details => details.Link.Code));
        var asOf = Clock.GetUtcNow();
        return [.. totals.Select(one => CounterView.Of(one, program.Currency, asOf))];
    }
}
