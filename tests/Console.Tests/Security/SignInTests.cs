using Microsoft.Playwright;

namespace OrleansLinks.ConsoleTests.Security;

public sealed class SignInTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task A_key_that_does_not_hold_is_refused_beside_its_field_and_stays_nowhere()
    {
        const string key = "olk_this-key-was-never-given-out";
        var window = await OpenWindow();
        window.Expect("status of 401");
        await window.Go("sign-in");
        var answer = await window.Page.RunAndWaitForResponseAsync(() => window.SignIn(key), response => response.Request.Method == "POST");
        Assert.Equal(401, answer.Status);

        var field = window.Page.GetByLabel(window.Words["Common.AccessKey"], new() { Exact = true });
        await Expect(window.Page.Locator("#key-error")).ToHaveTextAsync(window.Words["Common.KeyRefused"]);
        await Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(field).ToHaveAttributeAsync("aria-describedby", "key-help key-error");
        await Expect(field).ToHaveValueAsync("");
        Assert.DoesNotContain(key, await window.Page.ContentAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(key, await WhatScriptsRead(window), StringComparison.Ordinal);
        Assert.DoesNotContain(await window.Cookies(), cookie => cookie.Name == "orleanslinks.session");
    }

    [Fact]
    public async Task Without_a_key_there_is_a_message_beside_the_field()
    {
        var window = await OpenWindow();
        window.Expect("status of 401");
        await window.Go("sign-in");
        await window.SignIn("  ");
        await Expect(window.Page.Locator("#key-error")).ToHaveTextAsync(window.Words["Common.KeyRequired"]);
    }

    [Fact]
    public async Task Who_signs_in_comes_to_the_page_that_was_asked_for_and_out_again()
    {
        var window = await OpenWindow();
        await window.Go($"tasks/{World["task"]}");
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(window.Words["Common.SignInTitle"]);
        await window.SignIn(World.KeyOf("brand"));
        await window.Page.WaitForURLAsync($"**/console/tasks/{World["task"]}");
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Write about the spring tents");

        await window.Button("Common.SignOut").ClickAsync();
        await window.Page.WaitForURLAsync("**/console/sign-in?left=true");
        await window.Go($"tasks/{World["task"]}");
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(window.Words["Common.SignInTitle"]);
    }

    [Fact]
    public async Task The_key_of_who_is_signed_in_is_nowhere_that_a_script_can_read()
    {
        var key = World.KeyOf("brand");
        var window = await OpenWindow();
        await window.Go("sign-in");
        await window.SignIn(key);
        await window.Page.WaitForURLAsync("**/console/");
        await window.IsThere();
        Assert.DoesNotContain(key, await window.Page.ContentAsync(), StringComparison.Ordinal);
        var read = await WhatScriptsRead(window);
        Assert.DoesNotContain(key, read, StringComparison.Ordinal);
        Assert.DoesNotContain("orleanslinks.session", read, StringComparison.Ordinal);

        var cookies = await window.Cookies();
        Assert.DoesNotContain(cookies, cookie => cookie.Value.Contains(key, StringComparison.Ordinal));
        var session = Assert.Single(cookies, cookie => cookie.Name == "orleanslinks.session");
        Assert.True(session.HttpOnly);
        Assert.Equal(SameSiteAttribute.Lax, session.SameSite);
        Assert.Equal("/console", session.Path);
    }

    [Fact]
    public async Task A_page_that_is_open_when_its_key_is_revoked_asks_for_another_one()
    {
        var made = await Site.Instance.Operator.Post("/keys", new { role = "brand", programId = World["program"], name = "Short-lived" });
        var window = await OpenWindow();
        await window.Go("sign-in");
        await window.SignIn(made.Text("key"));
        await window.Page.WaitForURLAsync("**/console/");
        await window.Go($"tasks/{World["task"]}");
        await Site.Instance.Operator.Delete($"/keys/{made.Id()}");

        await window.Page.GetByLabel(window.Words["Links.LandingPage"], new() { Exact = true }).FillAsync("https://www.example.com/late");
        await window.Button("Links.Create").ClickAsync();
        await window.Page.WaitForURLAsync("**/console/sign-in?**");
        await Expect(window.Main).ToContainTextAsync(window.Words["Common.SessionEnded"]);
    }

    [Fact]
    public async Task Pages_that_nobody_touches_leave_soon_after_their_key_is_revoked()
    {
        var made = await Site.Instance.Operator.Post("/keys", new { role = "brand", programId = World["program"], name = "Short-lived, idle" });
        var session = await PlainBrowser.SessionOf(Site.Origin, made.Text("key"));
        var windows = new List<Window>();
        foreach (var path in new[] { "tasks/{task}", "keys", "campaigns/{campaign}/edit" })
        {
            var window = Keep(await Window.Open(Site.Chromium, Site.Origin, session));
            await window.Go(World.Fill(path));
            windows.Add(window);
        }

        await Site.Instance.Operator.Delete($"/keys/{made.Id()}");

        foreach (var window in windows)
        {
            await window.Page.WaitForURLAsync("**/console/sign-in?**", new() { Timeout = 20_000 });
            await Expect(window.Main).ToContainTextAsync(window.Words["Common.SessionEnded"]);
        }
    }

    private static Task<string> WhatScriptsRead(Window window) => window.Page.EvaluateAsync<string>(
        "() => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + location.href + JSON.stringify(history.state)");
}
