using Microsoft.AspNetCore.Routing.Patterns;

namespace OrleansLinks.Api.Tests.Links;

/// <summary>Codes that the caller chooses.</summary>
public sealed class AliasTests(RunningHost host)
{
    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("a b c")]
    [InlineData("a/b/c")]
    [InlineData("a.b.c")]
    [InlineData("größe")]
    [InlineData("abc%20")]
    [InlineData("abc\n")]
    [InlineData("abc\u0000")]
    [InlineData("..%2f..%2fetc")]
    public async Task An_alias_of_other_characters_is_refused(string alias)
    {
        var world = await World.Make(host);
        (await world.TryLink(new { landingPage = World.Page, alias })).ExpectProblem(422, "alias_invalid", "alias");
    }

    [Theory]
    [InlineData(64, 201)]
    [InlineData(65, 422)]
    [InlineData(10_000, 422)]
    public async Task An_alias_has_at_most_64_characters(int length, int status)
    {
        var world = await World.Make(host);
        var answer = (await world.TryLink(new { landingPage = World.Page, alias = world.Word.PadRight(length, 'x') })).Expect(status);
        if (status == 201)
        {
            await world.ExpectLeadsTo(answer["trackingUrl"], World.Page, null);
        }
        else
        {
            answer.ExpectProblem(422, "alias_invalid", "alias");
        }
    }

    [Fact]
    public async Task No_alias_hides_a_path_of_the_program()
    {
        var world = await World.Make(host);
        var segments = host.Endpoints
            .Select(endpoint => endpoint.RoutePattern.PathSegments is [{ Parts: [RoutePatternLiteralPart literal] }, ..] ? literal.Content : null)
            .OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        Assert.Superset(new HashSet<string> { "api", "c", "docs", "health", "openapi" }, segments.ToHashSet());
        foreach (var alias in segments.SelectMany(segment => new[] { segment, segment.ToUpperInvariant() }))
        {
            (await world.TryLink(new { landingPage = World.Page, alias })).ExpectProblem(422, alias.Length < 3 ? "alias_invalid" : "alias_reserved", "alias");
        }
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("Login")]
    [InlineData("well-known")]
    [InlineData("_framework")]
    public async Task A_reserved_word_is_refused_in_any_case(string alias)
    {
        var world = await World.Make(host);
        (await world.TryLink(new { landingPage = World.Page, alias })).ExpectProblem(422, "alias_reserved", "alias");
    }

    [Fact]
    public async Task A_taken_alias_is_refused_to_everybody_also_after_its_link_was_disabled()
    {
        var world = await World.Make(host);
        var other = await World.Make(host);
        var alias = world.Word;
        var link = await world.MakeLink(new { landingPage = World.Page, alias });
        Assert.Equal((alias, $"{host.Address}/{alias}"), (link["code"], link["trackingUrl"]));
        (await world.TryLink(new { landingPage = World.Page, alias })).ExpectProblem(409, "alias_taken", "alias");
        (await other.TryLink(new { landingPage = World.Page, alias })).ExpectProblem(409, "alias_taken", "alias");

        (await world.Partner.Delete($"/links/{link["id"]}")).Expect(204);
        (await world.TryLink(new { landingPage = World.Page, alias })).ExpectProblem(409, "alias_taken", "alias");
        (await world.Click(link["trackingUrl"])).Expect(410);
    }

    [Fact]
    public async Task A_drawn_code_cannot_be_taken_as_an_alias()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        (await world.TryLink(new { landingPage = World.Page, alias = link["code"] })).ExpectProblem(409, "alias_taken", "alias");
    }

    [Fact]
    public async Task A_regular_link_has_no_alias()
    {
        var world = await World.Make(host);
        (await world.TryLink(new { form = "regular", landingPage = World.Page, alias = world.Word })).ExpectProblem(422, "alias_needs_short_form", "alias");
    }

    [Fact]
    public async Task Aliases_that_differ_in_case_or_in_a_leading_zero_are_different_links()
    {
        var world = await World.Make(host);
        string[] aliases = ["abc", "ABC", "0abc", "AbC", "0123", "00123", "1e5", "100000"];
        foreach (var alias in aliases)
        {
            await world.MakeLink(new { landingPage = $"https://{World.Host}/{alias}", alias });
        }

        foreach (var alias in aliases)
        {
            await world.ExpectLeadsTo($"{host.Address}/{alias}", $"https://{World.Host}/{alias}", null);
            Assert.Equal($"https://{World.Host}/{alias}", (await world.Brand.Get($"/links/lnk_{alias}"))["landingPage"]);
            Assert.Equal(1, (await world.Brand.Get($"/links/lnk_{alias}/counters")).Json["clicks"]!.GetValue<int>());
        }

        (await world.Click($"{host.Address}/aBC")).Expect(404);
    }
}
