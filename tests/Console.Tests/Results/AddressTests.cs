namespace OrleansLinks.ConsoleTests.Results;

public sealed class AddressTests(Site site) : BrowserTest(site)
{
    [Theory]
    [InlineData("from=2026-06-30&to=2026-06-01")]
    [InlineData("from=yesterday&to=today")]
    [InlineData("from=2026-06-01")]
    [InlineData("period=lastCentury")]
    public async Task Results_say_that_an_address_names_no_days_and_which_are_shown(string query)
    {
        var window = await OpenWindow("brand");
        await window.Go($"results?{query}");
        var warning = window.Page.Locator("[data-unread]");
        await Expect(warning).ToHaveTextAsync(window.Words["Results.DaysUnread", window.Words["Results.PeriodLast30Days"]]);
        await window.Page.Locator("[data-measure=revenue]").ClickAsync();
        await Expect(warning).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Results_say_that_there_is_no_such_time_zone()
    {
        var window = await OpenWindow("brand");
        await window.Go("results?zone=Middle/Earth");
        await Expect(window.Page.Locator("[data-unread]")).ToContainTextAsync("Europe/Berlin");
    }

    [Fact]
    public async Task Results_have_nothing_to_say_of_an_address_that_is_right()
    {
        var window = await OpenWindow("brand");
        await window.Go("results?from=2026-06-01&to=2026-06-30&zone=Asia/Tokyo");
        await Expect(window.Page.Locator("[data-unread]")).ToHaveCountAsync(0);
    }
}
