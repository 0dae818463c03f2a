using Microsoft.Playwright;

namespace OrleansLinks.ConsoleTests.Campaigns;

public sealed class DateTests(Site site) : BrowserTest(site)
{
    private static readonly DateOnly Example = new(2026, 12, 31);

    [Fact]
    public async Task A_campaign_is_not_saved_without_a_date_that_was_typed_and_cannot_be_read()
    {
        var task = await World.MakeTask("performance", "partnerChoice", "Dated", "Keep to the day");
        var window = await OpenWindow("brand");
        await window.Go($"campaigns/{task.Campaign}/edit");
        var day = DayOf(window, "startsAt");
        await day.FillAsync("31.12.2026");
        await window.Button("Common.Save").ClickAsync();
        await SaysWhatIsWrong(window, "startsAt");

        // Who goes elsewhere in the form and comes back finds what was typed, and what is wrong with it.
        await window.Page.Locator("[data-step=review]").ClickAsync();
        await Expect(window.Main).ToContainTextAsync(window.Words["Campaigns.ReviewWrong"]);
        await window.Page.Locator("[data-step=overview]").ClickAsync();
        await Expect(day).ToHaveValueAsync("31.12.2026");
        await SaysWhatIsWrong(window, "startsAt");

        await day.FillAsync("12/31/2026");
        await window.Button("Common.Save").ClickAsync();
        await window.Page.WaitForURLAsync($"**/console/campaigns/{task.Campaign}");
        Assert.StartsWith("2026-12-30T23:00:00", (await World.Read($"/campaigns/{task.Campaign}")).Text("startsAt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_campaign_is_not_saved_with_the_time_that_was_there_before_it_was_taken_away()
    {
        var task = await World.MakeTask("performance", "partnerChoice", "Timed", "Keep to the hour");
        var window = await OpenWindow("brand");
        await window.Go($"campaigns/{task.Campaign}/edit");
        await DayOf(window, "endsAt").FillAsync("12/31/2026");
        await DayOf(window, "endsAt").BlurAsync();
        var time = window.Page.Locator("[data-field=endsAt] .zoned-clock input");
        await Expect(time).ToHaveValueAsync("23:59");
        await time.FillAsync("");
        await window.Button("Common.Save").ClickAsync();
        await Expect(window.Page.Locator("[data-field=endsAt]")).ToContainTextAsync(window.Words["Campaigns.TimeInvalid"]);
        await Expect(window.Page.Locator("#step-title")).ToHaveTextAsync(window.Words["Campaigns.Step.overview"]);
        Assert.False((await World.Read($"/campaigns/{task.Campaign}")).TryGetProperty("endsAt", out _));
    }

    [Fact]
    public async Task A_task_is_not_saved_without_a_due_day_that_was_typed_and_cannot_be_read()
    {
        var task = await World.MakeTask("performance", "partnerChoice", "Due", "Be in time");
        var window = await OpenWindow("brand");
        await window.Go($"campaigns/{task.Campaign}/tasks");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = $"{window.Words["Common.Edit"]}: {task.Name}" }).ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog).First;
        await dialog.GetByLabel(window.Words["Campaigns.TaskName"], new() { Exact = true }).FillAsync("Be too late");
        await DayOf(window, "dueAt").FillAsync("31.12.2026");
        await dialog.GetByText(window.Words["Common.Save"], new() { Exact = true }).ClickAsync();
        await SaysWhatIsWrong(window, "dueAt");
        Assert.Equal(task.Name, (await World.Read($"/tasks/{task.Id}")).Text("name"));

        await DayOf(window, "dueAt").FillAsync("");
        await dialog.GetByText(window.Words["Common.Save"], new() { Exact = true }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        Assert.Equal("Be too late", (await World.Read($"/tasks/{task.Id}")).Text("name"));
    }

    private static ILocator DayOf(Window window, string field) => window.Page.Locator($"[data-field={field}] .zoned-day input");

    private static Task SaysWhatIsWrong(Window window, string field) =>
        Expect(window.Page.Locator($"[data-field={field}]")).ToContainTextAsync(window.Words["Campaigns.DayInvalid", Example]);
}
