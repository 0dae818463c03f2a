using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Access;

namespace OrleansLinks.Clicks;

internal static class LedgerApi
{
    public static void MapLedger(this IEndpointRouteBuilder api) =>
        api.MapGet("/ledger", Get).WithTags("Ledger").For(Role.Operator)
            .WithSummary("Read the state of the ledger")
            .WithDescription("What was taken in, is on disk, is counted, was lost; how far counters trail; and whether totals equal details, compared at most a few seconds ago.");

    private static async Task<Ok<LedgerView>> Get(LedgerStatus status)
    {
        var audit = await status.Audit();
        var journal = status.Journal;

        // In this order, so that no number runs ahead of the one before it while clicks come in.
        var applied = journal.Applied;
        var durable = journal.Kept;
        var journaled = journal.Tail;
        return TypedResults.Ok(new LedgerView(
            journaled,
            durable,
            applied,
            journal.Lost,
            (long)status.OldestUnapplied.TotalMilliseconds,
            audit?.Drift,
            audit?.Findings ?? [],
            audit?.At,
            journal.HeldBytes,
            journal.Trouble));
    }
}

/// <summary>The state of the ledger.</summary>
/// <param name="Journaled">Clicks that were taken in.</param>
/// <param name="Durable">Clicks that are on disk.</param>
/// <param name="Applied">Clicks that are counted.</param>
/// <param name="Lost">Clicks that could not be kept.</param>
/// <param name="OldestUnappliedMs">The age of the oldest click that is not counted yet, in milliseconds; 0 when there is none.</param>
/// <param name="Drift">Totals minus details, differences added up without their sign; 0 when all is well; null when the ledger has not answered yet.</param>
/// <param name="Findings">The first of the differences, in words.</param>
/// <param name="DriftCheckedAt">When totals were last compared with details.</param>
/// <param name="HeldBytes">Bytes of clicks held in memory, because the journal cannot be written.</param>
/// <param name="Trouble">Why the journal cannot be written; null when it can.</param>
internal sealed record LedgerView(
    long Journaled,
    long Durable,
    long Applied,
    long Lost,
    long OldestUnappliedMs,
    long? Drift,
    ImmutableArray<string> Findings,
    DateTimeOffset? DriftCheckedAt,
    long HeldBytes,
    string? Trouble);
