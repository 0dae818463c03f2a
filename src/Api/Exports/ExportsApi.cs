using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using OrleansLinks.Access;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Journal;
using OrleansLinks.Links;
using OrleansLinks.Lists;
using OrleansLinks.Problems;

namespace OrleansLinks.Exports;

/// <summary>Clicks and conversions as files, as large as they may be.</summary>
internal static class ExportsApi
{
    private const string HowToGoOn =
        " CSV with a header unless Accept says application/x-ndjson, an object a line. Both are sent as they are read: an answer that does not come to its end is broken off, never cut; "
        + "go on with cursor, the id of the last whole row that you have.";

    /// <summary>A page that cannot be read is asked for again for about as long as it takes the others to take over from a silo that is gone.</summary>
    private const int MostTries = 6;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    public static void MapExports(this IEndpointRouteBuilder api)
    {
        var exports = api.MapGroup("/exports").WithTags("Exports");
        exports.MapGet("/clicks", ExportClicks).For(Role.Operator, Role.Brand, Role.Partner).AnswersRows<ClickView>().AfterClicks()
            .WithSummary("Export clicks").WithDescription("In the order in which they were made, each as the click's own path shows it to you." + HowToGoOn);
        exports.MapGet("/conversions", ExportConversions).For(Role.Operator, Role.Brand, Role.Partner).AnswersRows<ConversionView>()
            .WithSummary("Export conversions").WithDescription("In the order in which they were reported, each as the conversion's own path shows it, but for its entries; in CSV the currency of an amount is a column of its own." + HowToGoOn);
    }

    private static Task<Results<RowStream<ClickView>, ProblemHttpResult>> ExportClicks(
        [AsParameters] ScopeQuery whose, [AsParameters] ExportQuery query, Caller caller, ExportServices services, HttpContext context) =>
        Answer(
            "clicks", EntityId.Click, whose, query, caller, services, context,
            async (scope, after, limit) => await services.Actor.ReadClicks(scope, after, limit),
            click => ClickView.Of(click, caller.Side));

    private static Task<Results<RowStream<ConversionView>, ProblemHttpResult>> ExportConversions(
        [AsParameters] ScopeQuery whose, [AsParameters] ExportQuery query, Caller caller, ExportServices services, HttpContext context) =>
        Answer(
            "conversions", EntityId.Conversion, whose, query, caller, services, context,
            services.Actor.ReadConversions,
            conversion => ConversionView.Of(conversion, caller.Side, services.Clock.GetUtcNow()),
            "entries");

    private static async Task<Results<RowStream<TView>, ProblemHttpResult>> Answer<TRow, TView>(
        string what, string prefix, ScopeQuery whose, ExportQuery query, Caller caller, ExportServices services, HttpContext context,
        ReadPage<TRow> read, Func<TRow, TView> show, params string[] withoutColumn)
    {
        if (query.Read(context.Request, prefix, out var export) is { } problem)
        {
            return problem;
        }

        var (found, unknown) = await whose.FindScope(caller, services.Grains);
        if (found is null)
        {
            return unknown!;
        }

        var scope = export.Scope with
        {
            ProgramId = found.ProgramId,
            CampaignId = found.CampaignId,
            TaskId = found.TaskId,
            PartnerId = found.PartnerId,
            IsPartners = caller.Side == Side.Partner,
        };
        export = export with { Scope = scope };
        if (await read(scope, export.After, PageOf(export.Limit)) is not { } first)
        {
            return ExportQuery.CursorInvalid(prefix);
        }

        return RowStream.Of(
            Rows(first, export, caller, services, read, show, context.RequestAborted),
            RowColumns.Of<TView>(services.Json.Value.SerializerOptions, withoutColumn),
            export.Format,
            $"{what}-{scope.TaskId ?? scope.CampaignId ?? scope.ProgramId ?? scope.PartnerId}");
    }

    private static async IAsyncEnumerable<TView> Rows<TRow, TView>(
        ExportPage<TRow> page, Export export, Caller caller, ExportServices services, ReadPage<TRow> read, Func<TRow, TView> show, [EnumeratorCancellation] CancellationToken ended)
    {
        var left = export.Limit;
        var checkedAt = services.Clock.GetTimestamp();
        while (true)
        {
            left -= page.Items.Length;

            // The next page is read while this one is on its way to the client.
            var next = page.Next is { } after && left is not <= 0 ? ReadAgain(() => read(export.Scope, after, PageOf(left)), services.Clock, ended) : null;
            try
            {
                foreach (var row in page.Items)
                {
                    yield return show(row);
                }
            }
            finally
            {
                // Should the client be gone, nobody waits for it.
                next?.Ignore();
            }

            if (next is null)
            {
                yield break;
            }

            page = await next ?? throw new InvalidOperationException("The conversion that the export goes on behind is gone.");
            ended.ThrowIfCancellationRequested();
            if (services.Clock.GetElapsedTime(checkedAt) >= AccessKeyCache.CheckStreamsEvery)
            {
                checkedAt = services.Clock.GetTimestamp();
                if (!await services.Keys.StillHolds(caller))
                {
                    throw new UnauthorizedAccessException("The access key no longer holds.");
                }
            }
        }
    }

    private static async Task<T> ReadAgain<T>(Func<Task<T>> read, TimeProvider clock, CancellationToken ended)
    {
        var pause = FirstPause;
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await read();
            }
            catch (Exception exception) when (tries < MostTries && Infrastructure.Fails(exception) && !ended.IsCancellationRequested)
            {
                await Task.Delay(pause, clock, ended);
                pause *= 2;
            }
        }
    }

    private static int PageOf(int? left) => Math.Min(left ?? IExportGrain.MaxRows, IExportGrain.MaxRows);

    private delegate Task<ExportPage<T>?> ReadPage<T>(ExportScope scope, Guid? after, int limit);
}

/// <summary>What exporting needs.</summary>
internal sealed record ExportServices(IGrainFactory Grains, AccessKeyCache Keys, IOptions<JsonOptions> Json, TimeProvider Clock)
{
    public IExportGrain Actor => Grains.Actor<IExportGrain>(IExportGrain.Key);
}
