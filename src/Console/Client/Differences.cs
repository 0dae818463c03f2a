namespace OrleansLinks.WebConsole.Client;

/// <summary>
/// What somebody typed, taken over to what somebody else has saved meanwhile: what was typed stays, and fields that were left
/// alone are as they are now.
/// </summary>
public sealed class Differences
{
    private readonly List<string> _fields = [];

    /// <summary>Texts that name the fields in which what was typed is not what the other one has saved.</summary>
    public IReadOnlyList<string> Fields => _fields;

    /// <summary>What a field has from now on.</summary>
    /// <param name="field">The text that names the field.</param>
    /// <param name="typed">What it has on the page.</param>
    /// <param name="seen">What it had when the page read it.</param>
    /// <param name="newest">What it has now.</param>
    public T Keep<T>(string field, T typed, T seen, T newest)
    {
        if (EqualityComparer<T>.Default.Equals(typed, seen))
        {
            return newest;
        }

        if (!EqualityComparer<T>.Default.Equals(typed, newest))
        {
            _fields.Add(field);
        }

        return typed;
    }
}
