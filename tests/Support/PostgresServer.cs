using System.Diagnostics;

namespace OrleansLinks;

/// <summary>A private PostgreSQL on a socket in a folder of its own; it ends with this process, however that ends.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly Process _process;

    private PostgresServer(string folder, Process process) => (Folder, _process) = (folder, process);

    /// <summary>Where its data and its socket are.</summary>
    public string Folder { get; }

    /// <summary>Starts one with a new folder; it answers when the task completes.</summary>
    /// <param name="settings">Its settings, <c>name=value</c>.</param>
    public static Task<PostgresServer> StartAsync(params string[] settings) =>
        StartAtAsync(System.IO.Directory.CreateTempSubdirectory("postgres-").FullName, settings);

    /// <summary>Starts one over a folder, which may be that of one that has ended.</summary>
    public static async Task<PostgresServer> StartAtAsync(string folder, params string[] settings)
    {
        var process = Process.Start(new ProcessStartInfo("bash", [ScriptPath(), folder, .. settings])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await process.StandardOutput.ReadLineAsync(deadline.Token) == "ready"
            ? new PostgresServer(folder, process)
            : throw new InvalidOperationException("PostgreSQL did not start; its reason is on standard error.");
    }

    /// <summary>The connection string of a database.</summary>
    public string ConnectionStringOf(string database) => $"Host={Folder};Username=postgres;Database={database}";

    /// <summary>Stops it, and leaves its folder.</summary>
    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Kills all its processes at once, as a crash would, and leaves its folder.</summary>
    public async Task KillAsync()
    {
        var first = (await File.ReadAllLinesAsync(Path.Combine(Folder, "data", "postmaster.pid")))[0];
        using (var postmaster = Process.GetProcessById(int.Parse(first, System.Globalization.CultureInfo.InvariantCulture)))
            postmaster.Kill(entireProcessTree: true);

        await StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        System.IO.Directory.Delete(Folder, recursive: true);
    }

    private static string ScriptPath()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var script = Path.Combine(folder, "deploy", "local", "postgres.sh");
            if (File.Exists(script))
                return script;
        }

        throw new InvalidOperationException("deploy/local/postgres.sh is not above the tests.");
    }
}
