using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OrleansLinks.Access;
using OrleansLinks.Clicks;
using OrleansLinks.Directory;
using OrleansLinks.Journal;
using OrleansLinks.Lists;
using OrleansLinks.Partners;
using OrleansLinks.Problems;
using OrleansLinks.Programs;

namespace OrleansLinks.Campaigns;

internal static class CampaignsApi
{
    public static void MapCampaigns(this IEndpointRouteBuilder api)
    {
        var ofProgram = api.MapGroup("/programs/{programId}/campaigns").WithTags("Campaigns");
        ofProgram.MapPost("/", Create).For(Role.Operator, Role.Brand).Creates()
            .WithSummary("Create a campaign").WithDescription("Makes a draft. name and kind are required; the gates (tracking, pay for performance) are shut unless they are opened, and landing pages are partnerChoice unless said.");
        ofProgram.MapGet("/", List).For(Role.Operator, Role.Brand)
            .WithSummary("List a program's campaigns").WithDescription("Newest first; status, kind and search together leave those for which all hold.");

        var campaigns = api.MapGroup("/campaigns/{campaignId}").WithTags("Campaigns");
        campaigns.MapGet("/", Get).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("Read a campaign").WithDescription("A partner reads the campaigns that it takes part in.");
        campaigns.MapPatch("/", Change).For(Role.Operator, Role.Brand).Conditional()
            .WithSummary("Change a campaign").WithDescription("Changes the fields that are sent; null clears one. savedPages and terms are replaced as a whole: send a saved page's id to keep or edit it. Changes reach existing links within a second.");
        campaigns.MapPost("/activate", Activate).For(Role.Operator, Role.Brand).Conditional().WithSummary("Activate a campaign");
        campaigns.MapPost("/pause", Pause).For(Role.Operator, Role.Brand).Conditional().WithSummary("Pause a campaign").WithDescription("Its links go on to redirect, to the program's default page, and their clicks are outside terms.");
        campaigns.MapPost("/complete", Complete).For(Role.Operator, Role.Brand).Conditional().WithSummary("Complete a campaign").WithDescription("For good.");
        campaigns.MapGet("/counters", GetCounters).For(Role.Operator, Role.Brand, Role.Partner).AfterClicks()
            .WithSummary("Read a campaign's counters").WithDescription("A partner reads its own share.");
        campaigns.MapGet("/participants", ListParticipants).For(Role.Operator, Role.Brand)
            .WithSummary("List who takes part").WithDescription("Newest first; search looks into the names of the partners.");
        campaigns.MapPut("/participants/{partnerId}", AddParticipant).For(Role.Operator, Role.Brand)
            .WithSummary("Let a partner take part");
        campaigns.MapDelete("/participants/{partnerId}", RemoveParticipant).For(Role.Operator, Role.Brand)
            .WithSummary("End a partner's part").WithDescription("Clicks on its links lead to the program's default page and are outside terms from then on.");
    }

    private static async Task<Results<Created<CampaignInfo>, ProblemHttpResult>> Create(
        string programId, CampaignChange body, Creation creation, Caller caller, IGrainFactory grains, HttpContext context)
    {
        if (await ProgramsApi.Find(programId, caller, grains) is null)
        {
            return ApiProblems.NotFound("program");
        }

        var id = creation.Id(EntityId.Campaign);
        var campaign = await grains.Actor<ICampaignGrain>(id).Create(programId, body);
        if (!campaign.IsOk)
        {
            return ApiProblems.Of(campaign.Refusal);
        }

        Versions.Tell(context, campaign.Value.Version);
        return TypedResults.Created($"/api/v1/campaigns/{id}", campaign.Value);
    }

    private static async Task<Results<Ok<Page<CampaignInfo>>, ProblemHttpResult>> List(
        string programId,
        [FromQuery(Name = "status"), Description("Only campaigns in that status: draft, active, paused or completed.")] string? statusWord,
        [FromQuery(Name = "kind"), Description("Only campaigns of that kind: performance or creator.")] string? kindWord,
        [AsParameters] PageQuery page, [AsParameters] SearchQuery search,
        Caller caller,
        IGrainFactory grains)
    {
        if (await ProgramsApi.Find(programId, caller, grains) is null)
        {
            return ApiProblems.NotFound("program");
        }

        if (Words.Read<CampaignStatus>("status", statusWord, out var status) is { } badStatus)
        {
            return badStatus;
        }

        if (Words.Read<CampaignKind>("kind", kindWord, out var kind) is { } badKind)
        {
            return badKind;
        }

        return await grains.Search(DirectoryLists.CampaignsOf(programId, status, kind), page, search, campaign => campaign.Name, async id =>
            await grains.Actor<ICampaignGrain>(id).Get() is { } campaign && (status is null || campaign.Status == status) ? campaign : null);
    }

    private static async Task<Results<Ok<CampaignInfo>, ProblemHttpResult>> Get(
        string campaignId, Caller caller, IGrainFactory grains, HttpContext context)
    {
        if (await FindForBothSides(campaignId, caller, grains) is not { } campaign)
        {
            return ApiProblems.NotFound("campaign");
        }

        Versions.Tell(context, campaign.Version);
        return TypedResults.Ok(campaign);
    }

    private static async Task<Results<Ok<CampaignInfo>, ProblemHttpResult>> Change(
        string campaignId, CampaignChange body, Caller caller, IGrainFactory grains, HttpContext context) =>
        await Edit(campaignId, caller, grains, context, (campaign, version) => campaign.Change(body, version));

