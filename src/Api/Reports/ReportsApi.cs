using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using OrleansLinks.Access;
using OrleansLinks.Directory;
using OrleansLinks.Journal;
using OrleansLinks.Links;
using OrleansLinks.Lists;
using OrleansLinks.Problems;
using OrleansLinks.Programs;

namespace OrleansLinks.Reports;

/// <summary>What came of a program, or of a partner's work for programs, grouped as one likes.</summary>
internal static class ReportsApi
{
    /// <summary>Most rows of a report in one JSON document.</summary>
    public const int MaxJsonRows = 50_000;

    /// <summary>Most rows of what is read at once for a file.</summary>
    private const int MaxRowsAtOnce = 250_000;

    /// <summary>Files are read by so many days at a time, and hours by fewer: those of many links are many.</summary>
    private const int DaysAtOnce = 31;
    private const int DaysOfHoursAtOnce = 3;

    private const int ProgramsAtOnce = 500;

    public static void MapReports(this IEndpointRouteBuilder api) =>
        api.MapGet("/reports/performance", Get).WithTags("Reports").For(Role.Operator, Role.Brand, Role.Partner).AfterClicks()
            .AnswersRows<ReportRowView>().Produces<ReportView>()
            .WithSummary("Report clicks, conversions and payouts")
            .WithDescription(
                "Grouped by what groupBy names, over days of any time zone; a change of a conversion counts at the time of its order. It has exactly what the counters have. "
                + "JSON with at most 50,000 groups, or CSV or NDJSON, a group a line, by Accept or format; with hours, days, weeks or months these may be as long as you like.");

    private static async Task<Results<Ok<ReportView>, RowStream<ReportRowView>, ProblemHttpResult>> Get(
        [AsParameters] ScopeQuery whose, [AsParameters] ReportRequest query, Caller caller, ReportServices services, HttpContext context)
    {
        var (scope, unknown) = await whose.FindScope(caller, services.Grains);
        if (scope is null)
        {
            return unknown!;
        }

        var now = services.Clock.GetUtcNow();
        var programs = await FindPrograms(scope, services.Grains);
        var zone = scope.ProgramId is null ? "UTC" : programs[0].TimeZone;
        if (query.Read(context.Request, caller.Side, zone, now, out var report) is { } problem)
        {
            return problem;
        }

        if (report.LinkCode is { } code && !(await services.Grains.Actor<IResolverGrain>(IResolverGrain.Key).FindLinks([code]))
            .Any(link => link is not null && programs.Exists(program => program.Id == link.ProgramId) && (scope.PartnerId ?? link.PartnerId) == link.PartnerId))
        {
            return ApiProblems.NotFound("link");
        }

        var run = new Run(report, scope, programs, services.Grains);
        if (report.Format == RowFormat.Json)
        {
            var (rows, refusal) = await run.Read(0, report.Stretches.Length, MaxJsonRows);
            return refusal is null
                ? TypedResults.Ok(new ReportView(report.GroupBy, report.From, report.To, report.TimeZone, now, rows, TotalsOf(rows, programs)))
                : ApiProblems.Of(refusal);
        }

        // The first part before anything is answered, so that a report that cannot be made is a problem and no broken file.
        var (first, tooLarge) = await run.Read(0, run.EndOfPart(0), MaxRowsAtOnce);
        return tooLarge is null
            ? RowStream.Of(Rows(run, first, context.RequestAborted), ColumnsOf(report, services.Json.Value.SerializerOptions), report.Format, $"performance-{scope.ProgramId ?? scope.PartnerId}")
            : ApiProblems.Of(tooLarge);
    }

    private static async IAsyncEnumerable<ReportRowView> Rows(Run run, List<ReportRowView> part, [EnumeratorCancellation] CancellationToken ended)
    {
        for (var end = run.EndOfPart(0); ;)
        {
            foreach (var row in part)
            {
                yield return row;
            }

            if (end == run.Stretches)
            {
                yield break;
            }

            ended.ThrowIfCancellationRequested();
            var begin = end;
            end = run.EndOfPart(begin);
            (part, var refusal) = await run.Read(begin, end, MaxRowsAtOnce);
            if (refusal is not null)
            {
                throw new InvalidOperationException(refusal.Message);
            }
        }
    }

