using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Reports;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Storage.Sqlite;
using Xunit;

namespace OrleansLinks.Transfer;

/// <summary>The way from the databases of a data folder into PostgreSQL.</summary>
public sealed class PostgresImportTests : IAsyncDisposable
{
    private const string Service = "it's another one";

    private const string Silo = "INSERT INTO cluster_version VALUES ('c', 1, now()); INSERT INTO cluster_members VALUES ('c', 'a', 1, 1, 's', 'h',";

    private readonly SqliteHost _source = new();
    private readonly PostgresHost _target = new();

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _target.DisposeAsync();
    }

    [Fact]
    public async Task Everything_that_is_kept_is_told_by_the_other_database_as_before()
    {
        var world = await World.MakeAsync(_source);
        var before = await world.TellAsync(_source);
        await CloseAsync();

        var report = await ImportAsync();

        Assert.Equal(before, await world.TellAsync(_target));
        Assert.Equal((0, world.Clicks), (report.Audit.Drift, (int)report.Audit.Clicks));
        Assert.Equal(report.Measures.Select(measure => measure.Exported), report.Measures.Select(measure => measure.Imported));
        Assert.DoesNotContain(report.Measures, measure => measure is { Exported: 0, Name: not "  disabled" });
        await AuditFindsNothingAsync();
    }

    [Fact]
    public async Task It_goes_on_behind_what_was_imported()
    {
        var world = await World.MakeAsync(_source);
        await CloseAsync();
        await ImportAsync();

        // Visitors of just before are known, clicks that come again count once, and so do numbers that are given out from now on.
        var ledger = _target.Get<ILedgerStore>();
        Assert.Equal(0, (await ledger.RecordAsync(ClickBatch.Of([world.Recent]))).Added);
        var again = world.Recent with { Id = Guid.CreateVersion7(Make.Noon.AddMinutes(1)), At = Make.Noon.AddMinutes(1) };
        await ledger.RecordAsync(ClickBatch.Of([again]));
        Assert.False((await ledger.FindClickAsync(again.Id))!.IsUnique);
        var link = Make.Link("new");
        await _target.Get<ILinkStore>().AddAsync([link], atomic: true);
        await ledger.RecordAsync(ClickBatch.Of([Make.Click(link)]));
        var more = await World.MakeAsync(_target);
        Assert.NotEmpty(await more.TellAsync(_target));
        await _target.Get<IReportStore>().FoldAllAsync();
        await AuditFindsNothingAsync();
    }

    [Fact]
    public async Task States_of_actors_are_kept_under_the_service_of_the_cluster()
    {
        await CloseAsync();
        await ImportAsync();

        await _target.Database.UseAsync(async connection =>
        {
            await using var read = new NpgsqlCommand("SELECT id_text || type || service || encode(payload, 'escape') || version || extract(epoch FROM modified_at) FROM grain_state", connection);
            Assert.Equal($"prg_1program{Service}{{}}31777636800.123000", (string)(await read.ExecuteScalarAsync(TestContext.Current.CancellationToken))!);
            return true;
        });
    }

    [Fact]
    public async Task What_is_broken_off_leaves_nothing_and_can_be_begun_again()
    {
        var world = await World.MakeAsync(_source);
        var before = await world.TellAsync(_source);
        await CloseAsync();
        await _target.RunAsync("ALTER TABLE webhook_deliveries ADD CONSTRAINT never CHECK (body = '')");

        var refused = await Assert.ThrowsAsync<DatabaseException>(ImportAsync);

        Assert.Contains("never", refused.Message, StringComparison.Ordinal);
        await IsEmptyAsync();
        await _target.RunAsync("ALTER TABLE webhook_deliveries DROP CONSTRAINT never");
        await ImportAsync();
        Assert.Equal(before, await world.TellAsync(_target));
    }

    [Theory]
    [InlineData("UPDATE counters SET clicks = clicks + 1 WHERE scope = 1", "clicks counted")]
    [InlineData("UPDATE conversion_entries SET payout = payout + 1 WHERE number = 1", "payout")]
    [InlineData("DELETE FROM report_segments WHERE number = (SELECT max(number) FROM report_segments)", "differ from details")]
    [InlineData("UPDATE scopes SET scope = 'nonsense' WHERE number = 1", "names nothing")]
    public async Task Totals_that_differ_from_their_details_are_not_imported(string damage, string said)
    {
        await World.MakeAsync(_source);
        await CloseAsync();
        Run(SqliteDatabase.FileName, damage);

        var refused = await Assert.ThrowsAnyAsync<InvalidOperationException>(ImportAsync);

        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        await IsEmptyAsync();
    }

    [Theory]
    [InlineData("INSERT INTO directory VALUES ('a list', 'an id')", "it has lists. Import into a new one, or make this one anew")]
    [InlineData($"{Silo} 3, 1, NULL, now(), now())", "The silo s at a:1 runs on")]
    [InlineData("UPDATE orleanslinks_schema SET version = 999", "schema version 999")]
    [InlineData("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE theirs ()", "'theirs'")]
    public async Task A_database_that_is_not_empty_is_refused_and_stays_as_it_is(string before, string said)
    {
        await CloseAsync();
        await _target.RunAsync(before);

        foreach (var work in new Func<Task>[] { CheckAsync, ImportAsync })
            Assert.Contains(said, (await Assert.ThrowsAnyAsync<InvalidOperationException>(work)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"{Silo} 6, 1, NULL, now(), now())")]
    [InlineData($"{Silo} 3, 1, NULL, now() - interval '2 minutes', now() - interval '2 minutes')")]
    public async Task Silos_that_have_run_on_the_database_and_run_no_more_are_forgotten(string before)
    {
        var world = await World.MakeAsync(_source);
        await CloseAsync();
        await _target.RunAsync(before);

        Assert.Equal(world.Clicks, (await ImportAsync()).Audit.Clicks);

        Assert.Equal(0, await _target.CountAsync("cluster_members"));
        Assert.Equal(0, await _target.CountAsync("cluster_version"));
    }

    [Fact]
    public async Task A_role_that_may_not_create_anything_is_told_what_it_needs()
    {
        await CloseAsync();
        await _target.RunAsync("DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC; CREATE ROLE without_rights LOGIN");
        try
        {
            var options = new PostgresOptions { ConnectionString = _target.Options.ConnectionString.Replace("Username=postgres", "Username=without_rights", StringComparison.Ordinal) };

            var refused = await Assert.ThrowsAsync<DatabaseException>(() => ImportAsync(options));

            Assert.Contains("GRANT CREATE ON SCHEMA public TO \"without_rights\"", refused.Message, StringComparison.Ordinal);
            Assert.Contains($"ALTER DATABASE \"{_target.Name}\" OWNER TO", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refused.Message);
        }
        finally
        {
            await _target.RunAsync("DROP ROLE without_rights");
        }
    }

    [Theory]
    [InlineData(SqliteDatabase.FileName, "clicks_by_task", false)]
    [InlineData(SqliteDatabase.FileName, "clicks", true)]
    [InlineData(SqliteGrainDatabase.FileName, "GrainState", true)]
    public async Task A_database_whose_bits_have_flipped_is_named_and_not_imported(string file, string of, bool isRead)
    {
        await World.MakeAsync(_source);
        await CloseAsync();
        await BreakPageAsync(file, of);

        foreach (var work in isRead ? new Func<Task>[] { CheckAsync, ImportAsync } : [CheckAsync])
        {
            var refused = await Assert.ThrowsAsync<DataFolderException>(work);
            Assert.Contains(file + "'", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refused.Message);
        }

        await IsEmptyAsync();
    }

    [Fact]
    public async Task Nothing_is_written_to_what_is_imported()
    {
        await World.MakeAsync(_source);
        await CloseAsync();
        var before = await DigestsAsync();

        await CheckAsync();
        await ImportAsync();

        Assert.Equal(before, await DigestsAsync());
        await File.WriteAllBytesAsync(Path.Combine(_source.Folder, SqliteDatabase.FileName + "-wal"), [1], TestContext.Current.CancellationToken);
        Assert.Contains("has been opened since", (await Assert.ThrowsAsync<DataFolderException>(CheckAsync)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SqliteDatabase.FileName, "DROP TABLE directory_names; PRAGMA user_version = 8", "schema version 8")]
    [InlineData(SqliteGrainDatabase.FileName, "PRAGMA user_version = 999", "schema version 999")]
    [InlineData(SqliteDatabase.FileName, null, "links.db' cannot be read")]
    [InlineData(SqliteGrainDatabase.FileName, "", "there is no")]
    public async Task A_folder_that_cannot_be_imported_is_named(string file, string? damage, string said)
    {
        await CloseAsync();
        if (damage is null)
            await File.WriteAllTextAsync(Path.Combine(_source.Folder, file), new string('x', 8192), TestContext.Current.CancellationToken);
        else if (damage.Length == 0)
            File.Delete(Path.Combine(_source.Folder, file));
        else
            Run(file, damage);

        Assert.Contains(said, (await Assert.ThrowsAnyAsync<InvalidOperationException>(CheckAsync)).Message, StringComparison.Ordinal);
    }

    private Task CheckAsync() => WithImportAsync(_target.Options, async import =>
    {
        await import.CheckAsync(_source.Folder);
        return true;
    });

    private Task<ImportReport> ImportAsync() => ImportAsync(_target.Options);

    private Task<ImportReport> ImportAsync(PostgresOptions options) => WithImportAsync(options, import => import.RunAsync(_source.Folder, Service));

    private async Task<T> WithImportAsync<T>(PostgresOptions options, Func<IDataImport, Task<T>> work)
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_target.Clock).AddPostgresImport(options).BuildServiceProvider();
        return await work(services.GetRequiredService<IDataImport>());
    }

    /// <summary>Closes the source, and makes the database of actors' states that belongs to it.</summary>
    private async Task CloseAsync()
    {
        _source.Get<ILinkStore>();
        await _source.CloseAsync();
        using (var folder = DataFolder.Open(_source.Folder))
        using (new SqliteGrainDatabase(folder, NullLogger<SqliteGrainDatabase>.Instance))
        {
            // It makes itself.
        }

        Run(SqliteGrainDatabase.FileName, "INSERT INTO GrainState VALUES (1, -2, 3, 4, 'prg_1', 'program', 'orleanslinks', CAST('{}' AS BLOB), 1777636800123, 3)");
    }

    private void Run(string file, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_source.Folder, file), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Writes other bits over the beginning of the first page of a table or an index.</summary>
    private async Task BreakPageAsync(string file, string of)
    {
        var path = Path.Combine(_source.Folder, file);
        long at;
        await using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
        {
            connection.Open();
            await using var find = connection.CreateCommand();
            find.CommandText = $"SELECT (rootpage - 1) * page_size FROM sqlite_schema, pragma_page_size WHERE name = '{of}'";
            at = (long)(await find.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }

        await using var bytes = File.OpenWrite(path);
        bytes.Seek(at, SeekOrigin.Begin);
        await bytes.WriteAsync(new byte[64], TestContext.Current.CancellationToken);
    }

    private async Task<string[]> DigestsAsync()
    {
        var digests = new List<string>();
        foreach (var path in System.IO.Directory.EnumerateFiles(_source.Folder).Order(StringComparer.Ordinal))
            digests.Add($"{path} {Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)))}");

        return [.. digests];
    }

    private async Task IsEmptyAsync()
    {
        foreach (var table in new[] { "links", "clicks", "counters", "conversions", "conversion_entries", "grain_state", "report_segments", "webhooks", "ledger_days" })
            Assert.Equal(0, await _target.CountAsync(table));
    }

    private async Task AuditFindsNothingAsync()
    {
        var audit = await _target.Get<ILedgerStore>().AuditAsync(TimeSpan.FromSeconds(1));
        Assert.Empty(audit.Findings);
        Assert.Equal(0, audit.Drift);
    }
}
