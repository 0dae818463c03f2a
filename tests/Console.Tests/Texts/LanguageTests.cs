using Microsoft.Playwright;

namespace OrleansLinks.ConsoleTests.Texts;

public sealed class LanguageTests(Site site) : BrowserTest(site)
{
    [Theory]
    [InlineData("en-GB", "en")]
    [InlineData("zh-CN", "zh-Hans")]
    [InlineData("zh-Hans-SG", "zh-Hans")]
    [InlineData("ja-JP", "ja")]
    [InlineData("de-DE", "en")]
    public async Task Pages_are_in_the_language_of_the_browser(string locale, string language)
    {
        var window = await OpenWindow(language: language, locale: locale);
        await window.Go("sign-in");
        await Expect(window.Page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync(window.Words["Common.SignInTitle"]);
    }

    [Fact]
    public async Task A_language_that_was_chosen_stays_whatever_the_browser_asks_for()
    {
        var japanese = new Words("ja");
        var window = await OpenWindow(language: "ja", locale: "en-US");
        await window.Go($"sign-in?returnTo=tasks/{World["task"]}");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "日本語", Exact = true }).ClickAsync();
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync(japanese["Common.SignInTitle"]);

        await window.SignIn(World.KeyOf("brand"));
        await window.Page.WaitForURLAsync($"**/console/tasks/{World["task"]}");
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = japanese["Links.PanelBrand"] })).ToBeVisibleAsync();

        // The choice in the bar holds from the page that one is on.
        await window.Button("Common.Language").ClickAsync();
        await window.Page.GetByRole(AriaRole.Menuitem, new() { Name = "简体中文", Exact = true }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = new Words("zh-Hans")["Links.PanelBrand"] })).ToBeVisibleAsync();
        await Expect(window).ToHaveURLAsync($"{Site.Origin}/console/tasks/{World["task"]}");
        await Expect(window.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh-Hans");
    }
}
