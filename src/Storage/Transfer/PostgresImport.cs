using Microsoft.Data.Sqlite;
using Npgsql;
using OrleansLinks.Clicks;
using OrleansLinks.Reports;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Transfer;

/// <summary>Fills an empty PostgreSQL database from a data folder.</summary>
/// <remarks>
/// Rows go from one database into the other as they are read, so that memory does not grow with them. All is one transaction, but for
/// what an empty database may have as well: the schema and empty partitions. What the audit knows of clicks is not taken along: it reads
/// all of them anew before the commit, and compares them with the counters that were.
/// </remarks>
internal sealed class PostgresImport(PostgresDatabase database, PostgresPartitions partitions, PostgresLedgerAudit audit, TimeProvider clock) : IDataImport
{
    // Programs bring the schema up to date at their start under the same lock: they wait until the import has ended.
    private const string Lock = "SELECT pg_advisory_xact_lock($1)";

    private const string TakeTime = "SET LOCAL idle_in_transaction_session_timeout = 0";

    private const string ReadPlaces =
        "SELECT r.last_rowid, w.last_click, r.last_entry, w.last_entry FROM report_state r CROSS JOIN webhook_feed w";

    private const string ReadFeed = "SELECT turn, approved_at, approved_number, clicks_at FROM webhook_feed";

    private const string MoveShards =
        "UPDATE ledger_shards s SET last_position = coalesce(n.position, s.last_position), last_entry = n.entry FROM unnest($1, $2, $3) AS n (shard, position, entry) WHERE s.shard = n.shard";

    private const string MoveReports =
        "UPDATE report_shards s SET folded_to = n.position, entries_folded_to = n.entry FROM unnest($1, $2, $3) AS n (shard, position, entry) WHERE s.shard = n.shard";

    private const string MoveFeed =
        "UPDATE webhook_feed SET turn = $1, entries = $2, approved_at = $3, approved_number = $4, clicks = $5, clicks_at = $6";

    private const string NoteDays = "INSERT INTO ledger_days (shard, day, first_position, last_position) SELECT * FROM unnest($1, $2, $3, $4)";

    private const string MoveChanges = "UPDATE changes_end SET seq = (SELECT coalesce(max(seq), 0) FROM changes)";

    private const string ClaimVisits = "UPDATE visit_slots SET hour = $2 WHERE slot = $1";

    // Those that have run on the database before, none of which does any more.
    private const string ForgetSilos = "DELETE FROM cluster_members; DELETE FROM cluster_version";

    // What numbers themselves goes on behind what was imported.
    private const string ListIdentities =
        """
        SELECT a.attrelid::regclass::text, a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND a.attidentity <> ''
        """;

    public async Task CheckAsync(string folder)
    {
        using var source = ImportSource.Open(folder);
        await CheckTargetAsync(folder);
        source.ThrowIfDamaged();
    }

    public async Task<ImportReport> RunAsync(string folder, string serviceId)
    {
        // Before the schema is brought up to date.
        await CheckTargetAsync(folder);
        return await TryAsync(folder, async () =>
        {
            using var source = ImportSource.Open(folder);
            await database.OpenAsync(null, CancellationToken.None);
            await partitions.PrepareImportAsync(source.Days);
            return await database.UseAsync(connection => RunAsync(connection, source, serviceId));
        });
    }

    private Task<bool> CheckTargetAsync(string folder) => TryAsync(folder, () => database.UseAsync(async connection =>
    {
        await ImportTarget.ThrowIfNotEmptyAsync(connection);
        return true;
    }));

    private async Task<T> TryAsync<T>(string folder, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (NpgsqlException failure)
        {
            throw new DatabaseException($"The database did not take the import, and has nothing of it ({database.ReasonOf(failure)}): mend that, see the setting {PostgresOptions.ConnectionStringSetting}, and begin the import again.", failure);
        }
        catch (Exception failure) when (failure is SqliteException or FormatException)
        {
            throw new DataFolderException($"The database '{Path.Combine(folder, SqliteDatabase.FileName)}' cannot be imported, and nothing was ({failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}): take another export.", failure);
        }
    }

    private async Task<ImportReport> RunAsync(NpgsqlConnection connection, ImportSource source, string serviceId)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await RunAsync(connection, TakeTime);
        await RunAsync(connection, Lock, Parameter.Of(PostgresLocks.Schema));
        await ImportTarget.ThrowIfNotEmptyAsync(connection);
        await RunAsync(connection, ForgetSilos);

