using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Npgsql;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Transfer;

/// <summary>Counts and sums by which what has arrived is compared with what was there. Both databases read them for themselves.</summary>
internal static class ImportMeasures
{
    private static readonly Measure[] OfGrains =
    [
        new("states of actors", "SELECT count(*) FROM GrainState", "SELECT count(*) FROM grain_state"),
        new("  bytes", $"SELECT {Sum("length(Payload)")} FROM GrainState", $"SELECT {Sum("octet_length(payload)")} FROM grain_state"),
        new("  versions", $"SELECT {Sum("Version")} FROM GrainState", $"SELECT {Sum("version")} FROM grain_state"),
    ];

    private static readonly Measure[] OfLinks =
    [
        new("links", "SELECT count(*) FROM links"),
        new("  disabled", "SELECT count(*) FROM links WHERE state = 1"),
        new("  versions", $"SELECT {Sum("version")} FROM links"),
        new("entries of lists", "SELECT count(*) FROM directory"),
        new("names", "SELECT count(*) FROM directory_names"),
        new("versions of settings", "SELECT count(*) FROM settings_history"),
        new("idempotent requests", "SELECT count(*) FROM idempotency"),
        new("  answered", "SELECT count(status) FROM idempotency"),
        new("clicks", "SELECT count(*) FROM clicks"),
        new("  unique", "SELECT count(*) FILTER (WHERE is_unique) FROM clicks"),
        new("  by bots", "SELECT count(*) FILTER (WHERE is_bot) FROM clicks"),
        new("  outside terms", "SELECT count(*) FILTER (WHERE class = 1) FROM clicks"),
        new("  of a link", "SELECT count(*) FILTER (WHERE link IS NOT NULL) FROM clicks", "SELECT count(link_code) FROM clicks"),
        new("counters", "SELECT count(*) FROM counters"),
        new("  versions", $"SELECT {Sum("version")} FROM counters"),
        new("  clicks", $"SELECT {Sum("clicks")} FROM counters"),
        new("  conversions", $"SELECT {Sum("conversions")} FROM counters"),
        new("  revenue, 1/10,000", $"SELECT {Sum("revenue")} FROM counters"),
        new("  payout, 1/10,000", $"SELECT {Sum("payout")} FROM counters"),
        new("conversions", "SELECT count(*) FROM conversions"),
        new("  waiting for clicks", "SELECT count(*) FROM conversions WHERE state = 0"),
        new("  amount, 1/10,000", $"SELECT {Sum("amount")} FROM conversions"),
        new("  payout, 1/10,000", $"SELECT {Sum("payout")} FROM conversions"),
        new("  entries", "SELECT count(*) FROM conversion_entries"),
        new("  entries' revenue", $"SELECT {Sum("revenue")} FROM conversion_entries"),
        new("  entries' payout", $"SELECT {Sum("payout")} FROM conversion_entries"),
        new("paid by campaigns", $"SELECT {Sum("payout")} FROM campaign_spending"),
        new("parts of rollups", "SELECT count(*) FROM report_segments"),
        new("  rows", $"SELECT {Sum("rows")} FROM report_segments"),
        new("webhooks", "SELECT count(*) FROM webhooks"),
        new("deliveries", "SELECT count(*) FROM webhook_deliveries"),
        new("  to be delivered", "SELECT count(*) FROM webhook_deliveries WHERE state = 0"),
    ];

    /// <summary>Reads all of them on both sides.</summary>
    /// <exception cref="DatabaseException">One is not the same.</exception>
    public static async Task<ImmutableArray<ImportedMeasure>> CompareAsync(ImportSource source, NpgsqlConnection connection)
    {
        var measures = ImmutableArray.CreateBuilder<ImportedMeasure>();
        foreach (var (session, measure) in OfGrains.Select(measure => (source.Grains, measure)).Concat(OfLinks.Select(measure => (source.Links, measure))))
        {
            await using var read = connection.Command(measure.Postgres ?? measure.Sqlite);
            var imported = (await read.ReadAsync(static row => row.Int64())).Single();
            measures.Add(new ImportedMeasure(measure.Name, Read(session, measure.Sqlite), imported));
        }

        return measures.FirstOrDefault(measure => measure.Exported != measure.Imported) is { } other
            ? throw new DatabaseException($"The import was undone: '{other.Name.Trim()}' is {other.Exported} in the export, and {other.Imported} of it came to be in the database.")
            : measures.DrainToImmutable();
    }

    private static long Read(SqliteSession session, string sql)
    {
        try
        {
            return session.Prepare(sql).First(static row => row.Int64(), 0);
        }
        catch (SqliteException cause)
        {
            throw ImportSource.Unreadable(session, cause);
        }
    }

    private static string Sum(string column) => $"CAST(coalesce(sum({column}), 0) AS bigint)";

    private sealed record Measure(string Name, string Sqlite, string? Postgres = null);
}
