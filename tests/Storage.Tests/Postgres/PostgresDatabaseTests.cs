using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Storage.Postgres;
using Xunit;

namespace OrleansLinks.Storage;

public sealed class PostgresDatabaseTests : IAsyncDisposable
{
    private readonly PostgresHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Ten_programs_that_start_at_once_make_the_schema_once()
    {
        var name = PostgresCluster.Current.Create(isEmpty: true);
        var programs = Enumerable.Range(0, 10).Select(_ => NewDatabase(PostgresCluster.Current.OptionsOf(name))).ToArray();
        try
        {
            await Task.WhenAll(programs.Select(program => Task.Run(() => program.OpenAsync(null, CancellationToken.None))));

            Assert.Equal([PostgresSchema.Known], await programs[0].ReadAsync("SELECT version FROM orleanslinks_schema", row => row.Int32()));
        }
        finally
        {
            foreach (var program in programs)
                await program.DisposeAsync();

            PostgresCluster.Current.Drop(name);
        }
    }

    [Fact]
    public async Task To_open_a_database_again_changes_nothing()
    {
        await _host.Get<ILinkStore>().AddAsync([Make.Link("kept")], atomic: false);

        await _host.Database.OpenAsync(null, CancellationToken.None);

        Assert.NotNull(await _host.Get<ILinkStore>().FindAsync("kept"));
    }

