using System.Globalization;
using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests.Conversions;

/// <summary>A host whose clock stands where the test puts it.</summary>
public sealed class CalendarHost : RunningHost
{
    private readonly CalendarClock _clock = new();

    protected override TimeProvider? Clock => _clock;

    public DateTimeOffset Now
    {
        get => _clock.Now;
        set => _clock.Now = value;
    }

    private sealed class CalendarClock : TimeProvider
    {
        private long _ticks = new DateTimeOffset(2026, 2, 15, 10, 10, 0, TimeSpan.Zero).UtcTicks;

        public DateTimeOffset Now
        {
            get => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);
            set => Interlocked.Exchange(ref _ticks, value.UtcTicks);
        }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

/// <summary>A quarter of a year, day by day, in which the clocks are changed.</summary>
public sealed class QuarterTests(CalendarHost host) : IClassFixture<CalendarHost>
{
    private const int Days = 90;
    private const int LockingPeriod = 30;

    [Theory]
    [InlineData("Europe/Berlin")] // to summer time on 29 March
    [InlineData("America/New_York")] // on 8 March
    [InlineData("Australia/Sydney")] // from summer time on 5 April
    public async Task Every_order_locks_a_month_later_at_the_same_time_of_day_and_counts_in_its_own_month(string timeZone)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        var first = host.Now = new DateTimeOffset(2026, 2, 15, 10, 10, 0, TimeSpan.Zero);
        var world = await World.Make(host, program: body => body["timeZone"] = timeZone, campaign: body =>
            body["tracking"] = new JsonObject { ["clicksAndConversions"] = true, ["attributionWindowDays"] = 120, ["lockingPeriodDays"] = LockingPeriod });
        var clickId = World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"]));

        // An order a day, in the evening of one, in the night of the other.
        var orders = new List<(string Id, DateTimeOffset At, DateTimeOffset LocksAt)>();
        for (var day = 0; day < Days; day++)
        {
            host.Now = first.AddDays(day).AddHours(day % 2 == 0 ? 0 : 13);
            var order = (await world.Convert(clickId, "10.00")).Expect(201);
            orders.Add((order["id"], host.Now, DateTimeOffset.Parse(order["locksAt"], CultureInfo.InvariantCulture)));
            Assert.Equal(
                TimeZoneInfo.ConvertTime(host.Now, zone).DateTime.AddDays(LockingPeriod),
                TimeZoneInfo.ConvertTime(orders[^1].LocksAt, zone).DateTime);
            if (day % 7 == 0)
            {
                await AssertLocked();
            }
        }

        // The clocks were changed within the quarter: some of these months are an hour shorter or longer.
        Assert.Equal(2, orders.Select(order => order.LocksAt - order.At).Distinct().Count());

        // To the millisecond.
        var last = orders[^1];
        host.Now = last.LocksAt.AddMilliseconds(-1);
        (await world.Brand.Post($"/conversions/{last.Id}/adjust", new { amount = new { amount = "10.00", currency = "EUR" } })).Expect(200);
        Assert.Equal("pending", (await world.Brand.Get($"/conversions/{last.Id}"))["state"]);
        host.Now = last.LocksAt;
        Assert.Equal("approved", (await world.Partner.Get($"/conversions/{last.Id}"))["state"]);
        Assert.Equal("conversion_locked", (await world.Brand.Post($"/conversions/{last.Id}/reverse")).Expect(409)["code"]);
        await AssertLocked();

        // By the months of the time zone, in which some orders are in another one than in UTC.
        var report = (await world.Partner.Get($"/reports/performance?programId={world.ProgramId}&groupBy=month&from=2026-02-01&to=2026-06-30")).Expect(200);
        Assert.Equal(
            orders.GroupBy(order => TimeZoneInfo.ConvertTime(order.At, zone).ToString("yyyy-MM", CultureInfo.InvariantCulture)).OrderBy(month => month.Key).Select(month => (month.Key, month.Count())),
            report.Items.Select(row => (row["month"]!.GetValue<string>(), row["conversions"]!.GetValue<int>())));

        async Task AssertLocked()
        {
            var seen = await world.Partner.GetAll($"/campaigns/{world.CampaignId}/conversions", 500);
            Assert.Equal(
                orders.ToDictionary(order => order.Id, order => order.LocksAt <= host.Now ? "approved" : "pending"),
                seen.ToDictionary(order => order["id"]!.GetValue<string>(), order => order["state"]!.GetValue<string>()));
        }
    }
}