    private static async Task<Results<Ok<CampaignInfo>, ProblemHttpResult>> Activate(
        string campaignId, Caller caller, IGrainFactory grains, HttpContext context) =>
        await Edit(campaignId, caller, grains, context, (campaign, version) => campaign.MoveTo(CampaignStatus.Active, version));

    private static async Task<Results<Ok<CampaignInfo>, ProblemHttpResult>> Pause(
        string campaignId, Caller caller, IGrainFactory grains, HttpContext context) =>
        await Edit(campaignId, caller, grains, context, (campaign, version) => campaign.MoveTo(CampaignStatus.Paused, version));

    private static async Task<Results<Ok<CampaignInfo>, ProblemHttpResult>> Complete(
        string campaignId, Caller caller, IGrainFactory grains, HttpContext context) =>
        await Edit(campaignId, caller, grains, context, (campaign, version) => campaign.MoveTo(CampaignStatus.Completed, version));

    private static async Task<Results<Ok<CounterView>, ProblemHttpResult>> GetCounters(
        string campaignId, Caller caller, IGrainFactory grains, TimeProvider clock)
    {
        if (await FindForResults(campaignId, caller, grains) is not { } campaign)
        {
            return ApiProblems.NotFound("campaign");
        }

        var totals = await grains.Actor<ICampaignGrain>(campaignId).GetCounters(caller.Key.PartnerId);
        return TypedResults.Ok(await CounterView.Read(totals, campaign.ProgramId, grains, clock));
    }

    private static async Task<Results<Ok<Page<PartnerInfo>>, ProblemHttpResult>> ListParticipants(
        string campaignId, [AsParameters] PageQuery page, [AsParameters] SearchQuery search, Caller caller, IGrainFactory grains) =>
        await Find(campaignId, caller, grains) is null
            ? ApiProblems.NotFound("campaign")
            : await grains.Search(DirectoryLists.ParticipantsOf(campaignId), page, search, partner => partner.Name, async id =>
                await grains.Actor<IPartnerGrain>(id).Get() is { } partner ? PartnersApi.View(partner, caller) : null);

    private static async Task<Results<Ok<PartnerInfo>, ProblemHttpResult>> AddParticipant(
        string campaignId, string partnerId, Caller caller, IGrainFactory grains)
    {
        if (await Find(campaignId, caller, grains) is null)
        {
            return ApiProblems.NotFound("campaign");
        }

        if (!EntityId.IsWellFormed(partnerId, EntityId.Partner))
        {
            return ApiProblems.NotFound("partner");
        }

        var partner = await grains.Actor<ICampaignGrain>(campaignId).AddParticipant(partnerId);
        return partner.IsOk ? TypedResults.Ok(PartnersApi.View(partner.Value, caller)) : ApiProblems.Of(partner.Refusal);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveParticipant(
        string campaignId, string partnerId, Caller caller, IGrainFactory grains)
    {
        if (await Find(campaignId, caller, grains) is null)
        {
            return ApiProblems.NotFound("campaign");
        }

        if (!EntityId.IsWellFormed(partnerId, EntityId.Partner))
        {
            return ApiProblems.NotFound("partner");
        }

        await grains.Actor<ICampaignGrain>(campaignId).RemoveParticipant(partnerId);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<CampaignInfo>, ProblemHttpResult>> Edit(
        string campaignId, Caller caller, IGrainFactory grains, HttpContext context, Func<ICampaignGrain, long?, Task<Result<CampaignInfo>>> edit)
    {
        if (await Find(campaignId, caller, grains) is null)
        {
            return ApiProblems.NotFound("campaign");
        }

        if (Versions.ReadExpected(context, out var version) is { } problem)
        {
            return problem;
        }

        var campaign = await edit(grains.Actor<ICampaignGrain>(campaignId), version);
        if (!campaign.IsOk)
        {
            return ApiProblems.Of(campaign.Refusal);
        }

        Versions.Tell(context, campaign.Value.Version);
        return TypedResults.Ok(campaign.Value);
    }

    /// <summary>A campaign of the caller's program; null when there is none that the caller may know of.</summary>
    internal static async Task<CampaignInfo?> Find(string campaignId, Caller caller, IGrainFactory grains) =>
        EntityId.IsWellFormed(campaignId, EntityId.Campaign)
            && await grains.Actor<ICampaignGrain>(campaignId).Get() is { } campaign && caller.ActsFor(campaign.ProgramId)
            ? campaign
            : null;

    /// <summary>As the other, also of a campaign that the caller once took part in: its results stay its own.</summary>
    internal static async Task<CampaignInfo?> FindForResults(string campaignId, Caller caller, IGrainFactory grains) =>
        await FindForBothSides(campaignId, caller, grains)
            ?? (caller.Key.Role == Role.Partner && EntityId.IsWellFormed(campaignId, EntityId.Campaign)
                && await grains.GetGrain<IDirectoryGrain>(0).Contains(DirectoryLists.EverIn(campaignId), caller.Key.PartnerId!)
                ? await grains.Actor<ICampaignGrain>(campaignId).Get()
                : null);

    /// <summary>A campaign of the caller's program, or one that the caller takes part in; null when there is none that the caller may know of.</summary>
    internal static async Task<CampaignInfo?> FindForBothSides(string campaignId, Caller caller, IGrainFactory grains)
    {
        if (caller.Key.Role != Role.Partner)
        {
            return await Find(campaignId, caller, grains);
        }

        return EntityId.IsWellFormed(campaignId, EntityId.Campaign)
            && await grains.Actor<ICampaignGrain>(campaignId).GetTerms(caller.Key.PartnerId!) is { Participates: true } terms
            ? terms.Campaign
            : null;
    }
}
