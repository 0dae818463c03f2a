using System.Collections.Immutable;
using OrleansLinks.Programs;

namespace OrleansLinks.Rules.Tests.Programs;

/// <summary>What a program may be.</summary>
public sealed class ProgramRuleTests
{
    private static readonly ProgramChange Least = new() { Name = "Brand", DefaultLandingPage = Given.DefaultPage, Currency = "EUR", TimeZone = "Europe/Berlin" };

    [Fact]
    public void A_program_needs_a_name_a_default_page_a_currency_and_a_time_zone()
    {
        var program = Make(Least).Ok();

        Assert.Equal(
            new ProgramInfo(Given.ProgramId, "Brand", Given.DefaultPage, program.PermittedDomains, null, "EUR", "Europe/Berlin", "clickid", null, Given.Now, 1),
            program);
    }

    [Fact]
    public void Every_required_field_that_is_missing_is_named() =>
        Make(new ProgramChange()).InvalidIn("name", "defaultLandingPage", "currency", "timeZone");

    [Fact]
    public void Every_field_that_is_not_valid_is_named()
    {
        var refusal = Make(new ProgramChange
        {
            Name = new string('x', 201),
            DefaultLandingPage = "javascript:alert(1)",
            PermittedDomains = ImmutableArray.Create("ok.example", "https://not.ok", "*", "fine.example"),
            TrackingHost = "https://go.example/",
            Currency = "euro",
            TimeZone = "Berlin",
            ClickIdParameter = "click id",
            LandingTemplate = "a={unknown}",
        }).InvalidIn(
                "name", "defaultLandingPage", "permittedDomains[1]", "permittedDomains[2]", "trackingHost", "currency", "timeZone", "clickIdParameter", "landingTemplate");

        Assert.Contains("9", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_error_is_told_in_the_message_itself()
    {
        var refusal = Make(Least with { Currency = "euro" }).InvalidIn("currency");

        Assert.Equal(refusal.Errors[0].Message, refusal.Message);
    }

    [Fact]
    public void A_change_leaves_the_fields_that_it_does_not_set()
    {
        var before = Full();

        var after = Change(before, new ProgramChange { Name = "Renamed" }).Ok();

        Assert.Equal(before with { Name = "Renamed", PermittedDomains = after.PermittedDomains, Version = before.Version + 1 }, after);
        Assert.Equal(before.PermittedDomains, after.PermittedDomains);
    }

    [Fact]
    public void Null_clears_the_fields_that_a_program_can_do_without()
    {
        var after = Change(Full(), new ProgramChange { PermittedDomains = null, TrackingHost = null, ClickIdParameter = null, LandingTemplate = null }).Ok();

        Assert.Null(after.TrackingHost);
        Assert.Null(after.LandingTemplate);
        Assert.Equal("clickid", after.ClickIdParameter);
        Assert.Equal(["www.brand.example"], after.PermittedDomains);
    }

    [Fact]
    public void Null_does_not_clear_what_a_program_needs() =>
        Change(Full(), new ProgramChange { Name = null, DefaultLandingPage = null, Currency = null, TimeZone = null }).InvalidIn("name", "defaultLandingPage", "currency", "timeZone");

    [Fact]
    public void A_refused_change_names_the_fields_of_the_change_alone() =>
        Change(Full(), new ProgramChange { Name = "Renamed", TimeZone = "Nowhere/Land" }).InvalidIn("timeZone");

    [Fact]
    public void A_change_grows_the_version_and_keeps_id_and_time_of_making()
    {
        var after = ProgramRules.Apply("prg_other", null, Least, Given.Now.AddDays(-3)).Ok();
        var changed = ProgramRules.Apply(after.Id, after, new ProgramChange { Name = "B" }, Given.Now).Ok();

        Assert.Equal(Given.Now.AddDays(-3), changed.CreatedAt);
        Assert.Equal(after.Version + 1, changed.Version);
        Assert.Equal("prg_other", changed.Id);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("  Brand & Söhne 株式会社 😀  ")]
    public void A_name_is_kept_without_the_white_space_around_it(string name) => Assert.Equal(name.Trim(), Make(Least with { Name = name }).Ok().Name);

    [Fact]
    public void A_name_has_1_to_200_characters()
    {
        Make(Least with { Name = new string('x', 200) }).Ok();
        Make(Least with { Name = new string('x', 201) }).InvalidIn("name");
        Make(Least with { Name = " \t " }).InvalidIn("name");
        Make(Least with { Name = "" }).InvalidIn("name");
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\tb")]
    [InlineData("a\u0085b")]
    public void A_name_has_no_control_characters(string name) => Make(Least with { Name = name }).InvalidIn("name");

    [Fact]
    public void A_name_has_no_half_of_a_surrogate_pair() => Make(Least with { Name = "a\uD83Db" }).InvalidIn("name");

    [Fact]
    public void The_default_page_is_kept_in_its_normal_form() =>
        Assert.Equal("https://xn--bcher-kva.example/a%20b", Make(Least with { DefaultLandingPage = " HTTPS://Bücher.example:443/a b" }).Ok().DefaultLandingPage);

    [Theory]
    [InlineData("www.brand.example")]
    [InlineData("ftp://www.brand.example/")]
    [InlineData("https://user@www.brand.example/")]
    [InlineData("")]
    public void The_default_page_is_a_landing_pages_address(string page) => Make(Least with { DefaultLandingPage = page }).InvalidIn("defaultLandingPage");

    [Fact]
    public void Without_permitted_domains_the_default_pages_host_is_permitted() => Assert.Equal(["www.brand.example"], Make(Least).Ok().PermittedDomains);

    [Fact]
    public void No_permitted_domain_at_all_is_a_choice() => Assert.Empty(Make(Least with { PermittedDomains = ImmutableArray<string>.Empty }).Ok().PermittedDomains);

    [Fact]
    public void Permitted_domains_are_kept_in_their_normal_form_each_once_and_in_order() =>
        Assert.Equal(
            ["brand.example", "*.brand.example", "xn--bcher-kva.example"],
            Make(Least with { PermittedDomains = ImmutableArray.Create("Brand.Example", "*.brand.example", "brand.example.", "bücher.example", "xn--bcher-kva.example") }).Ok().PermittedDomains);

    [Fact]
    public void A_missing_entry_of_the_permitted_domains_is_named() =>
        Make(Least with { PermittedDomains = ImmutableArray.Create("brand.example", null!, "") }).InvalidIn("permittedDomains[1]", "permittedDomains[2]");

    [Fact]
    public void A_program_has_at_most_500_permitted_domains()
    {
        Assert.Equal(500, Make(Least with { PermittedDomains = Domains(500) }).Ok().PermittedDomains.Length);
        Make(Least with { PermittedDomains = Domains(501) }).InvalidIn("permittedDomains");
    }

    [Theory]
    [InlineData("go.brand.example", "go.brand.example")]
    [InlineData("  Go.Brand.Example  ", "go.brand.example")]
    [InlineData("go.brand.example.", "go.brand.example")]
    [InlineData("go.brand.example:8443", "go.brand.example:8443")]
    [InlineData("go.brand.example:443", "go.brand.example")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("localhost:5000", "localhost:5000")]
    [InlineData("127.0.0.1:5000", "127.0.0.1:5000")]
    [InlineData("[::1]:5000", "[::1]:5000")]
    public void A_tracking_host_is_a_host_with_a_port_if_need_be(string typed, string expected) =>
        Assert.Equal(expected, Make(Least with { TrackingHost = typed }).Ok().TrackingHost);

    [Theory]
    [InlineData("https://go.brand.example")]
    [InlineData("//go.brand.example")]
    [InlineData("go.brand.example/")]
    [InlineData("go.brand.example/path")]
    [InlineData("go.brand.example?x")]
    [InlineData("go.brand.example#x")]
    [InlineData("user@go.brand.example")]
    [InlineData("go.brand.example\\x")]
    [InlineData("*.brand.example")]
    [InlineData("go brand.example")]
    [InlineData("go.brand.example:0")]
    [InlineData("go.brand.example:65536")]
    [InlineData("go\n.brand.example")]
    [InlineData("::1")]
    public void Anything_else_is_no_tracking_host(string typed) => Make(Least with { TrackingHost = typed }).InvalidIn("trackingHost");

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public void An_empty_tracking_host_is_the_installations_own(string typed) => Assert.Null(Make(Least with { TrackingHost = typed }).Ok().TrackingHost);

    [Theory]
    [InlineData("EUR")]
    [InlineData("USD")]
    [InlineData("JPY")]
    [InlineData("CNY")]
    [InlineData("GBP")]
    [InlineData("CHF")]
    [InlineData("KRW")]
    [InlineData("TWD")]
    [InlineData("HKD")]
    [InlineData("SGD")]
    [InlineData("INR")]
    [InlineData("BRL")]
    [InlineData("AUD")]
    [InlineData("CAD")]
    [InlineData("MXN")]
    [InlineData("KWD")]
    public void A_currency_is_an_ISO_4217_code(string code) => Assert.Equal(code, Make(Least with { Currency = code }).Ok().Currency);

    [Theory]
    [InlineData("")]
    [InlineData("eur")]
    [InlineData("Eur")]
    [InlineData(" EUR")]
    [InlineData("EURO")]
    [InlineData("EU")]
    [InlineData("€")]
    [InlineData("978")]
    [InlineData("ZZZ")]
    [InlineData("QQQ")]
    [InlineData("ＥＵＲ")]
    public void Anything_else_is_no_currency(string code) => Make(Least with { Currency = code }).InvalidIn("currency");

    [Fact]
    public void The_currency_of_a_program_stays()
    {
        var refusal = Change(Given.Program, new ProgramChange { Currency = "USD" }).InvalidIn("currency");

        Assert.Contains("EUR", refusal.Message, StringComparison.Ordinal);
        Change(Given.Program, new ProgramChange { Currency = "EUR" }).Ok();
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("Etc/UTC")]
    [InlineData("Europe/Berlin")]
    [InlineData("Asia/Tokyo")]
    [InlineData("Asia/Shanghai")]
    [InlineData("Asia/Kolkata")]
    [InlineData("America/New_York")]
    [InlineData("America/Argentina/Buenos_Aires")]
    [InlineData("America/Port-au-Prince")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Etc/GMT+5")]
    public void A_time_zone_is_an_IANA_name(string zone) => Assert.Equal(zone, Make(Least with { TimeZone = zone }).Ok().TimeZone);

    [Theory]
    [InlineData("")]
    [InlineData("Berlin")]
    [InlineData("CEST")]
    [InlineData("+02:00")]
    [InlineData("GMT+2")]
    [InlineData("W. Europe Standard Time")]
    [InlineData("Europe/Berlin2")]
    [InlineData(" Europe/Berlin")]
    [InlineData("Europe/")]
    [InlineData("/")]
    [InlineData("Europe/Ber\0lin")]
    [InlineData("Europe/../Europe/Berlin")]
    [InlineData("Europe//Berlin")]
    [InlineData("./Europe/Berlin")]
    [InlineData("../../../etc/passwd")]
    [InlineData("/etc/localtime")]
    [InlineData("/usr/share/zoneinfo/Europe/Berlin")]
    [InlineData("posix/Europe/Berlin")]
    [InlineData("right/Europe/Berlin")]
    [InlineData("europe/berlin")]
    public void Anything_else_is_no_time_zone(string zone) => Make(Least with { TimeZone = zone }).InvalidIn("timeZone");

    [Theory]
    [InlineData("irclickid")]
    [InlineData("a")]
    [InlineData("Click-Id_2.0~x")]
    public void The_click_id_parameter_has_characters_that_need_no_encoding(string name) =>
        Assert.Equal(name, Make(Least with { ClickIdParameter = name }).Ok().ClickIdParameter);

    [Theory]
    [InlineData("click id")]
    [InlineData(" ")]
    [InlineData("a=b")]
    [InlineData("a&b")]
    [InlineData("a#b")]
    [InlineData("%63lickid")]
    [InlineData("ü")]
    [InlineData("a[]")]
    [InlineData("a\n")]
    [InlineData("{clickid}")]
    public void Any_other_click_id_parameter_is_refused(string name) => Make(Least with { ClickIdParameter = name }).InvalidIn("clickIdParameter");

    [Fact]
    public void The_click_id_parameter_has_at_most_64_characters()
    {
        Make(Least with { ClickIdParameter = new string('a', 64) }).Ok();
        Make(Least with { ClickIdParameter = new string('a', 65) }).InvalidIn("clickIdParameter");
        Assert.Equal("clickid", Make(Least with { ClickIdParameter = "" }).Ok().ClickIdParameter);
    }

    [Theory]
    [InlineData("?utm_source={partner}&", "utm_source={partner}")]
    [InlineData("", null)]
    [InlineData("  ", null)]
    [InlineData("?", null)]
    public void A_landing_template_is_kept_without_what_joins_it_to_the_page(string typed, string? expected) =>
        Assert.Equal(expected, Make(Least with { LandingTemplate = typed }).Ok().LandingTemplate);

    [Theory]
    [InlineData("a={unknown}")]
    [InlineData("a={clickid")]
    [InlineData("a=1#b")]
    [InlineData("a=b c")]
    public void A_landing_template_that_cannot_be_filled_in_is_refused(string typed) => Make(Least with { LandingTemplate = typed }).InvalidIn("landingTemplate");

    private static ProgramInfo Full() => Given.Program with { TrackingHost = "go.brand.example", ClickIdParameter = "irclickid", LandingTemplate = "a={subid1}" };

    private static ImmutableArray<string> Domains(int count) => [.. Enumerable.Range(0, count).Select(i => $"d{i}.example")];

    private static Result<ProgramInfo> Make(ProgramChange settings) => ProgramRules.Apply(Given.ProgramId, null, settings, Given.Now);

    private static Result<ProgramInfo> Change(ProgramInfo current, ProgramChange change) => ProgramRules.Apply(current.Id, current, change, Given.Now);
}
