namespace OrleansLinks.WebConsole.Live;

/// <summary>
/// Has something done anew when numbers have moved: at once, and then at most every few seconds, up to the last move.
/// It belongs to one page, on whose thread it runs.
/// </summary>
/// <param name="pause">The shortest time from one time to the next, asked for each time.</param>
/// <param name="work">What is done.</param>
internal sealed class WhileMoving(Func<TimeSpan> pause, Func<Task> work) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private bool _isWorking;
    private bool _hasMoved;

    /// <summary>Numbers have moved.</summary>
    public void Move()
    {
        _hasMoved = true;
        if (!_isWorking)
        {
            _ = Work(_gone.Token);
        }
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    private async Task Work(CancellationToken gone)
    {
        _isWorking = true;
        while (_hasMoved && !gone.IsCancellationRequested)
        {
            _hasMoved = false;
            try
            {
                await work();
            }
#pragma warning disable CA1031 // Whatever it is, the page keeps what it shows, and the next move tries again.
            catch (Exception)
#pragma warning restore CA1031
            {
            }

            await Task.Delay(pause(), gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        _isWorking = false;
    }
}
