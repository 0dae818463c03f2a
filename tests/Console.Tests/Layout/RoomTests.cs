using Microsoft.Playwright;

namespace OrleansLinks.ConsoleTests.Layout;

/// <summary>Whether everything has the room it needs, and nothing that matters is out of sight.</summary>
public sealed class RoomTests(Site site) : BrowserTest(site)
{
    private const int Narrow = 375;

    public static TheoryData<int> Widths => [Narrow, 640, 1280];

    [Theory]
    [MemberData(nameof(Widths))]
    public async Task A_large_amount_is_written_in_one_piece(int width)
    {
        var task = await World.MakeTask("performance", "partnerChoice", $"Large, {width}", $"Sell a lot, {width}");
        await World.MakeConversion(task, $"order-large-{width}", "100000005.99");
        var window = await OpenWindow("brand", width: width);
        foreach (var path in new[] { $"tasks/{task.Id}", $"campaigns/{task.Campaign}", $"campaigns/{task.Campaign}/results", "" })
        {
            await window.Go(path);
            await Expect(window.Page.GetByText("€100,000,005.99").Or(window.Page.Locator(".recent .figure")).First).ToBeVisibleAsync();
            (await BrokenFigures(window)).AreNone();

            // As long as amounts get in currencies with words for signs.
            await window.Page.EvaluateAsync("() => document.querySelectorAll('.figure').forEach(one => { one.textContent = 'VND 100,000,005.99'; one.className = 'figure figure-18'; })");
            (await BrokenFigures(window)).AreNone();
        }
    }

    [Fact]
    public async Task Seven_counters_fill_their_rows()
    {
        var window = await OpenWindow("brand");
        await window.Go(World.Fill("campaigns/{draft}"));
        await Expect(window.Page.Locator(".counter")).ToHaveCountAsync(7);
        Assert.Equal(1, await window.Page.EvaluateAsync<int>("() => new Set([...document.querySelectorAll('.counter')].map(one => one.offsetTop)).size"));
    }

    [Theory]
    [InlineData("brand", "tasks/{task}", "table.links tbody tr")]
    [InlineData("partner", "tasks/{task}", "table.links tbody tr")]
    [InlineData("brand", "conversions?campaignId={campaign}", ".conversions-table tbody tr")]
    [InlineData("brand", "keys", "[data-key-row]")]
    [InlineData("partner", "discover/tasks", "table.tasks tbody tr")]
    [InlineData("brand", "campaigns/{campaign}/tasks", "table.campaign-tasks tbody tr")]
    [InlineData("brand", "campaigns/{campaign}/results", ".results-table tbody tr")]
    public async Task On_a_phone_all_of_a_row_is_in_sight_with_what_each_value_is(string who, string path, string rows)
    {
        var window = await OpenWindow(who, width: Narrow);
        await window.Go(World.Fill(path));
        var row = window.Page.Locator(rows).First;
        await Expect(row).ToBeVisibleAsync();
        var outside = await row.EvaluateAsync<string[]>(
            "(row, width) => [...row.querySelectorAll('td, th, button, a')].filter(one => one.getBoundingClientRect().right > width || one.getBoundingClientRect().left < 0).map(one => one.outerHTML.slice(0, 120))", Narrow);
        outside.AreNone();
        var unnamed = await row.EvaluateAsync<string[]>(
            "row => [...row.querySelectorAll('td')].slice(row.querySelector('th') ? 0 : 1).filter(one => !one.matches('.row-actions') && !one.dataset.label).map(one => one.outerHTML.slice(0, 120))");
        unnamed.AreNone();

        // It is a table still for who hears it.
        await Expect(window.Main.GetByRole(AriaRole.Columnheader).First).ToBeAttachedAsync();
        await Expect(row.GetByRole(AriaRole.Cell).First).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(1360)]
    public async Task A_long_name_pushes_no_button_out_of_a_list(int width)
    {
        var task = await World.MakeTask("performance", "partnerChoice", $"Wordy, {width}", string.Concat(Enumerable.Repeat("Write about everything ", 8)).Trim());
        var window = await OpenWindow("brand", width: width);
        await window.Go($"campaigns/{task.Campaign}/tasks");
        Assert.True(await window.Page.Locator(".table-scroll").EvaluateAsync<bool>("one => one.scrollWidth <= one.clientWidth + 1"), "The list of tasks is wider than its place.");
    }

    [Theory]
    [InlineData("en")]
    [InlineData("zh-Hans")]
    [InlineData("ja")]
    public async Task Days_below_a_chart_do_not_touch(string language)
    {
        foreach (var width in new[] { Narrow, 1280 })
        {
            var window = await OpenWindow("partner", language, width: width);
            foreach (var path in new[] { "", "results" })
            {
                await window.Go(path);
                await Expect(window.Page.Locator(".mud-charts-xaxis text").First).ToBeAttachedAsync();
                var touching = await window.Page.EvaluateAsync<string[]>(
                    """
                    () => [...document.querySelectorAll('.mud-charts-xaxis')].flatMap(axis => {
                      const days = [...axis.querySelectorAll('text')].filter(one => one.getBoundingClientRect().width > 0);
                      return days.slice(1).filter((one, at) => one.getBoundingClientRect().left < days[at].getBoundingClientRect().right + 2).map(one => one.textContent);
                    })
                    """);
                touching.AreNone();
            }
        }
    }

    [Fact]
    public async Task A_name_that_turns_the_direction_turns_nothing_beside_it()
    {
        var task = await World.MakeTask("performance", "partnerChoice", "Turned \u202Eround", "Also \u202Eturned");
        var window = await OpenWindow("brand");
        await window.Go($"campaigns/{task.Campaign}/tasks");
        await Expect(window).ToHaveTitleAsync("Turned round · OrleansLinks");
        await Expect(window.Page.Locator("a.row-name").First).ToHaveCSSAsync("unicode-bidi", "isolate");
        await window.Go($"campaigns/{task.Campaign}/edit");
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync(window.Words["Campaigns.EditTitle", "Turned round"]);
    }

    [Fact]
    public async Task The_longest_address_of_a_page_is_shortened()
    {
        var task = await World.MakeTask("creator", "savedPages", "Long pages", "Find the end");
        await Site.Instance.Operator.Patch($"/campaigns/{task.Campaign}", new { landing = new { savedPages = new[] { new { name = "Long", url = $"https://www.example.com/{new string('a', 2000)}" } } } });
        var window = await OpenWindow("brand");
        foreach (var path in new[] { $"campaigns/{task.Campaign}", $"campaigns/{task.Campaign}/edit?step=review" })
        {
            await window.Go(path);
            var box = await window.Page.GetByText("/aaaaaaaa").First.BoundingBoxAsync();
            Assert.InRange(box!.Height, 1, 30);
        }
    }

    private static Task<string[]> BrokenFigures(Window window) => window.Page.EvaluateAsync<string[]>(
        """
        () => [...document.querySelectorAll('.figure')]
          .filter(one => one.scrollWidth > one.parentElement.clientWidth + 1 || one.offsetHeight > 2 * parseFloat(getComputedStyle(one).fontSize))
          .map(one => `${location.pathname}: ${one.textContent} is ${one.scrollWidth} wide in ${one.parentElement.clientWidth}`)
        """);
}
