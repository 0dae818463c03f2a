using System.Globalization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansLinks.Journal;
using OrleansLinks.Problems;
using OrleansLinks.Redirect;
using OrleansLinks.Silo;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Storage.Sqlite;
using OrleansLinks.Transfer;
using OrleansLinks.WebConsole;
using OrleansLinks.Webhooks;

namespace OrleansLinks.Hosting;

/// <summary>
/// The API and the redirects over a data folder, which it holds until disposal: with the actors in the same process, or as
/// a client of silos elsewhere.
/// </summary>
internal sealed class EdgeHost : IAsyncDisposable
{
    /// <summary>What it and its commands know of settings.</summary>
    public static readonly KnownSettings Known = new(
        ("Http", typeof(HttpOptions)),
        ("Data", typeof(DataOptions)),
        ("Tracking", typeof(TrackingOptions)),
        ("Geo", typeof(GeoOptions)),
        ("Clicks", typeof(ClickOptions)),
        ("Redirect", typeof(RedirectOptions)),
        ("Webhooks", typeof(WebhookOptions)),
        ("Database", typeof(DatabaseOptions)),
        ("Cluster", typeof(ClusterSettings)),
        ("Shutdown", typeof(ShutdownOptions)),
        ("Console", typeof(ConsoleOptions)),
        ("Export", typeof(ExportOptions)),
        ("Import", typeof(ImportOptions)),
        ("", typeof(StartOptions)));

    /// <summary>What the program does: it serves, exports or imports.</summary>
    public static readonly CommandLine CommandLine = new(Known, Serve, ("export", ExportCommand.Run), ("import", ImportCommand.Run));

    private readonly DataFolder _folder;
    private readonly HttpOptions _http;
    private readonly DatabaseProvider _provider;
    private ClusterConnection? _silos;

    private EdgeHost(WebApplication app, DataFolder folder, HttpOptions http, DatabaseProvider provider, ClusterConnection? silos)
    {
        App = app;
        _folder = folder;
        _http = http;
        _provider = provider;
        _silos = silos;
    }

    public WebApplication App { get; }

    /// <summary>Puts it together by the settings.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="clock">The clock; the system's when null.</param>
    /// <exception cref="StartupException">A setting or the machine does not allow a start.</exception>
    /// <exception cref="DataFolderException">The data folder cannot be used.</exception>
    public static EdgeHost Build(string[] args, TimeProvider? clock = null)
    {
        var builder = Settings.CreateBuilder(args, Known);
        var http = builder.Configuration.Read<HttpOptions>("Http");
        var data = builder.Configuration.Read<DataOptions>("Data");
        var clicks = builder.Configuration.Read<ClickOptions>("Clicks");
        var redirect = builder.Configuration.Read<RedirectOptions>("Redirect");
        var countries = Countries.Open(builder.Configuration.Read<GeoOptions>("Geo").Database);
        var start = builder.Configuration.Read<StartOptions>("");
        var database = builder.Configuration.Read<DatabaseOptions>("Database");
        var cluster = builder.Configuration.Read<ClusterSettings>("Cluster");
        if (builder.Configuration.Read<ExportOptions>("Export").To.Length > 0 || builder.Configuration.Read<ImportOptions>("Import").From.Length > 0)
        {
            throw new StartupException("The settings Export:To (--to) and Import:From (--from) go with the commands export and import: give one of these first.");
        }

        builder.ListenAt(http);
        var origin = Startup.OriginOf(http, builder.Configuration.Read<TrackingOptions>("Tracking"));
        builder.Services.TryAddSingleton(clock ?? TimeProvider.System);
        var folder = DataFolder.Open(data.Folder);
        var silos = AddActors(builder, database, cluster, folder);
        builder.Services.AddStartAndEnd(builder.Configuration.Read<ShutdownOptions>("Shutdown"));
        builder.Services.AddSingleton(folder).AddSingleton(origin).AddSingleton(start).AddSingleton(redirect).AddSingleton(countries);
        builder.Services.AddSingleton(clicks.ToSettings(folder.Path)).AddSingleton(provider => ClickJournal.Open(
            provider.GetRequiredService<JournalSettings>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ClickJournal>>()));
        builder.Services.AddSingleton<FirstStart>();
        builder.AddTelemetry("orleanslinks-edge");
        builder.Services.AddApi();
        builder.AddWebConsole();

        var app = builder.Build();
        app.UseTrustedProxies(http);
        app.UseApi();
        return new EdgeHost(app, folder, http, database.Provider, silos);
    }

