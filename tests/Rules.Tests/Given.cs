using OrleansLinks.Campaigns;
using OrleansLinks.Links;
using OrleansLinks.Partners;
using OrleansLinks.Programs;
using OrleansLinks.Tasks;

namespace OrleansLinks.Rules.Tests;

/// <summary>
/// A brand with one program, one running campaign and one partner with a task in it; every gate is open. Tests change
/// what they are about and leave the rest.
/// </summary>
internal static class Given
{
    public const string ProgramId = "prg_01jz00000000000000000000p1";
    public const string CampaignId = "cmp_01jz00000000000000000000c1";
    public const string TaskId = "tsk_01jz00000000000000000000t1";
    public const string PartnerId = "prt_01jz00000000000000000000r1";
    public const string OtherPartnerId = "prt_01jz00000000000000000000r2";
    public const string ClickId = "clk_01jz00000000000000000000k1";

    public const string DefaultPage = "https://www.brand.example/home";
    public const string ShoesId = "pg_01jz00000000000000000000s1";
    public const string ShoesPage = "https://saved.example/shoes";
    public const string HatsId = "pg_01jz00000000000000000000s2";
    public const string HatsPage = "https://saved.example/hats";
    public const string TypedPage = "https://shop.brand.example/sale";

    public static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public static readonly TimeProvider Clock = new StoppedClock();

    public static ProgramInfo Program { get; } = new(
        ProgramId, "Brand", DefaultPage, ["brand.example", "*.brand.example"], null, "EUR", "Europe/Berlin", "clickid", null, Now.AddDays(-30), 3);

    public static CampaignInfo Campaign { get; } = new(
        CampaignId,
        ProgramId,
        "Spring",
        CampaignKind.Performance,
        CampaignStatus.Active,
        null,
        null,
        new CampaignTracking(true, 30, 14),
        new PayForPerformance(true, new PayoutTerms(PayoutModel.Fixed, new Money(5m, "EUR"), null)),
        new CampaignLanding(LandingMode.PartnerChoice, [new SavedPage(ShoesId, "Shoes", ShoesPage), new SavedPage(HatsId, "Hats", HatsPage)]),
        Now.AddDays(-20),
        4);

    public static TaskInfo Task { get; } = new(TaskId, CampaignId, ProgramId, PartnerId, "Post a story", null, null, Now.AddDays(-10), 2);

    public static PartnerInfo Partner { get; } = new(
        PartnerId, "Ann", PartnerKind.Creator, "ann@partner.example", "de", PartnerState.Active, ProgramId, Now.AddDays(-25), 5);

    /// <summary>A task whose every gate is open, in the landing mode.</summary>
    public static TaskTerms Terms(LandingMode mode = LandingMode.PartnerChoice) => new TaskTerms(Task, Campaign, Program, true).In(mode);

    public static TaskTerms In(this TaskTerms terms, LandingMode mode) =>
        terms.Campaigning(c => c with { Landing = c.Landing with { Mode = mode } });

    public static TaskTerms Campaigning(this TaskTerms terms, Func<CampaignInfo, CampaignInfo> change) =>
        terms with { Campaign = change(terms.Campaign) };

    public static TaskTerms WithStatus(this TaskTerms terms, CampaignStatus status) => terms.Campaigning(c => c with { Status = status });

    public static TaskTerms Starting(this TaskTerms terms, DateTimeOffset? at) => terms.Campaigning(c => c with { StartsAt = at });

    public static TaskTerms Ending(this TaskTerms terms, DateTimeOffset? at) => terms.Campaigning(c => c with { EndsAt = at });

    public static TaskTerms WithTracking(this TaskTerms terms, bool on) =>
        terms.Campaigning(c => c with { Tracking = c.Tracking with { ClicksAndConversions = on } });

    public static TaskTerms WithPay(this TaskTerms terms, bool on) =>
        terms.Campaigning(c => c with { PayForPerformance = c.PayForPerformance with { Enabled = on } });

    public static TaskTerms WithoutPartner(this TaskTerms terms) => terms with { PartnerParticipates = false };

    public static TaskTerms OfCreators(this TaskTerms terms) => terms.Campaigning(c => c with { Kind = CampaignKind.Creator });

    public static TaskTerms Permitting(this TaskTerms terms, params string[] domains) =>
        terms with { Program = terms.Program with { PermittedDomains = [.. domains] } };

