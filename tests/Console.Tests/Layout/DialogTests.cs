using Microsoft.Playwright;

namespace OrleansLinks.ConsoleTests.Layout;

public sealed class DialogTests(Site site) : BrowserTest(site)
{
    public static TheoryData<string, string, string> All { get; } = new()
    {
        { "brand", "campaigns/{campaign}/tasks", "Campaigns.NewTask" },
        { "brand", "campaigns/{campaign}", "Campaigns.Complete" },
        { "brand", "programs/{program}", "Programs.NewSecret" },
        { "brand", "keys", "Keys.New" },
        { "operator", "partners", "Partners.New" },
    };

    [Theory]
    [MemberData(nameof(All))]
    public async Task Two_clicks_on_a_button_open_one_dialog_and_it_opens_again_when_it_was_closed(string who, string path, string button)
    {
        var window = await OpenWindow(who);
        await window.Go(World.Fill(path));
        for (var time = 0; time < 2; time++)
        {
            await window.Button(button).First.DblClickAsync();
            var dialogs = window.Page.GetByRole(AriaRole.Dialog);
            await Expect(dialogs).ToHaveCountAsync(1);
            await dialogs.GetByText(window.Words["Common.Cancel"], new() { Exact = true }).ClickAsync();
            await Expect(dialogs).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task A_dialog_that_follows_another_one_opens()
    {
        var window = await OpenWindow("otherPartner");
        await window.Go("keys");
        await window.Button("Keys.New").First.ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel(window.Words["Keys.Name"], new() { Exact = true }).FillAsync("Kettle's second key");
        await dialog.GetByText(window.Words["Keys.Create"], new() { Exact = true }).DblClickAsync();
        await Expect(window.Page.Locator("[data-secret]")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("^olk_"));
        await Expect(dialog).ToHaveCountAsync(1);
    }
}
