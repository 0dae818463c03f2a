using OrleansLinks.Partners;

namespace OrleansLinks.Rules.Tests.Partners;

/// <summary>What a partner may be.</summary>
public sealed class PartnerRuleTests
{
    private static readonly PartnerChange Least = new() { Name = "Ann", Kind = PartnerKind.Creator };

    [Fact]
    public void A_partner_needs_a_name_and_a_kind() =>
        Assert.Equal(
            new PartnerInfo(Given.PartnerId, "Ann", PartnerKind.Creator, null, null, PartnerState.Active, Given.ProgramId, Given.Now, 1),
            Make(Least).Ok());

    [Fact]
    public void A_partner_that_the_operator_made_belongs_to_no_program() =>
        Assert.Null(PartnerRules.Apply(Given.PartnerId, null, Least, null, Given.Now).Ok().CreatedByProgramId);

    [Fact]
    public void Every_required_field_that_is_missing_is_named() => Make(new PartnerChange()).InvalidIn("name", "kind");

    [Fact]
    public void Every_field_that_is_not_valid_is_named() =>
        Make(new PartnerChange { Name = "a\0", Kind = null, Email = "nobody", Locale = "english please" }).InvalidIn("name", "kind", "email", "locale");

    [Fact]
    public void A_change_leaves_the_fields_that_it_does_not_set_and_the_version_when_it_sets_none()
    {
        Assert.Equal(Given.Partner with { Name = "Bea", Version = Given.Partner.Version + 1 }, Change(new PartnerChange { Name = "Bea" }).Ok());
        Assert.Equal(Given.Partner, Change(new PartnerChange()).Ok());
    }

    [Fact]
    public void Null_clears_the_fields_that_a_partner_can_do_without()
    {
        var after = Change(new PartnerChange { Email = null, Locale = null }).Ok();

        Assert.Null(after.Email);
        Assert.Null(after.Locale);
    }

    [Fact]
    public void Null_does_not_clear_what_a_partner_needs() => Change(new PartnerChange { Name = null, Kind = null }).InvalidIn("name", "kind");

    [Fact]
    public void A_partner_can_go_and_come_back()
    {
        var gone = Change(new PartnerChange { State = PartnerState.Inactive }).Ok();
        Assert.Equal(PartnerState.Inactive, gone.State);

        var renamed = PartnerRules.Apply(gone.Id, gone, new PartnerChange { Name = "Bea" }, null, Given.Now).Ok();
        Assert.Equal(PartnerState.Inactive, renamed.State);

        Assert.Equal(PartnerState.Active, PartnerRules.Apply(gone.Id, gone, new PartnerChange { State = PartnerState.Active }, null, Given.Now).Ok().State);
    }

    [Fact]
    public void Who_made_a_partner_and_when_stays()
    {
        var after = PartnerRules.Apply(Given.PartnerId, Given.Partner, new PartnerChange { Name = "Bea" }, "prg_another", Given.Now).Ok();

        Assert.Equal(Given.ProgramId, after.CreatedByProgramId);
        Assert.Equal(Given.Partner.CreatedAt, after.CreatedAt);
    }

    [Fact]
    public void A_partner_that_the_operator_made_is_not_taken_over_by_a_brand_that_changes_it()
    {
        var made = PartnerRules.Apply(Given.PartnerId, null, Least, null, Given.Now).Ok();

        Assert.Null(PartnerRules.Apply(made.Id, made, new PartnerChange { Name = "Bea" }, Given.ProgramId, Given.Now).Ok().CreatedByProgramId);
    }

    [Fact]
    public void A_name_has_1_to_200_characters()
    {
        Make(Least with { Name = new string('x', 200) }).Ok();
        Make(Least with { Name = new string('x', 201) }).InvalidIn("name");
        Make(Least with { Name = "  " }).InvalidIn("name");
    }

    [Theory]
    [InlineData("ann@partner.example")]
    [InlineData("ann.b+c@sub.partner.example")]
    [InlineData("a@b")]
    [InlineData("  ann@partner.example  ")]
    public void An_email_is_an_address(string email) => Assert.Equal(email.Trim(), Make(Least with { Email = email }).Ok().Email);

    [Theory]
    [InlineData("ann")]
    [InlineData("@partner.example")]
    [InlineData("ann@")]
    [InlineData("ann@partner@example")]
    [InlineData("Ann <ann@partner.example>")]
    [InlineData("ann@partner.example, bea@partner.example")]
    [InlineData("ann@partner.example\r\nBcc: bea@partner.example")]
    [InlineData("ann @partner.example")]
    [InlineData("ann@part ner.example")]
    public void Anything_else_is_no_email(string email) => Make(Least with { Email = email }).InvalidIn("email");

    [Fact]
    public void An_email_has_at_most_254_characters()
    {
        var domain = "@" + string.Join('.', Enumerable.Repeat(new string('d', 46), 4)) + ".example";
        Assert.Equal(254, new string('a', 254 - domain.Length).Length + domain.Length);

        Make(Least with { Email = new string('a', 254 - domain.Length) + domain }).Ok();
        Make(Least with { Email = new string('a', 255 - domain.Length) + domain }).InvalidIn("email");
    }

    [Theory]
    [InlineData("en")]
    [InlineData("zh-Hans")]
    [InlineData("ja")]
    [InlineData("pt-BR")]
    [InlineData("zh-Hant-TW")]
    [InlineData("de-CH-1996")]
    public void A_locale_is_a_language_tag(string locale) => Assert.Equal(locale, Make(Least with { Locale = locale }).Ok().Locale);

    [Theory]
    [InlineData("e")]
    [InlineData("english please")]
    [InlineData("de_DE")]
    [InlineData("de-")]
    [InlineData("-de")]
    [InlineData("de--DE")]
    [InlineData("日本語")]
    [InlineData("abcdefghi")]
    [InlineData("en-abcdefghi")]
    [InlineData("en-a1-b2-c3-d4-e5-f6-g7-h8-i9-j10-k11")]
    public void Anything_else_is_no_locale(string locale) => Make(Least with { Locale = locale }).InvalidIn("locale");

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void An_empty_email_or_locale_is_none(string text)
    {
        var partner = Make(Least with { Email = text, Locale = text }).Ok();

        Assert.Null(partner.Email);
        Assert.Null(partner.Locale);
    }

    private static Result<PartnerInfo> Make(PartnerChange settings) => PartnerRules.Apply(Given.PartnerId, null, settings, Given.ProgramId, Given.Now);

    private static Result<PartnerInfo> Change(PartnerChange change) => PartnerRules.Apply(Given.PartnerId, Given.Partner, change, Given.ProgramId, Given.Now);
}