    /// <summary>Starts it; it answers when the task completes, or was asked to end before it did.</summary>
    /// <param name="output">Where it says what the operator needs to know.</param>
    /// <exception cref="DataFolderException">The data folder is an export that is damaged, or a database in it cannot be opened.</exception>
    /// <exception cref="DatabaseException">The database cannot be used.</exception>
    /// <exception cref="SchemaVersionException">A newer program wrote the database.</exception>
    public async Task Start(TextWriter output)
    {
        await using (var room = await WaitingRoom.Open(App.Services, ComeAgain))
        {
            if (_provider == DatabaseProvider.Postgres && SqliteBackup.FindMissing(_folder.Path) is null)
            {
                throw new DataFolderException($"The data folder '{_folder.Path}' has an installation over SQLite, and Database:Provider is Postgres: choose another folder with the setting Data:Folder (--data), and move what is in this one with import.");
            }

            ExportManifest.Remove(_folder.Path, App.Services.GetRequiredService<JournalSettings>().Folder);

            // Before databases, so that a journal that another process has is met at once, whoever else has to be waited for.
            App.Services.GetRequiredService<ClickJournal>();
            if (_silos is not null)
            {
                await _silos.Open(App.Services, room.AskedToEnd);
            }
            else if (_provider == DatabaseProvider.Postgres)
            {
                await App.Services.OpenPostgresStores(App.Services.GetRequiredService<ProgramStart>().WaitsFor, room.AskedToEnd);
            }
            else
            {
                App.Services.OpenSqliteStores();
            }

            await room.Start(App);
        }

        App.Services.GetRequiredService<EdgeMetrics>();
        await App.Services.GetRequiredService<FirstStart>().Run(output, Startup.OriginOf(_http, new TrackingOptions()).Url, _provider);
        App.Services.GetRequiredService<ProgramStart>().IsOver();
    }

    public async ValueTask DisposeAsync()
    {
        // What has to be brought to the silos is there by now.
        if (Interlocked.Exchange(ref _silos, null) is { } silos)
        {
            await silos.DisposeAsync();
        }

        await App.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task Serve(string[] args, TextWriter output)
    {
        await using var host = Build(args);
        await host.Start(output);
        await host.WaitForShutdown(output);
    }

    /// <summary>Waits until it is asked to end, and ends it.</summary>
    /// <param name="output">Where it says so.</param>
    private async Task WaitForShutdown(TextWriter output)
    {
        await App.WaitForShutdownAsync();
        var waiting = App.Services.GetRequiredService<ClickJournal>().Waiting;
        await output.WriteLineAsync(waiting == 0
            ? "  OrleansLinks has ended; all clicks are counted."
            : string.Create(CultureInfo.InvariantCulture, $"  OrleansLinks has ended; {waiting:N0} clicks wait in its journal, and are counted when it is started again on the same data folder."));
    }

    /// <summary>What visitors and clients are answered while it starts: it knows no links then, so there is nobody that it could let through.</summary>
    private static Task ComeAgain(HttpContext context)
    {
        var problem = ApiProblems.Unavailable(context);
        return ApiProblems.AreFor(context) ? problem.ExecuteAsync(context) : VisitorPages.Failed(context, problem.StatusCode);
    }

    private static ClusterConnection? AddActors(WebApplicationBuilder builder, DatabaseOptions database, ClusterSettings cluster, DataFolder folder)
    {
        if (cluster.Mode == ClusterMode.Client)
        {
            if (database.Provider != DatabaseProvider.Postgres)
            {
                throw new StartupException("The setting Database:Provider must be Postgres where Cluster:Mode is Client: that is where an edge finds its silos.");
            }

            var silos = new ClusterConnection(database.ToPostgres(), cluster, builder.Configuration);
            builder.Services.AddSingleton(_ => silos.Grains).AddSingleton<ChangeStamps>().AddSingleton(silos);
            builder.Services.AddClusterDashboard(builder.Configuration);
            return silos;
        }

        if (database.Provider == DatabaseProvider.Postgres)
        {
            builder.AddClusterSilo(database.ToPostgres(), cluster);
        }
        else
        {
            builder.AddEmbeddedSilo(folder.Path);
        }

        return null;
    }
}
