using OrleansLinks.Journal;
using OrleansLinks.Silo;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Hosting;

/// <summary>The embedded shape: the API and the actors in one process over a data folder, which it holds until disposal.</summary>
internal sealed class EmbeddedHost : IAsyncDisposable
{
    private readonly DataFolder _folder;

    private EmbeddedHost(WebApplication app, DataFolder folder)
    {
        App = app;
        _folder = folder;
    }

    public WebApplication App { get; }

    /// <summary>Puts it together by the settings.</summary>
    /// <param name="args">The command line.</param>
    /// <exception cref="StartupException">A setting or the machine does not allow a start.</exception>
    /// <exception cref="DataFolderException">The data folder cannot be used.</exception>
    public static EmbeddedHost Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddCommandLine(args, Startup.Switches);
        var http = builder.Configuration.Read<HttpOptions>("Http");
        var data = builder.Configuration.Read<DataOptions>("Data");
        var clicks = builder.Configuration.Read<ClickOptions>("Clicks");
        var redirect = builder.Configuration.Read<RedirectOptions>("Redirect");
        var start = builder.Configuration.Read<StartOptions>("");
        builder.ListenAt(http);
        var origin = Startup.OriginOf(http, builder.Configuration.Read<TrackingOptions>("Tracking"));
        var folder = DataFolder.Open(data.Folder);
        builder.Services.AddSingleton(folder).AddSingleton(origin).AddSingleton(start).AddSingleton(redirect);
        builder.Services.AddSingleton(provider => ClickJournal.Open(
            clicks.ToSettings(folder.Path), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ClickJournal>>()));
        builder.AddEmbeddedSilo(folder.Path);
        builder.Services.AddSingleton<FirstStart>();
        builder.Services.AddApi();

        var app = builder.Build();
        app.UseTrustedProxies(http);
        app.UseApi();
        return new EmbeddedHost(app, folder);
    }

    /// <summary>Starts it; it answers when the task completes.</summary>
    /// <param name="output">Where it says what the operator needs to know.</param>
    /// <exception cref="DataFolderException">A database in the data folder cannot be opened.</exception>
    public async Task Start(TextWriter output)
    {
        App.Services.OpenSqliteStores();
        App.Services.GetRequiredService<ClickJournal>();
        await App.StartAsync();
        await App.Services.GetRequiredService<FirstStart>().Run(output);
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        _folder.Dispose();
    }
}
