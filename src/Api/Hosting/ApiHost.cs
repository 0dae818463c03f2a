using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansLinks.Access;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Exports;
using OrleansLinks.Installation;
using OrleansLinks.Journal;
using OrleansLinks.Json;
using OrleansLinks.Links;
using OrleansLinks.OpenApi;
using OrleansLinks.Partners;
using OrleansLinks.Problems;
using OrleansLinks.Programs;
using OrleansLinks.Redirect;
using OrleansLinks.Reports;
using OrleansLinks.Tasks;
using OrleansLinks.WebConsole;
using OrleansLinks.WebConsole.Client;
using OrleansLinks.WebConsole.Live;
using OrleansLinks.Webhooks;

namespace OrleansLinks.Hosting;

/// <summary>What the HTTP host is made of.</summary>
internal static class ApiHost
{
    private static readonly string Name = typeof(ApiHost).Assembly.GetName().Name!;

    public static void AddApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddExceptionHandler<ApiExceptionHandler>();
        services.AddProblemDetails();
        services.AddSingleton<AccessKeyCache>();

        // No scheme is tried on every request: the endpoints that need a key name theirs, and visitors pay for no look at one.
        AppContext.SetSwitch("Microsoft.AspNetCore.Authentication.SuppressAutoDefaultScheme", true);
        services.AddAuthenticationCore().AddWebEncoders();
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.SchemeName, null);
        services.AddAuthorization();
        services.AddSingleton<Visitors>();
        services.AddSingleton<LinkDirectory>();
        services.AddSingleton<ChangeFeed>().AddHostedService(provider => provider.GetRequiredService<ChangeFeed>());
        services.AddSingleton<ClickRecorder>();
        services.AddSingleton<RedirectMetrics>().AddSingleton<RequestTracing>();
        services.AddSingleton<RedirectServices>();
        services.AddSingleton<ClickShipper>().AddHostedService(provider => provider.GetRequiredService<ClickShipper>());
        services.AddSingleton<LedgerStatus>().AddHostedService(provider => provider.GetRequiredService<LedgerStatus>());
        services.AddSingleton<CounterHub>().AddHostedService(provider => provider.GetRequiredService<CounterHub>());
        services.AddSingleton<LiveCountersServices>();
        services.AddSingleton<LinkCounters>();
        services.AddSingleton<ExportServices>();
        services.AddSingleton<ReportServices>();
        services.AddSingleton<ActorsAnswer>();
        services.AddHealthChecks().AddCheck<ActorsAnswer>("actors").AddCheck<JournalIsWritten>("journal").AddCheck<ClicksAreCounted>("clicks");
        services.AddSingleton<EdgeMetrics>();
        services.AddApiDocument();
    }

    /// <summary>Adds the console to it.</summary>
    public static void AddWebConsole(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddConsole(builder.Configuration.Read<ConsoleOptions>("Console"));
        services.AddSingleton<ILiveCounters, ConsoleCounters>();
        services.AddDataProtection().SetApplicationName("OrleansLinks");
        services.AddSingleton<KeyRing>();
        services.AddOptions<KeyManagementOptions>().Configure<KeyRing>((options, ring) =>
        {
            options.XmlRepository = ring;

            // Said, so that nobody has to be warned: who can read the database can read the keys of its webhooks too.
            options.XmlEncryptor = new NullXmlEncryptor();
        });

        // Where it was built, files for browsers lie in their projects and packages; where it was published, beside it.
        builder.WebHost.UseSetting(WebHostDefaults.StaticWebAssetsKey, Path.Combine(AppContext.BaseDirectory, $"{Name}.staticwebassets.runtime.json"));
        builder.WebHost.UseStaticWebAssets();
    }

    public static void UseApi(this WebApplication app)
    {
        app.Use(app.Services.GetRequiredService<ApiPipeline>().Capture);

        // Before all that the API needs: redirects go from here straight to their endpoints.
        app.UseRouting();
        app.Services.GetRequiredService<RequestTracing>().Use(app);
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => AnswerBareStatus(context.HttpContext));
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<IdempotencyMiddleware>();

        var api = app.MapGroup("/api/v1");
        if (app.Services.GetService<ClusterConnection>() is not null)
        {
            api.SeeOwnChanges();
        }

        api.MapPrograms();
        api.MapPartners();
        api.MapCampaigns();
        api.MapTasks();
        api.MapLinks();
        api.MapLiveCounters();
        api.MapClicks();
        api.MapConversions();
        api.MapReports();
        api.MapExports();
        api.MapSigning();
        api.MapPostbacks();
        api.MapWebhooks();
        api.MapLedger();
        api.MapKeys();
        app.MapApiDocument();
        app.MapHealth();
        app.MapGroup("").ExcludeFromDescription().MapPostbacks();
        app.MapConsole(Name, ClusterPages.MapClusterPages);
        app.MapRedirects();
    }

    /// <summary>Gives statuses that the framework answers without a body one: problem details, or a page for visitors.</summary>
    private static Task AnswerBareStatus(HttpContext context)
    {
        if (!ApiProblems.AreFor(context))
        {
            return context.Response.StatusCode == StatusCodes.Status404NotFound ? VisitorPages.NotFound(context) : Task.CompletedTask;
        }

        return (context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ApiProblems.Create(404, "not_found", "There is no such path; /docs lists them."),
            StatusCodes.Status405MethodNotAllowed => ApiProblems.Create(405, "method_not_allowed", $"{context.Request.Method} is not allowed on this path; Allow lists what is."),
            StatusCodes.Status413PayloadTooLarge => ApiProblems.BodyTooLarge(),
            StatusCodes.Status415UnsupportedMediaType => ApiProblems.ContentTypeNotSupported(),
            var status => ApiProblems.Create(status, "request_refused", "The request was refused."),
        }).ExecuteAsync(context);
    }

    /// <summary>
    /// Whether the actors, and the database behind them, answer. Once they have, visitors get through without them: the
    /// process stays ready, and says what is wrong.
    /// </summary>
    private sealed class ActorsAnswer(IGrainFactory grains) : IHealthCheck
    {
        // Who asks for health waits for a second, as Kubernetes does unless told otherwise.
        private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

        private volatile bool _haveAnswered;

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await grains.Actor<IInstallationGrain>(IInstallationGrain.Key).GetVisitorHashKey().WaitAsync(Patience, cancellationToken);
                _haveAnswered = true;
                return HealthCheckResult.Healthy();
            }
#pragma warning disable CA1031 // Whatever it is, they do not answer.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                var reason = $"The actors do not answer: {exception.Message.Split('\n')[0].Trim()}";
                return _haveAnswered ? HealthCheckResult.Degraded(reason) : HealthCheckResult.Unhealthy(reason);
            }
        }
    }

    /// <summary>Whether clicks get to the ledger. Visitors get through all the same, so that the process stays ready.</summary>
    private sealed class ClicksAreCounted(LedgerStatus status) : IHealthCheck
    {
        // As long as a silo that has died may hold clicks up.
        private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(status.OldestUnapplied is var age && age > Longest
                ? HealthCheckResult.Degraded($"Clicks have waited for {age.TotalSeconds:0} s to be counted: the ledger does not take them.")
                : HealthCheckResult.Healthy());
    }

    /// <summary>Whether clicks get to disk. Visitors get through all the same, so that the process stays ready.</summary>
    private sealed class JournalIsWritten(ClickJournal journal) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(journal.Trouble is { } trouble ? HealthCheckResult.Degraded(trouble) : HealthCheckResult.Healthy());
    }
}