    [Fact]
    public async Task Who_reads_does_not_notice_that_the_server_has_closed_all_connections()
    {
        await _host.Get<ILinkStore>().AddAsync([Make.Link("kept")], atomic: false);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _host.Database.ReadAsync("SELECT pg_sleep(0.05)::text", row => row.Text())));
        await using var admin = NpgsqlDataSource.Create(_host.Options.ConnectionString);
        await using var kill = admin.CreateCommand("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        Assert.True((long)(await kill.ExecuteScalarAsync(TestContext.Current.CancellationToken))! >= 5);

        Assert.NotNull(await _host.Get<ILinkStore>().FindAsync("kept"));
    }

    [Fact]
    public async Task A_schema_of_a_newer_program_is_refused_in_one_line()
    {
        await _host.RunAsync($"UPDATE orleanslinks_schema SET version = {PostgresSchema.Known + 2}, compatible_from = {PostgresSchema.Known + 1}");

        var refusal = await Assert.ThrowsAsync<SchemaVersionException>(() => _host.Database.OpenAsync(null, CancellationToken.None));

        Assert.Contains($"'{_host.Name}' has schema version {PostgresSchema.Known + 2}", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task A_newer_schema_that_says_that_this_program_may_use_it_is_used_and_left_as_it_is()
    {
        await _host.RunAsync($"UPDATE orleanslinks_schema SET version = {PostgresSchema.Known + 2}, compatible_from = {PostgresSchema.Known}");

        await _host.Database.OpenAsync(null, CancellationToken.None);

        Assert.Equal(PostgresSchema.Known + 2, await _host.ReadOneAsync("SELECT version FROM orleanslinks_schema", row => row.Int32()));
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("Hots=localhost")]
    [InlineData("Database=there")]
    [InlineData("Host=localhost;Port=many")]
    public void A_connection_string_that_cannot_be_read_is_named(string text)
    {
        var refusal = Assert.Throws<DatabaseException>(() => NewDatabase(new PostgresOptions { ConnectionString = text }));

        AssertNamesTheSetting(refusal);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_named_and_not_waited_for()
    {
        await using var database = NewDatabase(PostgresCluster.Current.OptionsOf("missing"));

        var refusal = await Assert.ThrowsAsync<DatabaseException>(() => database.OpenAsync(null, CancellationToken.None));

        AssertNamesTheSetting(refusal);
        Assert.Contains("\"missing\" does not exist", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_read_only_for_a_while_is_waited_for()
    {
        var name = PostgresCluster.Current.Create(isEmpty: true);
        await using var database = NewDatabase(PostgresCluster.Current.OptionsOf(name));
        await using var owner = NpgsqlDataSource.Create($"{PostgresCluster.Current.OptionsOf(name).ConnectionString};Options=-c default_transaction_read_only=off");
        await Set("SET default_transaction_read_only = on");
        var said = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        var opening = database.OpenAsync(missing => said.TrySetResult(missing), TestContext.Current.CancellationToken);
        Assert.Contains("read-only", await said.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await Set("RESET default_transaction_read_only");

        await opening.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        async Task Set(string what)
        {
            await using var command = owner.CreateCommand($"ALTER DATABASE {name} {what}");
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task Clicks_that_would_be_dropped_before_they_can_come_again_are_refused()
    {
        await using var host = new PostgresHost(TimeSpan.FromHours(1));

        Assert.Throws<DatabaseException>(() => host.Database);
    }

    [Fact]
    public async Task A_server_that_is_not_up_yet_is_waited_for_and_what_it_acknowledged_survives_its_kill()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("postgres-").FullName;
        var said = new Said();
        await using var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(said))
            .AddPostgresStores(new PostgresOptions { ConnectionString = $"Host={folder};Username=postgres;Database=postgres" }).BuildServiceProvider();
        var opening = services.OpenPostgresStores(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("Database:ConnectionString", await said.First.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(opening.IsCompleted);

        var server = await PostgresServer.StartAtAsync(folder);
        await opening.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var link = Make.Link("kept");
        var click = Make.Click(link, TimeProvider.System.GetUtcNow());
        await services.GetRequiredService<ILinkStore>().AddAsync([link], atomic: false);
        await services.GetRequiredService<ILedgerStore>().RecordAsync(ClickBatch.Of(click));
        await server.KillAsync();
        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => services.GetRequiredService<ILinkStore>().FindAsync("kept"));

        await using var again = await PostgresServer.StartAtAsync(folder);
        await services.OpenPostgresStores(cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotNull(await services.GetRequiredService<ILinkStore>().FindAsync("kept"));
        Assert.NotNull(await services.GetRequiredService<ILedgerStore>().FindClickAsync(click.Id));
    }

    [Fact]
    public async Task Texts_that_the_database_cannot_keep_harm_nobody()
    {
        var links = _host.Get<ILinkStore>();
        var ledger = _host.Get<ILedgerStore>();
        var link = Make.Link("code") with { Values = new ReportingValues("a\0b", "half \ud800") };
        await links.AddAsync([link], atomic: false);
        var click = Make.Click(link) with { Referrer = "\0", Values = new ReportingValues(SubId1: "a\0b") };
        await ledger.RecordAsync(ClickBatch.Of(click));

        Assert.Equal(new ReportingValues("a\ufffdb", "half \ufffd"), (await links.FindAsync("code"))!.Values);
        Assert.Equal(("\ufffd", "a\ufffdb"), ((await ledger.FindClickAsync(click.Id))!.Click.Referrer, (await ledger.FindClickAsync(click.Id))!.Click.Values.SubId1));
        Assert.Equal([null, "code", null], (await links.FindAsync(["no\0thing", "code", "\udfff"])).Select(found => found?.Code));
        Assert.Equal(CounterTotals.Zero, await ledger.ReadCountersAsync("lnk_\0"));
        Assert.Empty(await _host.Get<Directory.IDirectoryStore>().ListAsync("list", "\0", 10));
        Assert.Empty(await _host.Get<Directory.IDirectoryStore>().SearchAsync("list", "\0", null, 10));
    }

    private static PostgresDatabase NewDatabase(PostgresOptions options) => new(options, TimeProvider.System, NullLogger<PostgresDatabase>.Instance);

    private static void AssertNamesTheSetting(DatabaseException refusal)
    {
        Assert.Contains("Database:ConnectionString", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    /// <summary>Keeps the first warning.</summary>
    private sealed class Said : ILoggerProvider, ILogger
    {
        public TaskCompletionSource<string> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                First.TrySetResult(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
