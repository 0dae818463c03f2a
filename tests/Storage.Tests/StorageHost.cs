using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Storage;

/// <summary>A database of its own for one test, and the stores over it.</summary>
public abstract class StorageHost : IAsyncDisposable
{
    private ServiceProvider? _services;

    public FakeClock Clock { get; } = new();

    public T Get<T>() where T : notnull
    {
        _services ??= Configure(new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(Clock)).BuildServiceProvider();
        return _services.GetRequiredService<T>();
    }

    /// <summary>Closes the stores; the next to be asked for opens the database again.</summary>
    public async ValueTask CloseAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();

        _services = null;
    }

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract IServiceCollection Configure(IServiceCollection services);
}

/// <summary>A data folder of its own for one test.</summary>
public sealed class SqliteHost : StorageHost
{
    public string Folder { get; } = System.IO.Directory.CreateTempSubdirectory("storage-tests-").FullName;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        System.IO.Directory.Delete(Folder, recursive: true);
    }

    protected override IServiceCollection Configure(IServiceCollection services) => services.AddSqliteStores(Folder);
}

/// <summary>A clock that stands still until it is set.</summary>
public sealed class FakeClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>The suite of a store, to be derived for each database.</summary>
public abstract class StoreTests(StorageHost host) : IAsyncDisposable
{
    protected StorageHost Host => host;

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