    /// <summary>The program asked for, or all that a partner works with.</summary>
    private static async Task<List<ProgramInfo>> FindPrograms(Scope scope, IGrainFactory grains)
    {
        if (scope.ProgramId is { } programId)
        {
            return [(await grains.Actor<IProgramGrain>(programId).Get())!];
        }

        var programs = new List<ProgramInfo>();
        for (string? last = null; ;)
        {
            var ids = await grains.GetGrain<IDirectoryGrain>(0).List(DirectoryLists.ProgramsWith(scope.PartnerId!), last, ProgramsAtOnce);
            programs.AddRange((await Task.WhenAll(ids.Select(id => grains.Actor<IProgramGrain>(id).Get().AsTask()))).OfType<ProgramInfo>());
            if (ids.Length < ProgramsAtOnce)
            {
                return programs;
            }

            last = ids[^1];
        }
    }

    private static ReportTotalsView? TotalsOf(List<ReportRowView> rows, List<ProgramInfo> programs)
    {
        var currencies = programs.Select(program => program.Currency).Distinct().ToArray();
        return currencies is not [var currency]
            ? null
            : new ReportTotalsView(
                rows.Sum(row => row.Clicks),
                rows.Sum(row => row.UniqueClicks),
                rows.Sum(row => row.BotClicks),
                rows.Sum(row => row.OutsideTermsClicks),
                rows.Sum(row => row.Conversions),
                new Money(rows.Sum(row => row.Revenue.Amount), currency),
                new Money(rows.Sum(row => row.Payout.Amount), currency));
    }

    /// <summary>Columns for what the report is grouped by, in that order, and for the figures.</summary>
    private static RowColumn<ReportRowView>[] ColumnsOf(Report report, JsonSerializerOptions json)
    {
        var columns = RowColumns.Of<ReportRowView>(json).ToDictionary(column => column.Name);
        string[] names = [.. report.GroupBy.Select(group => columns.ContainsKey(group) ? group : $"{group}Id")];
        return
        [
            .. names.Select(name => columns[name]),
            .. columns.Values.SkipWhile(column => column.Name != "clicks"),
        ];
    }

    /// <summary>Reads a report part by part.</summary>
    private sealed class Run(Report report, Scope scope, List<ProgramInfo> programs, IGrainFactory grains)
    {
        private readonly ReportFilter _filter = new(scope.CampaignId, scope.TaskId, scope.PartnerId, report.LinkCode);

        /// <summary>How many stretches of time there are.</summary>
        public int Stretches => report.Stretches.Length;

        /// <summary>Where a part that begins with a stretch ends: the first stretch that is no longer in it.</summary>
        public int EndOfPart(int begin)
        {
            var days = report.Unit == ReportUnit.Hour ? DaysOfHoursAtOnce : DaysAtOnce;
            var end = begin + 1;
            while (end < Stretches && report.Edges[end] - report.Edges[begin] < days * 24 * 60 * 60)
            {
                end++;
            }

            return end;
        }

        /// <summary>The groups of stretches from one up to another.</summary>
        /// <returns>The groups; the refusal when there are too many of them.</returns>
        public async Task<(List<ReportRowView> Rows, Refusal? Refusal)> Read(int begin, int end, int maxRows)
        {
            var edges = report.Edges[begin..(end + 1)];
            var answers = await Task.WhenAll(programs.Select(program => grains.Actor<IReportGrain>(IReportGrain.Key)
                .Run(new ReportQuery(program.Id, edges, report.Groups, _filter, maxRows))));
            if (answers.FirstOrDefault(answer => !answer.IsOk)?.Refusal is { } refusal)
            {
                return ([], refusal);
            }

            // What programs have in common is one group, if their money is of one currency.
            var groups = programs.Zip(answers, (program, answer) => answer.Value!.Rows.Select(row => (Program: report.ByProgram ? program.Id : null, program.Currency, Row: row)))
                .SelectMany(rows => rows);
            if (programs.Count > 1)
            {
                groups = groups.GroupBy(group => (group.Program, group.Currency, group.Row with { Totals = default }))
                    .Select(group => (group.Key.Program, group.Key.Currency, group.Key.Item3 with { Totals = group.Select(one => one.Row.Totals).Aggregate(ReportTotals.Add) }));
            }

            var rows = groups.OrderBy(group => group.Row.Stretch).ThenByDescending(group => group.Row.Totals.Clicks).ThenByDescending(group => group.Row.Totals.Conversions)
                .Select(group => ReportRowView.Of(group.Row, report.Unit is { } unit ? (unit, report.Stretches[begin + group.Row.Stretch].Name) : null, group.Program, group.Currency))
                .ToList();
            return (rows, null);
        }
    }
}

/// <summary>What reporting needs.</summary>
internal sealed record ReportServices(IGrainFactory Grains, IOptions<JsonOptions> Json, TimeProvider Clock);
