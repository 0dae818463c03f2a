using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Clicks;

public sealed class PostgresLedgerStoreTests() : LedgerStoreTests(new PostgresHost())
{
    private PostgresHost Postgres => (PostgresHost)Host;

    protected override async Task<Dictionary<RollupKey, Rollup>> ReadRollupsAsync(string programId)
    {
        var rollups = new Dictionary<RollupKey, Rollup>();
        foreach (var table in new[] { "task_hours", "task_days", "link_hours" })
        {
            var ids = table.StartsWith("link", StringComparison.Ordinal) ? "link_code, NULL::uuid, NULL::uuid" : "NULL::text, campaign_id, partner_id";
            var rows = await Postgres.Database.ReadAsync(
                $"SELECT start, task_id, {ids}, clicks, unique_clicks, bot_clicks, outside_terms_clicks FROM {table} WHERE program_id = $1",
                row => (
                    new RollupKey(table, row.Int64(), row.Id(EntityId.Task), row.TextOrNull()),
                    new Rollup(row.IdOrNull(EntityId.Campaign), row.IdOrNull(EntityId.Partner), row.Int64(), row.Int64(), row.Int64(), row.Int64())),
                Parameter.Of(programId, EntityId.Program));
            foreach (var (key, rollup) in rows)
                rollups.Add(key, rollup);
        }

        return rollups;
    }
}
