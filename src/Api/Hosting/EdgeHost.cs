using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansLinks.Journal;
using OrleansLinks.Redirect;
using OrleansLinks.Silo;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Storage.Sqlite;
using OrleansLinks.Transfer;

namespace OrleansLinks.Hosting;

/// <summary>
/// The API and the redirects over a data folder, which it holds until disposal: with the actors in the same process, or as
/// a client of silos elsewhere.
/// </summary>
internal sealed class EdgeHost : IAsyncDisposable
{
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
    /// <exception cref="DataFolderException">The data folder cannot be used, or is an export that is damaged.</exception>
    public static EdgeHost Build(string[] args, TimeProvider? clock = null)
    {
        var builder = Settings.CreateBuilder(args);
        var http = builder.Configuration.Read<HttpOptions>("Http");
        var data = builder.Configuration.Read<DataOptions>("Data");
        var clicks = builder.Configuration.Read<ClickOptions>("Clicks");
        var redirect = builder.Configuration.Read<RedirectOptions>("Redirect");
        var countries = Countries.Open(builder.Configuration.Read<GeoOptions>("Geo").Database);
        var start = builder.Configuration.Read<StartOptions>("");
        var database = builder.Configuration.Read<DatabaseOptions>("Database");
        var cluster = builder.Configuration.Read<ClusterSettings>("Cluster");
        builder.ListenAt(http);
        var origin = Startup.OriginOf(http, builder.Configuration.Read<TrackingOptions>("Tracking"));
        builder.Services.TryAddSingleton(clock ?? TimeProvider.System);
        var folder = DataFolder.Open(data.Folder);
        ExportManifest.Remove(folder.Path);
        var silos = AddActors(builder, database, cluster, folder);
        builder.Services.AddStartAndEnd(builder.Configuration.Read<ShutdownOptions>("Shutdown"));
        builder.Services.AddSingleton(folder).AddSingleton(origin).AddSingleton(start).AddSingleton(redirect).AddSingleton(countries);
        builder.Services.AddSingleton(provider => ClickJournal.Open(
            clicks.ToSettings(folder.Path), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ClickJournal>>()));
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
    /// <exception cref="DataFolderException">A database in the data folder cannot be opened.</exception>
    /// <exception cref="DatabaseException">The database cannot be used.</exception>
    /// <exception cref="SchemaVersionException">A newer program wrote the database.</exception>
    public async Task Start(TextWriter output)
    {
        // First, so that a journal that another process has is met at once, whoever else has to be waited for.
        App.Services.GetRequiredService<ClickJournal>();
        if (_silos is not null)
        {
            await WaitingRoom.OpenWhile(_http, _silos, App.Services);
        }
        else if (_provider == DatabaseProvider.Postgres)
        {
            await App.Services.OpenPostgresStores();
        }
        else
        {
            App.Services.OpenSqliteStores();
        }

        await App.StartAsync();
        App.Services.GetRequiredService<EdgeMetrics>();
        await App.Services.GetRequiredService<FirstStart>().Run(output, Startup.OriginOf(_http, new TrackingOptions()).Url);
        App.Services.GetRequiredService<ProgramStart>().IsOver();
    }

    /// <summary>Waits until it is asked to end, and ends it.</summary>
    public Task WaitForShutdown() => App.WaitForShutdownAsync();

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