    public static TaskTerms WithDefaultPage(this TaskTerms terms, string page) =>
        terms with { Program = terms.Program with { DefaultLandingPage = page } };

    public static TaskTerms WithSavedPages(this TaskTerms terms, params SavedPage[] pages) =>
        terms.Campaigning(c => c with { Landing = c.Landing with { SavedPages = [.. pages] } });

    /// <summary>The terms with the gate of that code shut.</summary>
    public static TaskTerms Shut(this TaskTerms terms, string gate) => gate switch
    {
        "campaign_not_active" => terms.WithStatus(CampaignStatus.Paused),
        "campaign_not_started" => terms.Starting(Now.AddDays(1)),
        "campaign_ended" => terms.Ending(Now.AddDays(-1)),
        "tracking_off" => terms.WithTracking(false),
        "pay_for_performance_off" => terms.WithPay(false),
        "partner_not_participating" => terms.WithoutPartner(),
        _ => throw new ArgumentOutOfRangeException(nameof(gate), gate, "There is no such gate."),
    };

    /// <summary>A request that the landing mode allows.</summary>
    public static LinkRequest RequestFor(LandingMode mode) => mode switch
    {
        LandingMode.PartnerChoice => new LinkRequest(LandingPage: TypedPage),
        LandingMode.SavedPages => new LinkRequest(SavedPageId: ShoesId),
        _ => new LinkRequest(),
    };

    public static Link TypedLink(string page = TypedPage, LinkForm form = LinkForm.Short) => LinkTo(LinkTarget.TypedPage, page, null, form);

    public static Link SavedLink(string pageId = ShoesId, LinkForm form = LinkForm.Short) => LinkTo(LinkTarget.SavedPage, null, pageId, form);

    public static Link DefaultLink(LinkForm form = LinkForm.Short) => LinkTo(LinkTarget.ProgramDefault, null, null, form);

    public static Result<LinkPlan> Decide(LinkRequest request, TaskTerms? terms = null, LinkCreator creator = LinkCreator.Partner) =>
        LinkPolicy.Decide(request, terms ?? Terms(), creator, Now);

    private static Link LinkTo(LinkTarget target, string? page, string? savedPageId, LinkForm form) => new(
        form == LinkForm.Short ? "Ab3dEf7h" : "Ab3dEf7hJk2mNp4q",
        form,
        TaskId,
        CampaignId,
        PartnerId,
        ProgramId,
        target,
        page,
        savedPageId,
        ReportingValues.None,
        LinkCreator.Partner,
        Now.AddDays(-5),
        LinkState.Active,
        1,
        Guid.Empty);

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}

/// <summary>What a refusal must say.</summary>
internal static class Expect
{
    /// <summary>The value; fails with the refusal when there is none.</summary>
    public static T Ok<T>(this Result<T> result)
        where T : class
    {
        Assert.True(result.IsOk, $"{result.Refusal?.Code}: {result.Refusal?.Message} {string.Join("; ", result.Refusal?.Errors.Select(e => e.Field) ?? [])}");
        return result.Value;
    }

    /// <summary>A broken rule with that code that names that field, and a message for a person.</summary>
    public static Refusal RefusedFor<T>(this Result<T> result, string code, string? field)
        where T : class
    {
        var refusal = result.RefusedWith(RefusalKind.RuleBroken, code);
        Assert.Equal(field is null ? [] : [field], refusal.Errors.Select(e => e.Field));
        return refusal;
    }

    /// <summary>A broken validation that names exactly these fields, each with its message.</summary>
    public static Refusal InvalidIn<T>(this Result<T> result, params string[] fields)
        where T : class
    {
        var refusal = result.RefusedWith(RefusalKind.RuleBroken, "validation_failed");
        Assert.Equal(fields.Order(StringComparer.Ordinal), refusal.Errors.Select(e => e.Field).Order(StringComparer.Ordinal));
        Assert.All(refusal.Errors, error => Assert.NotEmpty(error.Message));
        return refusal;
    }

    /// <summary>A refusal of that kind and code, with a message for a person.</summary>
    public static Refusal RefusedWith<T>(this Result<T> result, RefusalKind kind, string code)
        where T : class
    {
        Assert.False(result.IsOk, "It was not refused.");
        Assert.Null(result.Value);
        Assert.Equal(kind, result.Refusal.Kind);
        Assert.Equal(code, result.Refusal.Code);
        Assert.NotEmpty(result.Refusal.Message);
        return result.Refusal;
    }
}
