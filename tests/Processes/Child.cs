using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OrleansLinks.Processes;

/// <summary>How a program ended, and what it said.</summary>
internal sealed record Ended(int ExitCode, string Output, string Errors);

/// <summary>A program that a test started, and that does not outlive it.</summary>
internal sealed partial class Child : IAsyncDisposable
{
    /// <summary>How long anything may take before a test gives up on it; what is in order takes a fraction of that.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan LooksEvery = TimeSpan.FromMilliseconds(200);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly SemaphoreSlim _news = new(0);

    private Child(Process process) => _process = process;

    public enum Signal
    {
        Hangup = 1,
        Interrupt = 2,
        Terminate = 15,
        Continue = 18,
        Halt = 19,
    }

    /// <summary>The lines on standard output so far.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>What it was started with.</summary>
    public string Name => string.Join(' ', _process.StartInfo.ArgumentList);

    /// <summary>The last that it has said.</summary>
    public string LastWords => string.Join('\n', _output.TakeLast(40).Concat(_errors.TakeLast(20)));

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>The most memory that it had resident, in bytes.</summary>
    public long PeakResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">What is set in its environment, or, where null, taken out.</param>
    public static Child Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove(Instance.OperatorKeyVariable);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var child = new Child(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.Take(child._output, line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Take(child._errors, line.Data);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<Ended> Run(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        await using var child = Start(program, arguments, environment);
        return await child.WaitForEnd(Patience);
    }

    /// <summary>Waits until standard output has that many lines that match.</summary>
    public async Task WaitForOutput(string what, Func<string, bool> match, int count = 1)
    {
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            while (_output.Count(match) < count)
            {
                // Its end is no line.
                await _news.WaitAsync(LooksEvery, deadline.Token);
                if (_process.HasExited)
                {
                    await _process.WaitForExitAsync(deadline.Token);
                    Assert.True(_output.Count(match) >= count, $"The program ended before it said {what}.\n{Everything()}");
                }
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The program did not say {what} in {Patience}.\n{Everything()}");
        }
    }

    /// <summary>Waits until it has ended.</summary>
    public async Task<Ended> WaitForEnd(TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The program did not end in {within}.\n{Everything()}");
        }

        return new Ended(_process.ExitCode, string.Join('\n', _output), string.Join('\n', _errors));
    }

    /// <summary>Sends it a signal.</summary>
    public void Ask(Signal signal) => Assert.Equal(0, Send(_process.Id, (int)signal));

    /// <summary>Asks its whole process group, which it leads, to stop, as the terminal does.</summary>
    public void AskGroup(Signal signal) => Assert.Equal(0, Send(-_process.Id, (int)signal));

    /// <summary>Takes it away without a word to it.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await WaitForEnd(Patience);
        _process.Dispose();
        _news.Dispose();
    }

    private void Take(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }

        _news.Release();
    }

    private string Everything() => string.Join('\n', _output.Concat(_errors));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
