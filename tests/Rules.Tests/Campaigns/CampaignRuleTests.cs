using System.Collections.Immutable;
using OrleansLinks.Campaigns;

namespace OrleansLinks.Rules.Tests.Campaigns;

/// <summary>What a campaign may be, and where it may go.</summary>
public sealed class CampaignRuleTests
{
    private const string Terms = "payForPerformance.terms";
    private static readonly CampaignChange Least = new() { Name = "Spring", Kind = CampaignKind.Performance };

    [Fact]
    public void A_campaign_needs_a_name_and_a_kind_and_begins_as_a_draft_with_its_gates_shut()
    {
        var campaign = Make(Least).Ok();

        Assert.Equal(Given.CampaignId, campaign.Id);
        Assert.Equal(Given.ProgramId, campaign.ProgramId);
        Assert.Equal("Spring", campaign.Name);
        Assert.Equal(CampaignKind.Performance, campaign.Kind);
        Assert.Equal(CampaignStatus.Draft, campaign.Status);
        Assert.Null(campaign.StartsAt);
        Assert.Null(campaign.EndsAt);
        Assert.Equal(new CampaignTracking(false, 30, 30), campaign.Tracking);
        Assert.Equal(new PayForPerformance(false, null), campaign.PayForPerformance);
        Assert.Equal(LandingMode.PartnerChoice, campaign.Landing.Mode);
        Assert.Empty(campaign.Landing.SavedPages);
        Assert.Equal(Given.Now, campaign.CreatedAt);
        Assert.Equal(1, campaign.Version);
    }

    [Fact]
    public void Every_required_field_that_is_missing_is_named() => Make(new CampaignChange()).InvalidIn("name", "kind");

    [Fact]
    public void Every_field_that_is_not_valid_is_named() =>
        Make(new CampaignChange
        {
            Name = "",
            Kind = null,
            StartsAt = Given.Now,
            EndsAt = Given.Now,
            Tracking = new CampaignTrackingChange { ClicksAndConversions = true, AttributionWindowDays = 0, LockingPeriodDays = 366 },
            PayForPerformance = new PayForPerformanceChange { Enabled = true },
            Landing = new CampaignLandingChange { Mode = LandingMode.SavedPages, SavedPages = Pages(new("pg_unknown", "", "ftp://x.example/"), null) },
        })
            .InvalidIn(
                "name",
                "kind",
                "endsAt",
                "tracking.attributionWindowDays",
                "tracking.lockingPeriodDays",
                Terms,
                "landing.savedPages[0].id",
                "landing.savedPages[0].name",
                "landing.savedPages[0].url",
                "landing.savedPages[1].name",
                "landing.savedPages[1].url");

    [Fact]
    public void A_change_leaves_the_fields_that_it_does_not_set()
    {
        var before = Given.Campaign with { StartsAt = Given.Now, EndsAt = Given.Now.AddDays(1) };

        var after = Change(new CampaignChange { Name = "Summer" }, before).Ok();

        Assert.Equal(before with { Name = "Summer", Version = before.Version + 1 }, after);
    }

    [Fact]
    public void A_change_within_a_group_leaves_the_groups_other_fields()
    {
        var after = Change(new CampaignChange
        {
            Tracking = new CampaignTrackingChange { AttributionWindowDays = 7 },
            PayForPerformance = new PayForPerformanceChange { Enabled = false },
            Landing = new CampaignLandingChange { Mode = LandingMode.SavedPages },
        }).Ok();

        Assert.Equal(Given.Campaign.Tracking with { AttributionWindowDays = 7 }, after.Tracking);
        Assert.Equal(Given.Campaign.PayForPerformance with { Enabled = false }, after.PayForPerformance);
        Assert.Equal(Given.Campaign.Landing with { Mode = LandingMode.SavedPages }, after.Landing);
    }

    [Fact]
    public void Null_takes_a_field_back_to_where_a_new_campaign_begins()
    {
        var after = Change(
            new CampaignChange
            {
                StartsAt = null,
                EndsAt = null,
                Tracking = new CampaignTrackingChange { ClicksAndConversions = null, AttributionWindowDays = null, LockingPeriodDays = null },
                PayForPerformance = new PayForPerformanceChange { Enabled = null, Terms = null },
                Landing = new CampaignLandingChange { Mode = null, SavedPages = null },
            },
            Given.Campaign with { StartsAt = Given.Now, EndsAt = Given.Now.AddDays(1) }).Ok();

        Assert.Null(after.StartsAt);
        Assert.Null(after.EndsAt);
        Assert.Equal(new CampaignTracking(false, 30, 30), after.Tracking);
        Assert.Equal(new PayForPerformance(false, null), after.PayForPerformance);
        Assert.Equal(LandingMode.PartnerChoice, after.Landing.Mode);
        Assert.Empty(after.Landing.SavedPages);
    }