        var (reportedClicks, toldClicks, reportedEntries, toldEntries) = source.Links.Prepare(ReadPlaces)
            .First(static row => (row.Int64(), row.Int64(), row.Int64(), row.Int64()), default);
        var (clicks, entries) = (ImportedPositions.OfClicks(reportedClicks, toldClicks), ImportedPositions.OfEntries(reportedEntries, toldEntries));
        await ImportTables.States(serviceId).CopyAsync(connection, source.Grains);
        foreach (var table in ImportTables.Of(clicks, entries))
            await table.CopyAsync(connection, source.Links);

        await KeepPositionsAsync(connection, source, clicks, entries);
        await KeepVisitsAsync(connection, source);
        await RunAsync(connection, MoveChanges);
        await ContinueAsync(connection);

        // Without statistics the audit, and all that comes after it, would be planned for tables that have nothing.
        await RunAsync(connection, "ANALYZE");
        var measures = await ImportMeasures.CompareAsync(source, connection);

        // Piece by piece, since the audit adds up in memory what rollups do not have.
        while (await PostgresReportStore.FoldWithinAsync(connection) > 0)
        {
        }

        var audited = await audit.RunWithinAsync(connection);
        if (audited.Drift != 0)
            throw new DatabaseException($"The import was undone: totals differ from details by {audited.Drift}. {string.Join("; ", audited.Findings)}");

        await transaction.CommitAsync();
        return new ImportReport($"'{connection.Database}' on {connection.DataSource}", measures, audited);
    }

    private static async Task KeepPositionsAsync(NpgsqlConnection connection, ImportSource source, ImportedPositions clicks, ImportedPositions entries)
    {
        short[] shards = [.. Enumerable.Range(0, entries.Last.Length).Select(shard => (short)shard)];
        var positions = Array.ConvertAll(shards, shard => shard < LedgerOrder.Shards ? clicks.Last[shard] : (long?)null);
        await RunAsync(connection, MoveShards, Parameter.Of(shards), Parameter.Of(positions), Parameter.Of(entries.Last));
        await RunAsync(
            connection, MoveReports,
            Parameter.Of(shards[..LedgerOrder.Shards]), Parameter.Of(clicks.Reported), Parameter.Of(entries.Reported[..LedgerOrder.Shards]));

        var days = clicks.Days.ToArray();
        await RunAsync(
            connection, NoteDays,
            Parameter.Of(Array.ConvertAll(days, static day => day.Key.Shard)), Parameter.Of(Array.ConvertAll(days, static day => day.Key.Day)),
            Parameter.Of(Array.ConvertAll(days, static day => day.Value.First)), Parameter.Of(Array.ConvertAll(days, static day => day.Value.Last)));

        var (turn, approvedAt, approvedNumber, clicksAt) = source.Links.Prepare(ReadFeed).First(static row => (row.Int64(), row.Int64(), row.Int64(), row.Int64()), default);
        await RunAsync(
            connection, MoveFeed,
            Parameter.Of(turn), Parameter.Of(entries.Told), Parameter.Of(approvedAt), Parameter.Of(approvedNumber), Parameter.Of(clicks.Told), Parameter.Of(clicksAt));
    }

    /// <summary>Keeps the visits after which a click is not unique yet; that of before, the clicks themselves tell.</summary>
    private async Task KeepVisitsAsync(NpgsqlConnection connection, ImportSource source)
    {
        var now = clock.GetUtcNow();
        var (first, last) = (LedgerOrder.HourOf((now - ILedgerStore.UniqueWindow).ToUnixTimeMilliseconds()), LedgerOrder.HourOf(now.ToUnixTimeMilliseconds()));
        for (var hour = first; hour <= last; hour++)
        {
            await RunAsync(connection, ClaimVisits, Parameter.Of((short)PostgresVisits.SlotOf(hour)), Parameter.Of(hour));
            await ImportTables.Visits(hour).CopyAsync(connection, source.Links);
        }
    }

    private static async Task ContinueAsync(NpgsqlConnection connection)
    {
        await using var list = connection.Command(ListIdentities);
        foreach (var (table, column) in await list.ReadAsync(static row => (row.Text(), row.Text())))
            await RunAsync(connection, $"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) FROM {table} HAVING max({column}) IS NOT NULL");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = connection.Command(sql, parameters);
        await command.ExecuteNonQueryAsync();
    }
}
