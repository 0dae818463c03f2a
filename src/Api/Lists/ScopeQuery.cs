using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OrleansLinks.Access;
using OrleansLinks.Campaigns;
using OrleansLinks.Directory;
using OrleansLinks.Problems;
using OrleansLinks.Programs;
using OrleansLinks.Tasks;

namespace OrleansLinks.Lists;

/// <summary>Whose clicks and conversions are asked for, as it comes.</summary>
internal sealed class ScopeQuery
{
    [FromQuery(Name = "programId"), Description("Of this program; a brand's own unless set, all of a partner's unless set.")]
    public string? ProgramId { get; init; }

    [FromQuery(Name = "campaignId"), Description("Of this campaign.")]
    public string? CampaignId { get; init; }

    [FromQuery(Name = "taskId"), Description("Of this task.")]
    public string? TaskId { get; init; }

    [FromQuery(Name = "partnerId"), Description("Of this partner; a partner's own anyway.")]
    public string? PartnerId { get; init; }

    /// <summary>Finds out whose they are.</summary>
    /// <returns>The ids; the problem when the caller may not know of one of them.</returns>
    public async Task<(Scope? Scope, ProblemHttpResult? Problem)> FindScope(Caller caller, IGrainFactory grains)
    {
        var isPartners = caller.Key.Role == Role.Partner;
        var programId = ProgramId ?? (isPartners ? null : caller.Key.ProgramId);
        var partnerId = PartnerId ?? caller.Key.PartnerId;
        if (programId is null && !isPartners)
        {
            return (null, ApiProblems.Malformed("program_required", "programId", "Say in programId (prg_…) of which program."));
        }

        if (programId is not null && !await MayKnow(programId, caller, grains))
        {
            return (null, ApiProblems.NotFound("program"));
        }

        if (partnerId is not null && (isPartners ? !caller.Is(partnerId) : !await WorksWith(programId!, partnerId, grains)))
        {
            return (null, ApiProblems.NotFound("partner"));
        }

        if (CampaignId is not null
            && (await CampaignsApi.FindForResults(CampaignId, caller, grains) is not { } campaign || campaign.ProgramId != (programId ?? campaign.ProgramId)))
        {
            return (null, ApiProblems.NotFound("campaign"));
        }

        if (TaskId is not null
            && (await TasksApi.Find(TaskId, caller, grains) is not { } task
                || task.ProgramId != (programId ?? task.ProgramId) || task.CampaignId != (CampaignId ?? task.CampaignId) || task.PartnerId != (partnerId ?? task.PartnerId)))
        {
            return (null, ApiProblems.NotFound("task"));
        }

        return (new Scope(programId, CampaignId, TaskId, partnerId), null);
    }

    private static async Task<bool> MayKnow(string programId, Caller caller, IGrainFactory grains) => caller.Key.Role == Role.Partner
        ? await WorksWith(programId, caller.Key.PartnerId!, grains)
        : await ProgramsApi.Find(programId, caller, grains) is not null;

    private static async Task<bool> WorksWith(string programId, string partnerId, IGrainFactory grains) =>
        EntityId.IsWellFormed(programId, EntityId.Program) && EntityId.IsWellFormed(partnerId, EntityId.Partner)
        && await grains.GetGrain<IDirectoryGrain>(0).Contains(DirectoryLists.PartnersOf(programId), partnerId);
}

/// <summary>Whose clicks and conversions are asked for: those for which all holds that is set. The program or the partner is.</summary>
internal sealed record Scope(string? ProgramId, string? CampaignId, string? TaskId, string? PartnerId);
