using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Links;

namespace OrleansLinks.Storage;

/// <summary>Links and clicks for tests.</summary>
internal static class Make
{
    public static DateTimeOffset Noon { get; } = new FakeClock().Now;

    public static string Id(string prefix) => EntityId.New(prefix, TimeProvider.System);

    public static Link Link(string code, string? taskId = null) => new(
        code, LinkForm.Short, taskId ?? Id(EntityId.Task), Id(EntityId.Campaign), Id(EntityId.Partner), Id(EntityId.Program),
        LinkTarget.TypedPage, "https://example.com/页面?a=1", null, new ReportingValues("one", null, "三", "", "p"),
        LinkCreator.Partner, Noon, LinkState.Active, 1, Guid.NewGuid());

    public static Click Click(Link link, DateTimeOffset? at = null, Guid? visitor = null) => new(
        Guid.CreateVersion7(at ?? Noon), link.Code, link.TaskId, link.CampaignId, link.PartnerId, link.ProgramId, at ?? Noon,
        ClickClass.InTerms, null, false, visitor ?? Guid.NewGuid(), "https://example.com/", "https://from.example/", "Browser/1.0",
        new ReportingValues(SharedId: "shared"));

    public static ConversionStep Sale(Click click, DateTimeOffset at, decimal amount, decimal payout) => new(
        new Conversion(
            Guid.NewGuid(), 1, click.ProgramId, "sale", $"order {Guid.NewGuid():N}", click.Id, ConversionState.Pending, null, ClickClass.InTerms,
            amount, payout, "EUR", at, at, Guid.NewGuid(),
            new Attribution(click.LinkCode, click.TaskId, click.CampaignId, click.PartnerId, click.At, at.AddDays(14), 1, click.Country, click.Device, click.Values)),
        new ConversionEntry(1, ConversionEntryKind.Reported, at, null, 1, amount, payout));
}
