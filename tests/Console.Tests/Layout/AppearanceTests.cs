using Microsoft.Playwright;

namespace OrleansLinks.ConsoleTests.Layout;

public sealed class AppearanceTests(Site site) : BrowserTest(site)
{
    private const string Light = "rgb(246, 247, 251)";
    private const string Dark = "rgb(18, 20, 31)";

    [Fact]
    public async Task A_page_follows_the_system_from_its_first_moment_and_while_it_is_open()
    {
        var window = await OpenWindow("brand", isDark: true);
        await window.Go($"tasks/{World["task"]}");
        await Looks(window, isDark: true);
        await window.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await Looks(window, isDark: false);
    }

    [Fact]
    public async Task An_appearance_that_was_chosen_stays_whatever_the_system_says()
    {
        var window = await OpenWindow("brand");
        await window.Go($"tasks/{World["task"]}");
        await Looks(window, isDark: false);
        await window.Button("Common.Theme").ClickAsync();
        await window.Page.GetByRole(AriaRole.Menuitem, new() { Name = window.Words["Common.ThemeDark"], Exact = true }).ClickAsync();
        await Looks(window, isDark: true);
        await window.Go("");
        await Looks(window, isDark: true);
    }

    // The one is ours, the other one the component library's.
    private static async Task Looks(Window window, bool isDark)
    {
        await Expect(window.Page.Locator("html")).ToHaveAttributeAsync("data-scheme", isDark ? "dark" : "light");
        await Expect(window.Page.Locator("body")).ToHaveCSSAsync("background-color", isDark ? Dark : Light);
        await Expect(window.Page.Locator(".console-bar")).ToHaveCSSAsync("background-color", isDark ? "rgb(26, 29, 43)" : "rgb(255, 255, 255)");
    }
}
