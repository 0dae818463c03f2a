using OrleansLinks.Programs;

namespace OrleansLinks.Clicks;

/// <summary>Totals.</summary>
/// <param name="Clicks">All answered redirects; the other click counts are parts of it.</param>
/// <param name="UniqueClicks">Those that were their visitor's first on that link for 30 minutes.</param>
/// <param name="BotClicks">Those by crawlers and link previews.</param>
/// <param name="OutsideTermsClicks">Those that are not paid.</param>
/// <param name="Conversions">Conversions that are attributed to the clicks and not reversed.</param>
/// <param name="Revenue">Amounts of the conversions.</param>
/// <param name="Payout">What the conversions pay.</param>
/// <param name="Version">Grows with every change.</param>
/// <param name="AsOf">When the totals were read.</param>
public sealed record CounterView(
    long Clicks,
    long UniqueClicks,
    long BotClicks,
    long OutsideTermsClicks,
    long Conversions,
    Money Revenue,
    Money Payout,
    long Version,
    DateTimeOffset AsOf)
{
    internal static async Task<CounterView> Read(CounterTotals totals, string programId, IGrainFactory grains, TimeProvider clock)
    {
        var program = await grains.Actor<IProgramGrain>(programId).Get()
            ?? throw new InvalidOperationException($"The program {programId} is gone.");

        return Of(totals, program.Currency, clock.GetUtcNow());
    }

    internal static CounterView Of(CounterTotals totals, string currency, DateTimeOffset asOf) => new(
        totals.Clicks,
        totals.UniqueClicks,
        totals.BotClicks,
        totals.OutsideTermsClicks,
        totals.Conversions,
        new Money(totals.Revenue, currency),
        new Money(totals.Payout, currency),
        totals.Version,
        asOf);
}
