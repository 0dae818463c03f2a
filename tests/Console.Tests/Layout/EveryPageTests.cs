using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Playwright;
using OrleansLinks.WebConsole;

namespace OrleansLinks.ConsoleTests.Layout;

public sealed class EveryPageTests(Site site) : BrowserTest(site)
{
    private const int Narrow = 375;

    public static TheoryData<string?, string> All => [.. Pages.All];

    [Theory]
    [MemberData(nameof(All))]
    public Task A_page_in_light_keeps_nobody_out_and_fits_a_phone(string? who, string path) => Is_sound(who, path, "en", isDark: false);

    [Theory]
    [MemberData(nameof(All))]
    public Task A_page_in_dark_keeps_nobody_out_and_fits_a_phone(string? who, string path) => Is_sound(who, path, "ja", isDark: true);

    [Fact]
    public void Every_page_is_looked_at()
    {
        var missing = typeof(ConsoleHost).Assembly.GetTypes()
            .SelectMany(page => page.GetCustomAttributes<RouteAttribute>())
            .Select(route => new TemplateMatcher(TemplateParser.Parse(route.Template), []))
            .Where(route => !Array.Exists(Pages.All, page => route.TryMatch($"/{page.Path.Split('?')[0]}", [])))
            .Select(route => route.Template.TemplateText!);
        missing.AreNone();
    }

    private async Task Is_sound(string? who, string path, string language, bool isDark)
    {
        var window = await OpenWindow(who, language, isDark: isDark);
        window.Expect("status of 404");

        // A chart of the component library that is replaced while it hears of its new width says so; the new one has it.
        window.Expect("Error invoking size change callback");
        await window.Go(World.Fill(path));
        await Expect(window.Page.Locator("h1")).ToHaveCountAsync(1);
        await Expect(window.Page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await Expect(window).ToHaveTitleAsync(new Regex(". · OrleansLinks$"));
        await KeepsNobodyOut(window.Page);

        await window.Page.SetViewportSizeAsync(Narrow, 812);
        try
        {
            // The menu gives way when the server has heard of the new width.
            await window.Page.WaitForFunctionAsync("width => document.scrollingElement.scrollWidth <= width", Narrow, new() { Timeout = 5000 });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The page is wider than a phone: {await window.Page.EvaluateAsync<string>(Widest)}");
        }
    }

    /// <summary>The page meets the rules of WCAG 2.2, levels A and AA, that a program can check, as far as they are broken badly.</summary>
    private static async Task KeepsNobodyOut(IPage page)
    {
        await page.EvaluateAsync(Chromium.Axe);
        var answer = await page.EvaluateAsync<JsonElement>(
            """
            async () => (await axe.run(document, {
              runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
              resultTypes: ['violations'],
            })).violations
            """);
        var findings = answer.EnumerateArray()
            .Where(finding => finding.Text("impact") is "serious" or "critical")
            .Select(finding => $"{finding.Id()}: {finding.Text("help")}\n{string.Join('\n', finding.GetProperty("nodes").EnumerateArray().Select(
                node => $"    {node.Text("html")}\n        {node.Text("failureSummary").ReplaceLineEndings(" ")}"))}")
            .ToArray();
        findings.AreNone();
    }

    private const string Widest =
        """
        () => [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)
          .filter(one => !one.closest('.table-scroll *')).slice(0, 8).map(one => `${one.tagName}.${one.className}`).join(', ')
        """;
}
