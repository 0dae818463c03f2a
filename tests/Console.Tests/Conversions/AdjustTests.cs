using Microsoft.Playwright;

namespace OrleansLinks.ConsoleTests.Conversions;

public sealed class AdjustTests(Site site) : BrowserTest(site)
{
    [Theory]
    [InlineData("12,50")]
    [InlineData("1,250.00")]
    [InlineData("twelve")]
    [InlineData("-1")]
    [InlineData("")]
    public async Task What_is_no_amount_in_the_language_of_the_page_is_refused_and_changes_nothing(string typed)
    {
        var task = await World.MakeTask("performance", "partnerChoice", $"Adjusted by '{typed}'", "Sell it");
        var conversion = await World.MakeConversion(task, $"order-of-{task.Id}", "40.00");
        var window = await OpenWindow("brand");
        await window.Go($"conversions?campaignId={task.Campaign}");
        var dialog = await OpenDialog(window, task);
        await dialog.GetByLabel(window.Words["Conversions.NewAmount"], new() { Exact = true }).FillAsync(typed);
        await dialog.GetByText(window.Words["Common.Save"], new() { Exact = true }).ClickAsync();
        await Expect(dialog).ToContainTextAsync(window.Words["Problems.validation_failed.amount"]);
        Assert.Equal("40.00", (await World.Read($"/conversions/{conversion}")).GetProperty("amount").Text("amount"));
    }

    [Fact]
    public async Task An_amount_is_what_was_typed()
    {
        var task = await World.MakeTask("performance", "partnerChoice", "Adjusted well", "Sell it well");
        var conversion = await World.MakeConversion(task, $"order-of-{task.Id}", "40.00");
        var window = await OpenWindow("brand");
        await window.Go($"conversions?campaignId={task.Campaign}");
        var dialog = await OpenDialog(window, task);
        await dialog.GetByLabel(window.Words["Conversions.NewAmount"], new() { Exact = true }).FillAsync("12.50");
        await dialog.GetByText(window.Words["Common.Save"], new() { Exact = true }).ClickAsync();
        await Expect(window.Page.Locator("[data-conversion] [data-amount]")).ToHaveTextAsync("€12.50");
        Assert.Equal("12.50", (await World.Read($"/conversions/{conversion}")).GetProperty("amount").Text("amount"));
    }

    private static async Task<ILocator> OpenDialog(Window window, NewTask task)
    {
        await window.Page.GetByRole(AriaRole.Button, new() { Name = window.Words["Conversions.AdjustOf", $"order-of-{task.Id}"] }).ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToBeVisibleAsync();
        return dialog;
    }
}
