using OrleansLinks.Clicks;
using OrleansLinks.Journal;

namespace OrleansLinks.Redirect;

/// <summary>Puts clicks into the journal.</summary>
internal sealed class ClickRecorder(ClickJournal journal)
{
    [ThreadStatic]
    private static byte[]? _buffer;

    /// <summary>Keeps a click; as safely as the setting <c>Clicks:Durability</c> says when the task completes.</summary>
    public ValueTask Record(Click click)
    {
        // The journal copies it before it returns, so that one buffer a thread will do.
        var buffer = _buffer ??= new byte[ClickFormat.MaxLength];
        return journal.AppendAsync(buffer.AsSpan(0, ClickFormat.Write(click, buffer)));
    }
}
