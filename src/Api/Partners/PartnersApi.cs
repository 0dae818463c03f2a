using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Access;
using OrleansLinks.Campaigns;
using OrleansLinks.Directory;
using OrleansLinks.Lists;
using OrleansLinks.Problems;
using OrleansLinks.Tasks;

namespace OrleansLinks.Partners;

/// <summary>A campaign that a partner takes part in.</summary>
internal sealed record ParticipatingCampaign(
    string Id,
    string Name,
    string ProgramId,
    string ProgramName,
    CampaignKind Kind,
    CampaignStatus Status,
    DateTimeOffset? StartsAt,
    DateTimeOffset? EndsAt,
    PayForPerformance PayForPerformance,
    LandingMode LandingMode);

internal static class PartnersApi
{
    public static void MapPartners(this IEndpointRouteBuilder api)
    {
        var partners = api.MapGroup("/partners").WithTags("Partners");
        partners.MapPost("/", Create).For(Role.Operator, Role.Brand).Creates()
            .WithSummary("Create a partner or creator").WithDescription("name and kind are required.");
        partners.MapGet("/", List).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("List partners").WithDescription("The operator sees all partners, a brand those that it made or works with, a partner itself. Newest first.");
        partners.MapGet("/{partnerId}", Get).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("Read a partner");
        partners.MapPatch("/{partnerId}", Change).For(Role.Operator, Role.Brand, Role.Partner).Conditional()
            .WithSummary("Change a partner").WithDescription("Changes the fields that are sent; null clears one. A brand can change the partners that it made; state is the operator's to change.");
        partners.MapGet("/{partnerId}/campaigns", ListCampaigns).For(Role.Operator, Role.Partner)
            .WithSummary("List the campaigns that a partner takes part in").WithDescription("Newest first. search looks into the names of campaigns, not of their programs.");
        partners.MapGet("/{partnerId}/tasks", ListTasks).For(Role.Operator, Role.Partner)
            .WithSummary("List a partner's tasks").WithDescription("Newest first.");
    }

    private static async Task<Results<Created<PartnerInfo>, ProblemHttpResult>> Create(
        PartnerChange body, Creation creation, Caller caller, IGrainFactory grains, HttpContext context)
    {
        if (RefuseState(body, caller) is { } problem)
        {
            return problem;
        }

        var id = creation.Id(EntityId.Partner);
        var partner = await grains.Actor<IPartnerGrain>(id).Create(body, caller.Key.ProgramId);
        if (!partner.IsOk)
        {
            return ApiProblems.Of(partner.Refusal);
        }

        Versions.Tell(context, partner.Value.Version);
        return TypedResults.Created($"/api/v1/partners/{id}", partner.Value);
    }

    private static async Task<Results<Ok<Page<PartnerInfo>>, ProblemHttpResult>> List(
        [AsParameters] PageQuery page, [AsParameters] SearchQuery search, Caller caller, IGrainFactory grains)
    {
        if (caller.Key.Role != Role.Partner)
        {
            var list = caller.IsOperator ? DirectoryLists.Partners : DirectoryLists.PartnersOf(caller.Key.ProgramId!);
            return await grains.Search(list, page, search, partner => partner.Name, async id => await grains.Actor<IPartnerGrain>(id).Get() is { } one ? View(one, caller) : null);
        }

        return await DirectoryPages.SearchOne(DirectoryLists.Partners, page, search, partner => partner.Name, () => grains.Actor<IPartnerGrain>(caller.Key.PartnerId!).Get());
    }

    private static async Task<Results<Ok<PartnerInfo>, ProblemHttpResult>> Get(
        string partnerId, Caller caller, IGrainFactory grains, HttpContext context)
    {
        if (await Find(partnerId, caller, grains) is not { } partner)
        {
            return ApiProblems.NotFound("partner");
        }

        Versions.Tell(context, partner.Version);
        return TypedResults.Ok(View(partner, caller));
    }

