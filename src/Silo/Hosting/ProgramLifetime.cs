using System.Runtime.InteropServices;

namespace OrleansLinks.Hosting;

/// <summary>
/// Ends a program when the system or the terminal asks it to. While it waits for something to start with, that is at once;
/// what has begun to start comes to its end first, since a start that is cut off leaves a trail of failures behind.
/// </summary>
public sealed class ProgramLifetime : IHostLifetime, IDisposable
{
    // Not all that starts comes to its end: a silo that loses its database waits for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IHostApplicationLifetime _application;
    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _signals;

    /// <summary>Listens from now on.</summary>
    public ProgramLifetime(IHostApplicationLifetime application)
    {
        _application = application;
        application.ApplicationStarted.Register(EndIfAsked);
        _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, Ask))];
    }

    /// <summary>Signalled when the program is asked to end.</summary>
    public CancellationToken AskedToEnd => _asked.Token;

    /// <summary>Does not wait: what there is to wait for is waited for before.</summary>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Has nothing to do.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Listens no more.</summary>
    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        _asked.Dispose();
    }

    private void Ask(PosixSignalContext context)
    {
        // It ends by itself.
        context.Cancel = true;
        _asked.Cancel();
        if (_application.ApplicationStarted.IsCancellationRequested)
        {
            _application.StopApplication();
        }
        else
        {
            _ = Task.Delay(Patience).ContinueWith(_ => _application.StopApplication(), TaskScheduler.Default);
        }
    }

    private void EndIfAsked()
    {
        if (_asked.IsCancellationRequested)
        {
            _application.StopApplication();
        }
    }
}
