using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OrleansLinks.Json;
using OrleansLinks.Lists;
using OrleansLinks.Problems;

namespace OrleansLinks.Exports;

/// <summary>What an export is asked for, as it comes.</summary>
internal sealed class ExportQuery
{
    [FromQuery(Name = "from"), Description("From this time on: when a link was clicked, when a conversion was reported. RFC 3339, with its offset.")]
    public string? From { get; init; }

    [FromQuery(Name = "to"), Description("Before this time.")]
    public string? To { get; init; }

    [FromQuery(Name = "cursor"), Description("The id of the last row that you have: the export goes on behind it.")]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit"), Description("At most so many rows, at least 1; all unless set.")]
    public string? Limit { get; init; }

    [FromQuery(Name = "format"), Description("csv or ndjson, for who cannot set Accept.")]
    public string? Format { get; init; }

    /// <summary>Reads what can be read without asking anybody.</summary>
    /// <param name="request">The request.</param>
    /// <param name="prefix">Prefix of the ids of rows.</param>
    /// <param name="export">What is asked for, but for whose.</param>
    public ProblemHttpResult? Read(HttpRequest request, string prefix, out Export export)
    {
        export = new Export(new ExportScope(), RowFormat.Csv, null, null);
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

        var limit = PageQuery.ReadLimit(Limit);
        if (!string.IsNullOrEmpty(Limit) && limit is null or < 1)
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

        export = export with { Scope = new ExportScope(From: from, To: to), Format = format, After = after, Limit = limit };
        return null;
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
}

/// <summary>An export.</summary>
/// <param name="Scope">Whose rows, and of which time.</param>
/// <param name="Format">How they are written.</param>
/// <param name="After">The id behind which it begins; null for the first row.</param>
/// <param name="Limit">At most so many rows; null for all.</param>
internal sealed record Export(ExportScope Scope, RowFormat Format, Guid? After, int? Limit);
