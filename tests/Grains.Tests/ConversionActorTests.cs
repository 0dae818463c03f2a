using CsCheck;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Links;

namespace OrleansLinks;

public sealed class ConversionActorTests(Cluster cluster)
{
    private const int Orders = 6;

    // Of these, the first are from before the locking period: they lock as soon as their click is there.
    private const int OldOrders = 2;

    private const int Cap = 3;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private enum Act
    {
        Report,
        Click,
        Adjust,
        Reverse,
        Forget,
    }

    [Fact]
    public Task Totals_and_payouts_are_what_a_plain_reckoning_gives_whatever_comes_in_which_order() => Gen
        .Select(Gen.Enum<Act>(), Gen.Int[0, Orders - 1], Gen.Int[0, 10_000]).Array[1, 40]
        .SampleAsync(
            async (history) =>
            {
                var task = await cluster.NewTask(await cluster.NewCampaign(LandingMode.PartnerChoice, cap: new PayoutCap(Cap)));
                var info = (await task.GetInfo())!;
                var clicks = Enumerable.Range(0, Orders).Select(number => new Click(
                    EntityId.NewSeed(TimeProvider.System), null, info.Id, info.CampaignId, info.PartnerId, info.ProgramId, DateTimeOffset.UtcNow.AddDays(number < OldOrders ? -40 : 0),
                    ClickClass.InTerms, null, false, Guid.NewGuid(), "https://www.example.com/", null, null, ReportingValues.None)).ToArray();
                var (hasCome, orders) = (new bool[Orders], new Order[Orders]);
                foreach (var (act, number, cents) in history)
                {
                    var money = new Money(cents / 100m, "EUR");
                    var report = new ConversionReport(info.ProgramId, EntityId.From(EntityId.Click, clicks[number].Id), $"order {number}", null, money, number < OldOrders ? DateTimeOffset.UtcNow.AddDays(-39) : null, Guid.NewGuid());
                    var conversion = cluster.Grains.Actor<IConversionGrain>(ConversionIds.Of(report));
                    switch (act)
                    {
                        case Act.Report:
                            // At once, and again with another amount: the first counts.
                            var reported = await Task.WhenAll(conversion.Report(report), conversion.Report(report), conversion.Report(report with { CreationId = Guid.NewGuid() }));
                            Assert.All(reported, one => Assert.True(one.IsOk));
                            orders[number] = orders[number].IsReported ? orders[number] : new Order(true, false, reported[0].Value!.Details.Conversion.Amount);
                            Attribute(number);
                            break;
                        case Act.Click:
                            hasCome[number] = true;
                            await RecordAsync(clicks[number]);
                            Attribute(number);
                            if (orders[number].IsReported)
                            {
                                // Until it is told, it can still be changed.
                                await IsSoon(false, async () => (await conversion.Get())!.Conversion.State == ConversionState.WaitingForClick);
                            }

                            break;
                        case Act.Adjust:
                            var isOpen = orders[number] is { IsReported: true, IsReversed: false } && !IsLocked(number);
                            Assert.Equal(isOpen, (await conversion.Adjust(money, "corrected")).IsOk);
                            orders[number] = isOpen ? orders[number] with { Amount = money.Amount } : orders[number];
                            break;
                        case Act.Reverse:
                            var isChangeable = orders[number].IsReported && (orders[number].IsReversed || !IsLocked(number));
                            Assert.Equal(isChangeable, (await conversion.Reverse(null)).IsOk);
                            orders[number] = orders[number] with { IsReversed = isChangeable, IsPaid = orders[number].IsPaid && !isChangeable };
                            break;
                        default:
                            await cluster.ForgetActivations();
                            break;
                    }
                }

                var counted = orders.Where((order, number) => order is { IsReported: true, IsReversed: false } && hasCome[number]).ToArray();
                var wanted = (counted.Length, counted.Sum(order => order.Amount), counted.Where(order => order.IsPaid).Sum(order => decimal.Round(order.Amount * 0.05m, 2, MidpointRounding.AwayFromZero)));
                await IsSoon(wanted, async () =>
                {
                    var totals = await cluster.Grains.Actor<ICampaignGrain>(info.CampaignId).GetCounters(info.PartnerId);
                    return ((int)totals.Conversions, totals.Revenue, totals.Payout);
                });
                foreach (var (order, number) in orders.Select((order, number) => (order, number)).Where(one => one.order.IsReported))
                {
                    var report = new ConversionReport(info.ProgramId, null, $"order {number}", null, null, null, default);
                    var details = (await cluster.Grains.Actor<IConversionGrain>(ConversionIds.Of(report)).Get())!;
                    Assert.Equal(order is { IsPaid: false, IsReversed: false } && hasCome[number], details.Conversion.Reason == "cap_reached" && details.Conversion.State != ConversionState.Reversed);
                    Assert.Equal((details.Conversion.State is ConversionState.Pending ? 1 : 0, details.Conversion.Payout), (details.Entries.Sum(entry => entry.Conversions), details.Entries.Sum(entry => entry.Payout)));
                }

                var audit = await cluster.Grains.Actor<ILedgerAuditGrain>(ILedgerAuditGrain.Key).Get(TimeSpan.Zero);
                Assert.Equal(0, audit?.Drift ?? 0);

                bool IsLocked(int number) => number < OldOrders && hasCome[number];

                // An order that finds its click is paid if fewer than the cap are, for good.
                void Attribute(int number)
                {
                    if (orders[number] is { IsReported: true, IsReversed: false, IsAttributed: false } && hasCome[number])
                    {
                        orders[number] = orders[number] with { IsAttributed = true, IsPaid = orders.Count(order => order.IsPaid) < Cap };
                    }
                }
            },
            iter: 25,
            threads: 1);

    private async Task RecordAsync(Click click) => await cluster.Grains.Actor<ILedgerGrain>(
        LedgerShards.KeyOf(LedgerShards.Of(EntityId.Parse(click.TaskId, EntityId.Task)))).Record(ClickBatch.Of([click]));

    /// <summary>Waits: a conversion is told of its click after the click has been acknowledged.</summary>
    private static async Task IsSoon<T>(T wanted, Func<Task<T>> read)
    {
        var began = TimeProvider.System.GetTimestamp();
        var last = await read();
        while (!Equals(wanted, last) && TimeProvider.System.GetElapsedTime(began) < Soon)
        {
            await Task.Yield();
            last = await read();
        }

        Assert.Equal(wanted, last);
    }

    /// <summary>What a plain reckoning knows of an order.</summary>
    private readonly record struct Order(bool IsReported, bool IsReversed, decimal Amount, bool IsAttributed = false, bool IsPaid = false);
}