    [Fact]
    public void Null_takes_a_whole_group_back_to_where_a_new_campaign_begins()
    {
        var after = Change(
            new CampaignChange { Tracking = null, PayForPerformance = null, Landing = null },
            Given.Campaign with { Landing = Given.Campaign.Landing with { Mode = LandingMode.SavedPages } }).Ok();

        Assert.Equal(new CampaignTracking(false, 30, 30), after.Tracking);
        Assert.Equal(new PayForPerformance(false, null), after.PayForPerformance);
        Assert.Equal(LandingMode.PartnerChoice, after.Landing.Mode);
        Assert.Empty(after.Landing.SavedPages);
    }

    [Fact]
    public void Null_does_not_clear_what_a_campaign_needs() => Change(new CampaignChange { Name = null, Kind = null }).InvalidIn("name", "kind");

    [Fact]
    public void A_change_does_not_touch_the_status()
    {
        foreach (var status in new[] { CampaignStatus.Draft, CampaignStatus.Active, CampaignStatus.Paused })
        {
            Assert.Equal(status, Change(new CampaignChange { Name = "Summer" }, Given.Campaign with { Status = status }).Ok().Status);
        }
    }

    [Fact]
    public void A_name_has_1_to_200_characters()
    {
        Make(Least with { Name = new string('x', 200) }).Ok();
        Make(Least with { Name = new string('x', 201) }).InvalidIn("name");
        Make(Least with { Name = "a\nb" }).InvalidIn("name");
    }

    [Fact]
    public void The_kind_of_a_campaign_stays()
    {
        Change(new CampaignChange { Kind = CampaignKind.Creator }).InvalidIn("kind");
        Assert.Equal(CampaignKind.Performance, Change(new CampaignChange { Kind = CampaignKind.Performance }).Ok().Kind);
        Assert.Equal(CampaignKind.Creator, Make(Least with { Kind = CampaignKind.Creator }).Ok().Kind);
    }

    [Fact]
    public void A_campaign_ends_after_it_starts()
    {
        Make(Least with { StartsAt = Given.Now, EndsAt = Given.Now.AddTicks(1) }).Ok();
        Make(Least with { StartsAt = Given.Now, EndsAt = Given.Now }).InvalidIn("endsAt");
        Make(Least with { StartsAt = Given.Now, EndsAt = Given.Now.AddTicks(-1) }).InvalidIn("endsAt");
        Make(Least with { EndsAt = Given.Now }).Ok();
        Make(Least with { StartsAt = Given.Now }).Ok();
    }

    [Fact]
    public void A_new_end_is_compared_with_the_start_that_is_there()
    {
        Change(new CampaignChange { EndsAt = Given.Now }, Given.Campaign with { StartsAt = Given.Now.AddDays(1) }).InvalidIn("endsAt");
        Change(new CampaignChange { StartsAt = Given.Now }, Given.Campaign with { EndsAt = Given.Now.AddDays(-1) }).InvalidIn("endsAt");
        Change(new CampaignChange { EndsAt = Given.Now, StartsAt = null }, Given.Campaign with { StartsAt = Given.Now.AddDays(1) }).Ok();
    }

