using System.Collections.Immutable;
using OrleansLinks.ConsoleTests.Layout;

namespace OrleansLinks.ConsoleTests.Security;

public sealed class ReaderTests(Site site) : BrowserTest(site)
{
    /// <summary>What buttons say that change something; what they are called for who does not see them begins with it.</summary>
    private static readonly ImmutableArray<string> Changing =
    [
        "Links.Create", "Links.Another", "Links.Disable", "Links.Enable", "Common.Edit", "Common.Save", "Campaigns.New", "Campaigns.NewTask", "Campaigns.AddPartners",
        "Campaigns.Pause", "Campaigns.Activate", "Campaigns.Complete", "Dashboard.NewCampaign", "Programs.NewSecret", "Partners.New", "Keys.New", "Keys.Rotate",
        "Keys.Revoke", "Conversions.Reverse", "Conversions.Adjust",
    ];

    public static TheoryData<string, string> All => [.. Pages.OfReaders];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Who_can_only_read_is_offered_nothing_that_changes(string who, string path)
    {
        var window = await OpenWindow(who);
        await window.Go(World.Fill(path));
        await Expect(window.Main).Not.ToContainTextAsync(window.Words["Common.NotFoundTitle"]);
        var offered = await window.Main.Locator("button:visible, a:visible").EvaluateAllAsync<string[]>("all => all.map(one => one.getAttribute('aria-label') ?? one.textContent.trim())");
        Assert.Empty(offered.Intersect(Changing.Select(key => window.Words[key])));
        Assert.DoesNotContain(offered, name => Changing.Any(key => name.StartsWith($"{window.Words[key]}: ", StringComparison.Ordinal)));
        await Expect(window.Main.Locator("button[type=submit]:visible")).ToHaveCountAsync(0);
        await Expect(window.Page.Locator(".console-bar svg title")).ToHaveTextAsync(window.Words["Common.ReadOnlyKey"]);
    }
}
