using System.Globalization;
using OrleansLinks.Clicks;

namespace OrleansLinks.Transfer;

/// <summary>What each table of PostgreSQL is filled with.</summary>
internal static class ImportTables
{
    // The same as SqliteLedgerStore.SelectClicks: the clicks are found first, then what they name.
    private const string Clicks =
        """
        clicks c
        CROSS JOIN click_tasks t ON t.number = c.task
        CROSS JOIN click_programs p ON p.number = t.program
        LEFT JOIN scopes s ON s.number = c.link
        LEFT JOIN user_agents u ON u.number = c.user_agent
        """;

    private const string Entries =
        """
        conversion_entries e
        CROSS JOIN conversions c ON c.number = e.conversion
        LEFT JOIN click_tasks t ON t.number = e.task
        LEFT JOIN scopes s ON s.number = e.link
        """;

    /// <summary>States of actors, which are in a database of their own.</summary>
    /// <param name="serviceId">The service under which they are kept from now on.</param>
    public static ImportTable States(string serviceId) => new(
        "grain_state", "states of actors", "GrainState",
        new("id_hash", "IdHash"), new("type_hash", "TypeHash"), new("id_n0", "IdN0"), new("id_n1", "IdN1"), new("id_text", "IdText"),
        new("service", $"'{serviceId.Replace("'", "''", StringComparison.Ordinal)}'"), new("modified_at", "ModifiedAt"));

    /// <summary>Everything else that is kept.</summary>
    public static ImportTable[] Of(ImportedPositions clicks, ImportedPositions entries) =>
    [
        new("links", "links", "links ORDER BY seq"),
        new("directory", "lists", "directory ORDER BY list, id"),
        new("directory_names", "names", "directory_names ORDER BY id, name"),
        new("settings_history", "versions of settings", "settings_history ORDER BY id, version"),
        new("idempotency", "idempotent requests", "idempotency ORDER BY seq"),
        new("changes", "changes", "changes ORDER BY seq"),
        new(
            "clicks", "clicks", $"{Clicks} ORDER BY c.rowid",
            new("position", "c.rowid, t.task_id, c.id", (row, into) =>
            {
                var (number, task, id) = (row.Int64(), row.Guid(), row.Guid());
                into.Int64(clicks.Next(LedgerOrder.ShardOf(task), number, id));
            }),
            new("task_id", "t.task_id"), new("campaign_id", "t.campaign_id"), new("partner_id", "t.partner_id"), new("program_id", "p.program_id"),
            new("link_code", "substr(s.scope, 5)"), new("user_agent", "u.user_agent")),
        new(
            "counters", "counters", "counters c CROSS JOIN scopes s ON s.number = c.scope ORDER BY c.scope",
            new ImportColumn("scope", "s.scope", (row, into) => into.Bytes(ScopeOf(row.Text())))),
        new("conversions", "conversions", "conversions ORDER BY number"),
        new(
            "conversion_entries", "entries of conversions", $"{Entries} ORDER BY e.number",
            new("sequence", "e.sequence"), new("payout", "e.payout"), new("reason", "e.reason"), new("program_id", "c.program_id"),
            new("task_id", "t.task_id"), new("campaign_id", "t.campaign_id"), new("partner_id", "t.partner_id"),

            // What counts nothing names no link in SQLite.
            new("link_code", "CASE WHEN e.task IS NOT NULL THEN coalesce(substr(s.scope, 5), c.link_code) END"),
            new("position", "e.number, t.task_id, c.id", (row, into) =>
            {
                var number = row.Int64();
                into.Int64(entries.Next(ShardOf(row.GuidOrNull(), row.Guid()), number));
            }),
            new("shard", "t.task_id, c.id", (row, into) => into.Int16(ShardOf(row.GuidOrNull(), row.Guid())))),
        new("campaign_spending", "campaigns' spending", "campaign_spending"),
        new(
            "report_segments", "parts of rollups", "report_segments r CROSS JOIN click_programs p ON p.number = r.program ORDER BY r.number",
            new("number", "r.number"), new ImportColumn("program_id", "p.program_id")),
        new("webhooks", "webhooks", "webhooks"),
        new("webhook_deliveries", "deliveries to webhooks", "webhook_deliveries ORDER BY number"),
    ];

    /// <summary>When visitors clicked in an hour.</summary>
    /// <param name="hour">The hour since 1970.</param>
    public static ImportTable Visits(long hour)
    {
        var (from, to) = (hour * LedgerTime.SecondsPerHour * 1000, (hour + 1) * LedgerTime.SecondsPerHour * 1000);
        var first = Convert.ToHexString(LedgerOrder.FirstAt(from).ToByteArray(bigEndian: true));
        var slot = PostgresVisits.SlotOf(hour).ToString(CultureInfo.InvariantCulture);
        return new(
            $"visits_{slot}", "visits", $"{Clicks} WHERE c.id >= X'{first}' AND c.at >= {from} AND c.at < {to} ORDER BY c.id",
            new("key", "s.scope, t.task_id, c.visitor", (row, into) =>
            {
                var (scope, task) = (row.TextOrNull(), row.Guid());
                into.Int64(VisitKeys.KeyOf(VisitKeys.SeedOf(scope ?? CounterScopes.OfTask(EntityId.From(EntityId.Task, task))), row.Guid()));
            }),
            new("last_at", "c.at"));
    }

    // As PostgresConversionStore places them.
    private static short ShardOf(Guid? task, Guid conversion) =>
        task is { } attributed ? LedgerOrder.ShardOf(attributed) : LedgerOrder.UnattributedShardOf(conversion);

    private static byte[] ScopeOf(string name) => LedgerOrder.ScopeOf(name) ?? throw new FormatException($"there is a counter of '{name}', which names nothing");
}