    private static async Task<Results<Ok<PartnerInfo>, ProblemHttpResult>> Change(
        string partnerId, PartnerChange body, Caller caller, IGrainFactory grains, HttpContext context)
    {
        if (await Find(partnerId, caller, grains) is not { } partner)
        {
            return ApiProblems.NotFound("partner");
        }

        if (caller.Key.Role == Role.Brand && partner.CreatedByProgramId != caller.Key.ProgramId)
        {
            return ApiProblems.Create(StatusCodes.Status403Forbidden, "partner_not_yours", "A brand can change the partners that it made; this one was made by others.");
        }

        if (RefuseState(body, caller) is { } refused)
        {
            return refused;
        }

        if (Versions.ReadExpected(context, out var version) is { } problem)
        {
            return problem;
        }

        var changed = await grains.Actor<IPartnerGrain>(partnerId).Change(body, version);
        if (!changed.IsOk)
        {
            return ApiProblems.Of(changed.Refusal);
        }

        Versions.Tell(context, changed.Value.Version);
        return TypedResults.Ok(changed.Value);
    }

    private static async Task<Results<Ok<Page<ParticipatingCampaign>>, ProblemHttpResult>> ListCampaigns(
        string partnerId, [AsParameters] PageQuery page, [AsParameters] SearchQuery search, Caller caller, IGrainFactory grains) =>
        await Find(partnerId, caller, grains) is null
            ? ApiProblems.NotFound("partner")
            : await grains.Search(DirectoryLists.CampaignsWith(partnerId), page, search, campaign => campaign.Name, async id =>
                await grains.Actor<ICampaignGrain>(id).GetTerms(partnerId) is { } terms ? View(terms) : null);

    private static async Task<Results<Ok<Page<TaskView>>, ProblemHttpResult>> ListTasks(
        string partnerId, [AsParameters] PageQuery page, [AsParameters] SearchQuery search, Caller caller, IGrainFactory grains, Origin origin) =>
        await Find(partnerId, caller, grains) is null
            ? ApiProblems.NotFound("partner")
            : await grains.Search(DirectoryLists.TasksOf(partnerId), page, search, task => task.Name, async id =>
                await grains.Actor<ITaskGrain>(id).Get() is { } task ? TaskView.Of(task, caller, origin) : null);

    /// <summary>
    /// A partner as the caller may see it: how to reach it, and who made it, is for the operator, the partner itself and the
    /// brand that made it.
    /// </summary>
    internal static PartnerInfo View(PartnerInfo partner, Caller caller) =>
        caller.IsOperator || caller.Is(partner.Id) || (partner.CreatedByProgramId is not null && partner.CreatedByProgramId == caller.Key.ProgramId)
            ? partner
            : partner with { Email = null, Locale = null, CreatedByProgramId = null };

    /// <summary>A partner that the caller may know of: the operator of all, a brand of those that it works with, a partner of itself.</summary>
    private static async Task<PartnerInfo?> Find(string partnerId, Caller caller, IGrainFactory grains)
    {
        if (!EntityId.IsWellFormed(partnerId, EntityId.Partner))
        {
            return null;
        }

        var known = caller.IsOperator || caller.Is(partnerId)
            || (caller.Key.Role == Role.Brand
                && await grains.GetGrain<IDirectoryGrain>(0).Contains(DirectoryLists.PartnersOf(caller.Key.ProgramId!), partnerId));
        return known ? await grains.Actor<IPartnerGrain>(partnerId).Get() : null;
    }

    private static ProblemHttpResult? RefuseState(PartnerChange body, Caller caller) => body.State.IsSet && !caller.IsOperator
        ? ApiProblems.Of(Refusal.Rule("state_is_operators", "state", "Only the operator can change a partner's state."))
        : null;

    private static ParticipatingCampaign View(CampaignTerms terms) => new(
        terms.Campaign.Id,
        terms.Campaign.Name,
        terms.Program.Id,
        terms.Program.Name,
        terms.Campaign.Kind,
        terms.Campaign.Status,
        terms.Campaign.StartsAt,
        terms.Campaign.EndsAt,
        terms.Campaign.PayForPerformance,
        terms.Campaign.Landing.Mode);
}
