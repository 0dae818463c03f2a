using System.Text.RegularExpressions;

namespace OrleansLinks.Api.Tests.Links;

/// <summary>What a visitor meets.</summary>
public sealed partial class RedirectTests(RunningHost host)
{
    [Theory]
    [InlineData("short")]
    [InlineData("regular")]
    public async Task A_click_is_answered_302_that_is_not_stored_with_the_click_id_behind_the_page(string form)
    {
        var world = await World.Make(host);
        var link = await world.MakeLink(form);
        var answer = (await world.Click(link["trackingUrl"])).Expect(302);
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        var match = ClickId().Match(answer.Location!);
        Assert.True(match.Success, answer.Location);
        Assert.Equal($"{World.Page}&clickid={match.Value}", answer.Location);
        Assert.True(match.Value.Length <= 64);
        Assert.Equal(match.Value, (await world.ReadClick(match.Value))["id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("short")]
    [InlineData("regular")]
    public async Task Head_answers_the_same_and_counts_nothing(string form)
    {
        var world = await World.Make(host);
        var link = await world.MakeLink(form);
        var head = (await world.Visit(HttpMethod.Head, link["trackingUrl"])).Expect(302);
        var get = (await world.Click(link["trackingUrl"])).Expect(302);
        Assert.Equal(ClickId().Replace(get.Location!, "ID"), ClickId().Replace(head.Location!, "ID"));
        Assert.Equal("no-store", head.Headers["Cache-Control"]);
        Assert.Equal(1, (await world.Brand.Get($"/links/{link["id"]}/counters")).Json["clicks"]!.GetValue<int>());
        Assert.Single(await world.Brand.GetAll($"/tasks/{world.TaskId}/clicks", 50));
        (await world.Brand.Get($"/clicks/{ClickId().Match(head.Location!).Value}")).ExpectProblem(404, "not_found");
    }

    [Theory]
    [InlineData("/NoSuchCode1")]
    [InlineData("/ab")]
    [InlineData("/a%2Fb")]
    [InlineData("/%C3%A4%C3%B6%C3%BC")]
    [InlineData("/no.such.file")]
    [InlineData("/two/segments")]
    [InlineData("/")]
    [InlineData("/c")]
    [InlineData("/c/x/y/z")]
    [InlineData("/c/prt_01k2v0000000000000000000zz/tsk_01k2v0000000000000000000zz/cmp_01k2v0000000000000000000zz?u=https://www.example.com/")]
    public async Task What_is_no_link_is_answered_404_with_a_page_for_people(string path)
    {
        var answer = (await host.Anyone.SendRaw(HttpMethod.Get, path)).Expect(404);
        Assert.Equal("text/html", answer.ContentType);
        Assert.Contains("There is no such link", answer.Text, StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        Assert.Empty((await host.Anyone.SendRaw(HttpMethod.Head, path)).Expect(404).Text);
    }

    [Fact]
    public async Task A_very_long_code_is_answered_404() =>
        Assert.Equal("text/html", (await host.Anyone.SendRaw(HttpMethod.Get, "/" + new string('a', 10_000))).Expect(404).ContentType);

    [Fact]
    public async Task Many_who_ask_for_one_unknown_code_at_once_are_all_answered_404()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => host.Anyone.SendRaw(HttpMethod.Get, "/wp-login-old")));
        Assert.All(answers, answer => answer.Expect(404));
    }

    [Fact]
    public async Task A_code_that_was_asked_for_before_it_was_issued_works_once_it_is()
    {
        var world = await World.Make(host);
        (await world.Click($"{host.Address}/{world.Word}")).Expect(404);
        await world.MakeLink(new { landingPage = World.Page, alias = world.Word });
        await world.ExpectLeadsTo($"{host.Address}/{world.Word}", World.Page, null);
    }

    [Fact]
    public async Task A_disabled_link_is_answered_410_until_it_is_active_again()
    {
        var world = await World.Make(host);
        foreach (var form in new[] { "short", "regular" })
        {
            var link = await world.MakeLink(form);
            (await world.Partner.Delete($"/links/{link["id"]}")).Expect(204);
            var gone = (await world.Click(link["trackingUrl"])).Expect(410);
            Assert.Equal("text/html", gone.ContentType);
            Assert.Equal("no-store", gone.Headers["Cache-Control"]);
            Assert.Equal("disabled", (await world.Brand.Get($"/links/{link["id"]}"))["state"]);
            Assert.Equal(0, (await world.Brand.Get($"/links/{link["id"]}/counters")).Json["clicks"]!.GetValue<int>());

            (await world.Brand.Patch($"/links/{link["id"]}", new { state = "active" })).Expect(200);
            await world.ExpectLeadsTo(link["trackingUrl"], World.Page, null);
        }
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task A_link_is_only_read(string method)
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        var answer = (await world.Visit(HttpMethod.Parse(method), link["trackingUrl"])).Expect(405);
        Assert.Equal("GET, HEAD", answer.Headers["Allow"]);
        Assert.Equal(0, (await world.Brand.Get($"/links/{link["id"]}/counters")).Json["clicks"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_programs_template_is_filled_in_and_its_click_id_parameter_used()
    {
        var world = await World.Make(host, program: body =>
        {
            body["clickIdParameter"] = "ref";
            body["landingTemplate"] = "?c={campaign}&t={TASK}&p={partner}&g={program}&l={link}&s={subid1}-{subid2}-{sharedid}&x={clickid}&n={param}";
        });
        var link = await world.MakeLink(new { landingPage = $"https://{World.Host}/p?ref=old&a=1#top", subId1 = "a b&c", sharedId = "ü" });
        var location = (await world.Click(link["trackingUrl"])).Expect(302).Location!;
        var id = ClickId().Match(location).Value;
        Assert.Equal(
            $"https://{World.Host}/p?a=1&c={world.CampaignId}&t={world.TaskId}&p={world.PartnerId}&g={world.ProgramId}&l={link["id"]}&s=a%20b%26c--%C3%BC&x={id}&n=&ref={id}#top",
            location);
    }

    [Theory]
    [InlineData("x={nonsense}")]
    [InlineData("x={clickid")]
    [InlineData("x=clickid}")]
    [InlineData("x=1#y")]
    [InlineData("x=1 2")]
    public async Task A_template_that_cannot_be_filled_in_is_refused(string template)
    {
        var world = await World.Make(host);
        (await world.Brand.Patch($"/programs/{world.ProgramId}", new { landingTemplate = template })).ExpectProblem(422, "validation_failed", "landingTemplate");
    }

    [GeneratedRegex("clk_[0-9a-z]{26}")]
    private static partial Regex ClickId();
}