    [Fact]
    public void Start_and_end_are_kept_in_UTC()
    {
        var tokyo = new DateTimeOffset(2026, 6, 1, 9, 0, 0, TimeSpan.FromHours(9));
        var campaign = Make(Least with { StartsAt = tokyo, EndsAt = tokyo.AddDays(1) }).Ok();

        Assert.Equal(TimeSpan.Zero, campaign.StartsAt?.Offset);
        Assert.Equal(tokyo, campaign.StartsAt);
        Assert.Equal(TimeSpan.Zero, campaign.EndsAt?.Offset);
        Assert.Equal(tokyo.AddDays(1), campaign.EndsAt);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(365, true)]
    [InlineData(366, false)]
    [InlineData(int.MaxValue, false)]
    [InlineData(int.MinValue, false)]
    public void The_attribution_window_is_1_to_365_days(int days, bool allowed) =>
        CheckIf(allowed, Make(Least with { Tracking = new CampaignTrackingChange { AttributionWindowDays = days } }), "tracking.attributionWindowDays");

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(365, true)]
    [InlineData(366, false)]
    public void The_locking_period_is_0_to_365_days(int days, bool allowed) =>
        CheckIf(allowed, Make(Least with { Tracking = new CampaignTrackingChange { LockingPeriodDays = days } }), "tracking.lockingPeriodDays");

    [Fact]
    public void Pay_for_performance_needs_terms()
    {
        Pay(true, null).InvalidIn(Terms);
        Assert.False(Pay(false, null).Ok().PayForPerformance.Enabled);
        Assert.Equal(Fixed("5"), Pay(true, Fixed("5")).Ok().PayForPerformance.Terms);
    }

    [Fact]
    public void Terms_may_be_there_before_pay_for_performance_is_on()
    {
        var before = Pay(false, Fixed("5")).Ok();

        var after = Change(new CampaignChange { PayForPerformance = new PayForPerformanceChange { Enabled = true } }, before).Ok();

        Assert.True(after.PayForPerformance.Enabled);
        Assert.Equal(Fixed("5"), after.PayForPerformance.Terms);
    }

    [Fact]
    public void Terms_cannot_be_taken_away_while_pay_for_performance_is_on()
    {
        Change(new CampaignChange { PayForPerformance = new PayForPerformanceChange { Terms = null } }).InvalidIn(Terms);
        Assert.Null(Change(new CampaignChange { PayForPerformance = new PayForPerformanceChange { Enabled = false, Terms = null } }).Ok().PayForPerformance.Terms);
    }

    [Fact]
    public void Terms_are_checked_even_while_pay_for_performance_is_off() => Pay(false, Fixed("-5")).InvalidIn($"{Terms}.amount");

    [Fact]
    public void Terms_are_replaced_as_a_whole() =>
        Assert.Equal(
            Percentage("10"),
            Change(new CampaignChange { PayForPerformance = new PayForPerformanceChange { Terms = Percentage("10") } }).Ok().PayForPerformance.Terms);

    [Theory]
    [InlineData("0.0001", true)]
    [InlineData("5", true)]
    [InlineData("12.50", true)]
    [InlineData("1000000000", true)]
    [InlineData("0", false)]
    [InlineData("-0.01", false)]
    [InlineData("1000000000.01", false)]
    [InlineData("79228162514264337593543950335", false)]
    public void A_fixed_amount_is_above_0_and_within_reason(string amount, bool allowed) => CheckIf(allowed, Pay(true, Fixed(amount)), $"{Terms}.amount");

    [Fact]
    public void A_fixed_amount_has_at_most_4_decimals()
    {
        Pay(true, Fixed("0.1234")).Ok();
        Pay(true, Fixed("0.12345")).InvalidIn($"{Terms}.amount.amount");
    }

    [Theory]
    [InlineData("USD")]
    [InlineData("eur")]
    [InlineData("")]
    public void A_fixed_amount_is_in_the_programs_currency(string currency)
    {
        var refusal = Pay(true, new PayoutTerms(PayoutModel.Fixed, new Money(5m, currency), null)).InvalidIn($"{Terms}.amount.currency");

        Assert.Contains("EUR", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fixed_terms_have_an_amount_and_no_rate()
    {
        Pay(true, new PayoutTerms(PayoutModel.Fixed, null, null)).InvalidIn($"{Terms}.amount");
        Pay(true, new PayoutTerms(PayoutModel.Fixed, new Money(5m, "EUR"), 10m)).InvalidIn($"{Terms}.rate");
    }

    [Theory]
    [InlineData("0.0001", true)]
    [InlineData("10", true)]
    [InlineData("99.9999", true)]
    [InlineData("100", true)]
    [InlineData("0", false)]
    [InlineData("-1", false)]
    [InlineData("100.0001", false)]
    [InlineData("0.12345", false)]
    public void A_rate_is_above_0_and_at_most_100_percent_with_at_most_4_decimals(string rate, bool allowed) =>
        CheckIf(allowed, Pay(true, Percentage(rate)), $"{Terms}.rate");

    [Fact]
    public void Percentage_terms_have_a_rate_and_no_amount()
    {
        Pay(true, new PayoutTerms(PayoutModel.Percentage, null, null)).InvalidIn($"{Terms}.rate");
        Pay(true, new PayoutTerms(PayoutModel.Percentage, new Money(5m, "EUR"), 10m)).InvalidIn($"{Terms}.amount");
    }

    [Fact]
    public void New_saved_pages_get_ids_of_their_own()
    {
        var pages = Make(Least with { Landing = new CampaignLandingChange { Mode = LandingMode.SavedPages, SavedPages = Pages(new(null, "Shoes", Given.ShoesPage), new(null, "Hats", Given.HatsPage)) } })
            .Ok().Landing.SavedPages;

        Assert.Equal(["Shoes", "Hats"], pages.Select(p => p.Name));
        Assert.Equal([Given.ShoesPage, Given.HatsPage], pages.Select(p => p.Url));
        Assert.All(pages, page => Assert.True(EntityId.IsWellFormed(page.Id, EntityId.SavedPage)));
        Assert.NotEqual(pages[0].Id, pages[1].Id);
    }

    [Fact]
    public void An_edited_saved_page_keeps_its_id_in_the_brands_order()
    {
        var pages = Save(new(Given.HatsId, "Caps", "https://saved.example/caps"), new(null, "Bags", "https://saved.example/bags"), new(Given.ShoesId, "Shoes", Given.ShoesPage))
            .Ok().Landing.SavedPages;

        Assert.Equal(new SavedPage(Given.HatsId, "Caps", "https://saved.example/caps"), pages[0]);
        Assert.Equal(new SavedPage(Given.ShoesId, "Shoes", Given.ShoesPage), pages[2]);
        Assert.DoesNotContain(pages[1].Id, new[] { Given.HatsId, Given.ShoesId });
    }

    [Fact]
    public void A_saved_page_that_the_list_leaves_out_is_removed() =>
        Assert.Equal([Given.HatsId], Save(new SavedPageChange(Given.HatsId, "Hats", Given.HatsPage)).Ok().Landing.SavedPages.Select(p => p.Id));

    [Fact]
    public void An_unknown_saved_page_is_named() =>
        Save(new(Given.HatsId, "Hats", Given.HatsPage), new("pg_01jz00000000000000000000s9", "Bags", Given.ShoesPage)).InvalidIn("landing.savedPages[1].id");

    [Fact]
    public void A_new_campaign_has_no_saved_pages_to_refer_to() =>
        Make(Least with { Landing = new CampaignLandingChange { SavedPages = Pages(new SavedPageChange(Given.ShoesId, "Shoes", Given.ShoesPage)) } }).InvalidIn("landing.savedPages[0].id");

    [Fact]
    public void A_saved_page_that_is_there_twice_is_named() =>
        Save(new(Given.HatsId, "Hats", Given.HatsPage), new(Given.HatsId, "Caps", Given.HatsPage)).InvalidIn("landing.savedPages[1].id");

    [Fact]
    public void An_empty_id_is_no_new_page() => Save(new SavedPageChange("", "Hats", Given.HatsPage)).InvalidIn("landing.savedPages[0].id");

    [Fact]
    public void A_saved_page_needs_a_name_and_an_address()
    {
        Save(new SavedPageChange()).InvalidIn("landing.savedPages[0].name", "landing.savedPages[0].url");
        Save(new SavedPageChange(null, new string('x', 201), "https://user@x.example/")).InvalidIn("landing.savedPages[0].name", "landing.savedPages[0].url");
    }

    [Fact]
    public void A_saved_pages_address_is_kept_in_its_normal_form() =>
        Assert.Equal("https://xn--bcher-kva.example/a%20b", Save(new SavedPageChange(null, "Books", " HTTPS://Bücher.example:443/a b")).Ok().Landing.SavedPages[0].Url);

    [Fact]
    public void A_campaign_has_at_most_500_saved_pages()
    {
        var pages = Enumerable.Range(0, 501).Select(i => new SavedPageChange(null, $"Page {i}", $"https://saved.example/{i}")).ToArray();

        Assert.Equal(500, Save(pages[..500]).Ok().Landing.SavedPages.Select(p => p.Id).Distinct().Count());
        Save(pages).InvalidIn("landing.savedPages");
    }

    [Theory]
    [InlineData(CampaignStatus.Draft, CampaignStatus.Active, true)]
    [InlineData(CampaignStatus.Draft, CampaignStatus.Paused, false)]
    [InlineData(CampaignStatus.Draft, CampaignStatus.Completed, true)]
    [InlineData(CampaignStatus.Active, CampaignStatus.Draft, false)]
    [InlineData(CampaignStatus.Active, CampaignStatus.Paused, true)]
    [InlineData(CampaignStatus.Active, CampaignStatus.Completed, true)]
    [InlineData(CampaignStatus.Paused, CampaignStatus.Draft, false)]
    [InlineData(CampaignStatus.Paused, CampaignStatus.Active, true)]
    [InlineData(CampaignStatus.Paused, CampaignStatus.Completed, true)]
    [InlineData(CampaignStatus.Completed, CampaignStatus.Draft, false)]
    [InlineData(CampaignStatus.Completed, CampaignStatus.Active, false)]
    [InlineData(CampaignStatus.Completed, CampaignStatus.Paused, false)]
    public void A_campaign_moves_between_the_statuses_so(CampaignStatus from, CampaignStatus to, bool allowed)
    {
        var before = Given.Campaign with { Status = from };

        var moved = CampaignRules.Move(before, to);

        if (allowed)
        {
            Assert.Equal(before with { Status = to, Version = before.Version + 1 }, moved.Ok());
        }
        else
        {
            moved.RefusedWith(RefusalKind.Conflict, from == CampaignStatus.Completed ? "campaign_completed" : "campaign_not_active");
        }
    }

    [Theory]
    [InlineData(CampaignStatus.Draft)]
    [InlineData(CampaignStatus.Active)]
    [InlineData(CampaignStatus.Paused)]
    [InlineData(CampaignStatus.Completed)]
    public void A_move_to_where_a_campaign_stands_changes_nothing(CampaignStatus status)
    {
        var campaign = Given.Campaign with { Status = status };

        Assert.Same(campaign, CampaignRules.Move(campaign, status).Ok());
    }

    [Fact]
    public void A_completed_campaign_can_no_longer_be_changed()
    {
        var completed = Given.Campaign with { Status = CampaignStatus.Completed };
        CampaignChange[] changes =
        [
            new CampaignChange(),
            new CampaignChange { Name = "Summer" },
            new CampaignChange { EndsAt = Given.Now },
            new CampaignChange { Tracking = new CampaignTrackingChange { ClicksAndConversions = false } },
            new CampaignChange { PayForPerformance = new PayForPerformanceChange { Enabled = false } },
            new CampaignChange { Landing = new CampaignLandingChange { Mode = LandingMode.ProgramDefault } },
            new CampaignChange { Name = null },
        ];

        Assert.All(changes, change => Change(change, completed).RefusedWith(RefusalKind.Conflict, "campaign_completed"));
    }

    private static void CheckIf(bool allowed, Result<CampaignInfo> outcome, string field)
    {
        Assert.Equal(allowed, outcome.IsOk);
        if (!allowed)
        {
            outcome.InvalidIn(field);
        }
    }

    private static Result<CampaignInfo> Make(CampaignChange settings) =>
        CampaignRules.Apply(Given.CampaignId, null, Given.ProgramId, settings, "EUR", Given.Clock);

    private static Result<CampaignInfo> Change(CampaignChange change, CampaignInfo? current = null) =>
        CampaignRules.Apply(Given.CampaignId, current ?? Given.Campaign, Given.ProgramId, change, "EUR", Given.Clock);

    private static Result<CampaignInfo> Pay(bool enabled, PayoutTerms? terms) =>
        Make(Least with { PayForPerformance = new PayForPerformanceChange { Enabled = enabled, Terms = terms } });

    private static Result<CampaignInfo> Save(params SavedPageChange[] pages) =>
        Change(new CampaignChange { Landing = new CampaignLandingChange { SavedPages = Pages(pages) } });

    private static ImmutableArray<SavedPageChange?> Pages(params SavedPageChange?[] pages) => [.. pages];

    private static PayoutTerms Fixed(string amount) => new(PayoutModel.Fixed, new Money(Number(amount), "EUR"), null);

    private static PayoutTerms Percentage(string rate) => new(PayoutModel.Percentage, null, Number(rate));

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
