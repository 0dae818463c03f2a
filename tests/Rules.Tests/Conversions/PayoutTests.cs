using OrleansLinks.Campaigns;
using OrleansLinks.Conversions;

namespace OrleansLinks.Rules.Tests.Conversions;

public sealed class PayoutTests
{
    [Theory]
    [InlineData("10", "12.50", "EUR", "1.25")]
    [InlineData("5", "0.50", "EUR", "0.03")] // halves away from zero
    [InlineData("7.5", "1234", "JPY", "93")]
    [InlineData("3", "1.234", "KWD", "0.037")]
    [InlineData("100", "999999999.9999", "USD", "1000000000.00")]
    [InlineData("0.0001", "1", "EUR", "0")]
    public void A_percentage_is_rounded_to_the_currencys_smallest_coin(string rate, string amount, string currency, string payout) =>
        Assert.Equal(Decimal(payout), Payouts.Of(new PayoutTerms(PayoutModel.Percentage, Rate: Decimal(rate)), Decimal(amount), currency));

    [Theory]
    [InlineData("1", "2.00")]
    [InlineData("50", "5.00")]
    [InlineData("1000", "30.00")]
    public void A_payout_stays_between_the_least_and_the_most(string amount, string payout)
    {
        var terms = new PayoutTerms(PayoutModel.Percentage, Rate: 10m, MinPayout: Euro(2m), MaxPayout: Euro(30m));

        Assert.Equal(Decimal(payout), Payouts.Of(terms, Decimal(amount), "EUR"));
    }

    [Fact]
    public void A_fixed_payout_does_not_depend_on_the_order() =>
        Assert.Equal(4.4444m, Payouts.Of(new PayoutTerms(PayoutModel.Fixed, Euro(4.4444m)), 1m, "EUR"));

    [Theory]
    // Across the ends of months, and of daylight saving: the time of day stays.
    [InlineData("2026-01-31T12:00:00Z", 30, "Europe/Berlin", "2026-03-02T12:00:00Z")]
    [InlineData("2026-03-20T12:00:00Z", 14, "Europe/Berlin", "2026-04-03T11:00:00Z")]
    [InlineData("2026-10-20T12:00:00Z", 14, "America/New_York", "2026-11-03T13:00:00Z")]
    [InlineData("2026-03-20T12:00:00Z", 14, "Asia/Tokyo", "2026-04-03T12:00:00Z")]
    // 02:30 on the day that the clocks jump from 2 to 3, and 02:30 on the day that they go from 3 back to 2.
    [InlineData("2026-03-28T01:30:00Z", 1, "Europe/Berlin", "2026-03-29T01:30:00Z")]
    [InlineData("2026-10-24T00:30:00Z", 1, "Europe/Berlin", "2026-10-25T01:30:00Z")]
    [InlineData("2028-02-28T12:00:00Z", 1, "UTC", "2028-02-29T12:00:00Z")]
    [InlineData("2026-05-01T12:34:56Z", 0, "Europe/Berlin", "2026-05-01T12:34:56Z")]
    public void A_conversion_locks_calendar_days_later_at_the_same_time_of_day(string at, int days, string timeZone, string locksAt) =>
        Assert.Equal(Time(locksAt), Payouts.LocksAt(Time(at), days, timeZone));

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")] // half an hour of daylight saving
    public void Through_a_quarter_with_a_change_of_the_clocks_every_lock_is_at_the_same_time_of_day_or_where_the_clocks_jump_to(string timeZone)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        for (var at = Time("2026-02-15T00:10:00Z"); at < Time("2026-05-15T00:00:00Z"); at += TimeSpan.FromMinutes(30))
        {
            var locksAt = Payouts.LocksAt(at, 30, timeZone);
            var (local, wanted) = (TimeZoneInfo.ConvertTime(locksAt, zone).DateTime, TimeZoneInfo.ConvertTime(at, zone).DateTime.AddDays(30));
            Assert.True(local == wanted || (zone.IsInvalidTime(wanted) && local > wanted && local - wanted <= TimeSpan.FromHours(1)), $"{at:O} locks at {locksAt:O}");
        }
    }

    private static decimal Decimal(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static Money Euro(decimal amount) => new(amount, "EUR");
}
