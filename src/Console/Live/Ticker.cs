using Microsoft.AspNetCore.Components;

namespace OrleansLinks.WebConsole.Live;

/// <summary>Has something done again and again while the page is open, never twice at a time. It shows nothing.</summary>
public sealed class Ticker : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();

    /// <summary>Seconds from one time to the next.</summary>
    [Parameter, EditorRequired]
    public int Seconds { get; set; }

    /// <summary>What is done.</summary>
    [Parameter, EditorRequired]
    public EventCallback Tick { get; set; }

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnInitialized() => _ = Run(_gone.Token);

    private async Task Run(CancellationToken gone)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Seconds), Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(gone))
            {
                await InvokeAsync(() => Tick.InvokeAsync());
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page is closed.
        }
#pragma warning disable CA1031 // Nobody waits for this: the page shows that it has met an error.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await DispatchExceptionAsync(exception);
        }
    }
}
