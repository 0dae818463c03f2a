using Microsoft.Data.Sqlite;
using OrleansLinks.Links;
using Xunit;

namespace OrleansLinks.Storage.Sqlite;

public sealed class SqliteDatabaseTests : IAsyncDisposable
{
    private readonly SqliteHost _host = new();

    private SqliteDatabase Database => _host.Get<SqliteDatabase>();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Work_that_fails_does_not_fail_its_neighbours_in_the_same_transaction()
    {
        using var hold = new ManualResetEventSlim();
        var runs = 0;
        var first = Database.WriteAsync(_ => hold.Wait(TimeSpan.FromSeconds(30)));
        var before = Database.WriteAsync(session => { runs++; return Add(session, "before"); });
        var guilty = Database.WriteAsync<int>(session => { Add(session, "guilty"); throw new InvalidDataException("guilty"); });
        var after = Database.WriteAsync(session => Add(session, "after"));
        hold.Set();

        await Assert.ThrowsAsync<InvalidDataException>(() => guilty);
        Assert.Equal((true, 1, 1), (await first, await before, await after));
        Assert.Equal(2, runs); // once with the guilty one, once alone
        Assert.Equal(["before", "after"], await List());
    }

    [Fact]
    public async Task A_full_disk_fails_the_callers_and_the_writer_goes_on()
    {
        await Database.WriteAsync(session => Add(session, "kept"));
        var pages = await Database.WriteAsync(session => session.Prepare("PRAGMA page_count").First(row => row.Int64(), 0));
        await Database.WriteAsync(session => session.Prepare($"PRAGMA max_page_count = {pages}").First(row => row.Int64(), 0));

        var failure = await Assert.ThrowsAsync<SqliteException>(() => Database.WriteAsync(session => Add(session, new string('x', 100_000))));
        Assert.Equal(13, failure.SqliteErrorCode); // SQLITE_FULL
        await Database.WriteAsync(session => session.Prepare("PRAGMA max_page_count = 1000000").First(row => row.Int64(), 0));
        await Database.WriteAsync(session => Add(session, "next"));

        Assert.Equal(["next", "kept"], await List());
    }

    [Fact]
    public async Task A_commit_that_fails_fails_its_callers_and_keeps_nothing()
    {
        await Database.WriteAsync(session =>
        {
            session.Run("CREATE TABLE parent (id INTEGER PRIMARY KEY)");
            session.Run("CREATE TABLE child (parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
            return 0;
        });

        await Assert.ThrowsAsync<SqliteException>(() => Database.WriteAsync(session =>
        {
            Add(session, "lost");
            session.Run("INSERT INTO child VALUES (1)"); // refused by COMMIT, not here
            return 0;
        }));
        await Database.WriteAsync(session => Add(session, "next"));

        Assert.Equal(["next"], await List());
    }

    [Fact]
    public async Task A_closed_database_says_so()
    {
        var database = Database;
        await _host.CloseAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.WriteAsync(_ => 0));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.ReadAsync(_ => 0));
    }

    [Fact]
    public async Task The_write_ahead_log_does_not_grow_without_bound()
    {
        var links = _host.Get<ILinkStore>();
        var reading = true;
        var reader = Task.Run(async () =>
        {
            while (Volatile.Read(ref reading))
                await links.FindAsync("missing");
        }, TestContext.Current.CancellationToken);

        var written = 0L;
        for (var batch = 0; written < 5 * GroupCommitWriter.PagesPerCheckpoint; batch++)
        {
            await links.AddAsync([.. Enumerable.Range(0, 1000).Select(i => Make.Link($"{i}-{batch}") with { LandingPage = new string('x', 2000) })], atomic: false);
            written += 500; // at least: 2 MB in pages of 4 KB; in fact a row a page
        }

        Volatile.Write(ref reading, false);
        await reader;
        var log = new FileInfo(Path.Combine(_host.Folder, SqliteDatabase.FileName + "-wal")).Length;
        // Readers hold the log up to four times its size, and a commit comes on top.
        Assert.InRange(log, 1, 5L * GroupCommitWriter.PagesPerCheckpoint * 4096);
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_refused()
    {
        await Database.WriteAsync(session => Add(session, "id"));
        var known = await Database.ReadAsync(session => session.Prepare("PRAGMA user_version").First(row => row.Int64(), 0));
        await Database.WriteAsync(session => session.Prepare("PRAGMA user_version = 99").Run());
        await _host.CloseAsync();

        var refusal = Assert.Throws<SchemaVersionException>(() => Database);

        Assert.Contains("version 99", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"up to {known}", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private static int Add(SqliteSession session, string id) =>
        session.Prepare("INSERT INTO directory (list, id) VALUES ('test', ?)").Bind(id).Run();

    private async Task<IEnumerable<string>> List() =>
        await _host.Get<OrleansLinks.Directory.IDirectoryStore>().ListAsync("test", null, 10);
}
