using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OrleansLinks.Access;
using OrleansLinks.Campaigns;
using OrleansLinks.Directory;
using OrleansLinks.Json;
using OrleansLinks.Lists;
using OrleansLinks.Problems;
using OrleansLinks.Programs;
using OrleansLinks.Tasks;

namespace OrleansLinks.Exports;

/// <summary>What an export is asked for, as it comes.</summary>
internal sealed class ExportQuery
{
    [FromQuery(Name = "programId"), Description("Of this program; a brand's own unless set, all of a partner's unless set.")]
    public string? ProgramId { get; init; }

    [FromQuery(Name = "campaignId"), Description("Of this campaign.")]
    public string? CampaignId { get; init; }

    [FromQuery(Name = "taskId"), Description("Of this task.")]
    public string? TaskId { get; init; }

    [FromQuery(Name = "partnerId"), Description("Of this partner; a partner's own anyway.")]
    public string? PartnerId { get; init; }

    [FromQuery(Name = "from"), Description("From this time on: when a link was clicked, when a conversion was reported. RFC 3339, with its offset.")]
    public string? From { get; init; }

    [FromQuery(Name = "to"), Description("Before this time.")]
    public string? To { get; init; }

    [FromQuery(Name = "cursor"), Description("The id of the last row that you have: the export goes on behind it.")]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit"), Description("At most so many rows, at least 1; all unless set.")]
    public int? Limit { get; init; }

    [FromQuery(Name = "format"), Description("csv or ndjson, for who cannot set Accept.")]
    public string? Format { get; init; }

    /// <summary>Reads what can be read without asking anybody.</summary>
    /// <param name="request">The request.</param>
    /// <param name="prefix">Prefix of the ids of rows.</param>
    /// <param name="export">What is asked for, but for whose.</param>
    public ProblemHttpResult? Read(HttpRequest request, string prefix, out Export export)
    {
        export = new Export(new ExportScope(), RowFormat.Csv, null, Limit);
        if (RowFormat.Choose(request, Format, [RowFormat.Csv, RowFormat.Ndjson], out var format) is { } refused)
        {
            return refused;
        }

        if (ReadTime("from", From, out var from) is { } wrongFrom)
        {
            return wrongFrom;
        }

        if (ReadTime("to", To, out var to) is { } wrongTo)
        {
            return wrongTo;
        }

        if (from >= to)
        {
            return ApiProblems.Malformed("parameter_invalid", "to", "to is later than from: what is at to is no longer exported.");
        }

        if (Limit < 1)
        {
            return ApiProblems.Malformed("limit_invalid", "limit", "limit is a number from 1; leave it out for all rows.");
        }

        Guid? after = null;
        if (Cursor is not null)
        {
            if (!EntityId.TryParse(Cursor, prefix, out var last))
            {
                return CursorInvalid(prefix);
            }

            after = last;
        }

        export = export with { Scope = new ExportScope(From: from, To: to), Format = format, After = after };
        return null;
    }

    /// <summary>Reads whose rows are asked for.</summary>
    /// <returns>The ids; the problem when the caller may not know of one of them.</returns>
    public async Task<(ExportScope? Scope, ProblemHttpResult? Problem)> FindScope(ExportScope times, Caller caller, IGrainFactory grains)
    {
        var isPartners = caller.Key.Role == Role.Partner;
        var programId = ProgramId ?? (isPartners ? null : caller.Key.ProgramId);
        var partnerId = PartnerId ?? caller.Key.PartnerId;
        if (programId is null && !isPartners)
        {
            return (null, ApiProblems.Malformed("program_required", "programId", "Say in programId (prg_…) whose rows to export."));
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
            && (await CampaignsApi.FindForBothSides(CampaignId, caller, grains) is not { } campaign || campaign.ProgramId != (programId ?? campaign.ProgramId)))
        {
            return (null, ApiProblems.NotFound("campaign"));
        }

        if (TaskId is not null
            && (await TasksApi.Find(TaskId, caller, grains) is not { } task
                || task.ProgramId != (programId ?? task.ProgramId) || task.CampaignId != (CampaignId ?? task.CampaignId) || task.PartnerId != (partnerId ?? task.PartnerId)))
        {
            return (null, ApiProblems.NotFound("task"));
        }

        return (times with { ProgramId = programId, CampaignId = CampaignId, TaskId = TaskId, PartnerId = partnerId, IsPartners = isPartners }, null);
    }

    public static ProblemHttpResult CursorInvalid(string prefix) =>
        ApiProblems.Malformed("cursor_invalid", "cursor", $"cursor is the id ({prefix}…) of the last row that you have of this export; leave it out to begin at the first.");

    private static ProblemHttpResult? ReadTime(string name, string? text, out DateTimeOffset? time)
    {
        time = null;
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (Times.TryParse(text, out var value))
        {
            time = value;
            return null;
        }

        return ApiProblems.Malformed("parameter_invalid", name, $"{name} is a time like 2026-01-31T12:00:00Z, with its offset, in which + is written %2B.");
    }

    private static async Task<bool> MayKnow(string programId, Caller caller, IGrainFactory grains) => caller.Key.Role == Role.Partner
        ? await WorksWith(programId, caller.Key.PartnerId!, grains)
        : await ProgramsApi.Find(programId, caller, grains) is not null;

    private static async Task<bool> WorksWith(string programId, string partnerId, IGrainFactory grains) =>
        EntityId.IsWellFormed(programId, EntityId.Program) && EntityId.IsWellFormed(partnerId, EntityId.Partner)
        && await grains.GetGrain<IDirectoryGrain>(0).Contains(DirectoryLists.PartnersOf(programId), partnerId);
}

/// <summary>An export.</summary>
/// <param name="Scope">Whose rows, and of which time.</param>
/// <param name="Format">How they are written.</param>
/// <param name="After">The id behind which it begins; null for the first row.</param>
/// <param name="Limit">At most so many rows; null for all.</param>
internal sealed record Export(ExportScope Scope, RowFormat Format, Guid? After, int? Limit);
