using OrleansLinks.Hosting;
using OrleansLinks.Silo;
using OrleansLinks.Storage;

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
    builder.Configuration.AddCommandLine(args, Startup.Switches);
    var http = builder.Configuration.Read<HttpOptions>("Http");
    var data = builder.Configuration.Read<DataOptions>("Data");
    var origin = Startup.OriginOf(http, builder.Configuration.Read<TrackingOptions>("Tracking"));
    builder.ListenAt(http);
    using var folder = DataFolder.Open(data.Folder);
    builder.Services.AddSingleton(folder).AddSingleton(origin);
    builder.AddEmbeddedSilo(folder.Path);
    builder.Services.AddSingleton<FirstStart>();
    builder.Services.AddApi();

    var app = builder.Build();
    app.UseTrustedProxies(http);
    app.UseApi();
    await app.StartAsync();
    await app.Services.GetRequiredService<FirstStart>().Run(Console.Out);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception exception) when (exception is StartupException or DataFolderException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
