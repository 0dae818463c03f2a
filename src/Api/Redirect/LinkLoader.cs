using System.Collections.Concurrent;
using OrleansLinks.Links;

namespace OrleansLinks.Redirect;

/// <summary>A link as it was read.</summary>
/// <param name="Link">The link; null when its code was never issued.</param>
/// <param name="Stamp">The stamp of its id, from before it was read.</param>
internal readonly record struct LoadedLink(Link? Link, long Stamp);

/// <summary>
/// Asks for links that the directory does not have. What is asked for while an answer is on its way goes together with
/// the next call, so that a flood of unknown codes makes calls larger, not more; and who asks for the same code shares
/// the answer. An answer was always read after it was asked for.
/// </summary>
internal sealed class LinkLoader(IGrainFactory grains, ChangeStamps stamps, TimeProvider clock)
{
    private const int MaxCodes = 256;
    private const int MaxCalls = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<LoadedLink>> _waiting = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _queue = new();
    private int _calls;
    private long _failedAt;

    /// <summary>Whether an answer has failed just now, so that who has something older should not wait for a new one.</summary>
    public bool IsInTrouble => Volatile.Read(ref _failedAt) is var failedAt and not 0 && clock.GetElapsedTime(failedAt) < Pause;

    /// <summary>Asks for a link.</summary>
    /// <exception cref="Exception">The actors, or the database behind them, do not answer.</exception>
    public Task<LoadedLink> Load(string code)
    {
        var mine = new TaskCompletionSource<LoadedLink>(TaskCreationOptions.RunContinuationsAsynchronously);
        var shared = _waiting.GetOrAdd(code, mine);
        if (shared == mine)
        {
            _queue.Enqueue(code);
            CallIfFree();
        }

        return shared.Task;
    }

    private void CallIfFree()
    {
        if (Interlocked.Increment(ref _calls) <= MaxCalls)
        {
            _ = CallUntilEmpty();
        }
        else
        {
            Interlocked.Decrement(ref _calls);
        }
    }

    private async Task CallUntilEmpty()
    {
        // Who asks must not do the work of others.
        await Task.Yield();
        var asked = new List<(string Code, TaskCompletionSource<LoadedLink> Answer)>();
        while (Take(asked))
        {
            await Call(asked);
        }

        Interlocked.Decrement(ref _calls);

        // A code may have come after the last look and before this call was over.
        if (!_queue.IsEmpty)
        {
            CallIfFree();
        }
    }

    /// <summary>From here on who asks for these codes gets another answer, since this one may be read at once.</summary>
    private bool Take(List<(string Code, TaskCompletionSource<LoadedLink> Answer)> asked)
    {
        asked.Clear();
        while (asked.Count < MaxCodes && _queue.TryDequeue(out var code))
        {
            if (_waiting.TryRemove(code, out var answer))
            {
                asked.Add((code, answer));
            }
        }

        return asked.Count > 0;
    }

    private async Task Call(List<(string Code, TaskCompletionSource<LoadedLink> Answer)> asked)
    {
        try
        {
            var before = asked.ConvertAll(one => stamps.At(LinkRoute.PlaceOf(one.Code)));
            var links = await grains.Actor<IResolverGrain>(IResolverGrain.Key).FindLinks([.. asked.Select(one => one.Code)]).WaitAsync(Patience, clock);
            for (var i = 0; i < asked.Count; i++)
            {
                asked[i].Answer.SetResult(new LoadedLink(links[i], before[i]));
            }

            Volatile.Write(ref _failedAt, 0);
        }
#pragma warning disable CA1031 // Whoever waits for a link gets the exception.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Volatile.Write(ref _failedAt, clock.GetTimestamp());
            foreach (var (_, answer) in asked)
            {
                answer.TrySetException(exception);
            }
        }
    }
}
