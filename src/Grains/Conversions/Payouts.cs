using OrleansLinks.Campaigns;

namespace OrleansLinks.Conversions;

/// <summary>What an order pays, and until when that can change.</summary>
internal static class Payouts
{
    /// <summary>
    /// What terms pay for an order. A percentage is rounded to the currency's smallest coin, halves away from zero; then the least
    /// and the most that an order pays are looked at.
    /// </summary>
    public static decimal Of(PayoutTerms terms, decimal amount, string currency)
    {
        var payout = terms.Model == PayoutModel.Fixed
            ? terms.Amount!.Amount
            : decimal.Round(amount * terms.Rate!.Value / 100m, Currencies.DigitsOf(currency), MidpointRounding.AwayFromZero);
        payout = Math.Max(payout, terms.MinPayout?.Amount ?? payout);
        return Math.Min(payout, terms.MaxPayout?.Amount ?? payout);
    }

    /// <summary>
    /// When a conversion locks: so many calendar days later, at the same time of day in the program's time zone. A time of day that
    /// the clocks jump over is the one that they jump to; of one that comes twice it is the later.
    /// </summary>
    /// <param name="at">When it happened.</param>
    /// <param name="days">The locking period, in days.</param>
    /// <param name="timeZone">IANA name of the program's time zone.</param>
    public static DateTimeOffset LocksAt(DateTimeOffset at, int days, string timeZone)
    {
        if (days == 0)
        {
            return at;
        }

        // The system's offset of a local time that is not there, or there twice, is that of standard time.
        var zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        var local = DateTime.SpecifyKind(TimeZoneInfo.ConvertTime(at, zone).DateTime.AddDays(days), DateTimeKind.Unspecified);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
