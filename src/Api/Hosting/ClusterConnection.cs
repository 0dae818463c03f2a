using Orleans.Configuration;
using OrleansLinks.Silo;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Hosting;

/// <summary>
/// An edge's connection to the silos. It has services of its own, since nothing of the edge can be put together before a silo
/// has told which actors there are. From then on it finds silos that come and leaves those that go by itself.
/// </summary>
/// <param name="database">Where silos are found.</param>
/// <param name="cluster">Their cluster.</param>
/// <param name="configuration">The edge's settings.</param>
internal sealed class ClusterConnection(PostgresOptions database, ClusterSettings cluster, IConfiguration configuration) : IAsyncDisposable
{
    // Nothing is brought to anybody any more, and silos notice who is gone; a database that hangs would hold it up.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(3);

    private ServiceProvider? _services;

    /// <summary>The actors.</summary>
    /// <exception cref="InvalidOperationException">No silo has been reached yet.</exception>
    public IGrainFactory Grains => _services?.GetRequiredService<IGrainFactory>() ?? throw new InvalidOperationException("No silo has been reached yet.");

    /// <summary>Waits for the database and for a silo, however long that takes.</summary>
    /// <param name="edge">The edge's services.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">It has given up.</exception>
    /// <exception cref="DatabaseException">The database cannot be used.</exception>
    /// <exception cref="Storage.SchemaVersionException">A newer program wrote the database.</exception>
    public async Task Open(IServiceProvider edge, CancellationToken cancellationToken)
    {
        var start = edge.GetRequiredService<ProgramStart>();
        var services = new ServiceCollection();
        services.AddSingleton(edge.GetRequiredService<ILoggerFactory>());
        services.AddSingleton(edge.GetRequiredService<TimeProvider>());
        services.AddOrleansClient(configuration, client =>
        {
            client.AddPostgresClustering(database)
                .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.ClusterId, cluster.ServiceId))
                .NoticeFailures();
            client.UseConnectionRetryFilter<TryAgain>();
            if (configuration.ExportTraces())
            {
                client.AddActivityPropagation();
            }
        });
        _services = services.BuildServiceProvider();
        try
        {
            await _services.OpenPostgresStores(start.WaitsFor, cancellationToken);
            start.WaitsFor("No silo has been reached yet.");
            foreach (var service in _services.GetServices<IHostedService>())
            {
                await service.StartAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is { } services)
        {
            await End(services).WaitAsync(LastWords).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task End(ServiceProvider services)
    {
        foreach (var service in services.GetServices<IHostedService>())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await services.DisposeAsync();
    }

    private sealed class TryAgain(TimeProvider clock, ILogger<ClusterConnection> log) : IClientConnectionRetryFilter
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
        private const int TriesPerRemark = 20;
        private int _tries;

        public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            if (_tries++ % TriesPerRemark == 0)
            {
                log.NoSiloYet(exception.Message);
            }

            await Task.Delay(Pause, clock, cancellationToken);
            return true;
        }
    }
}
