using System.Text.Json;

namespace OrleansLinks.WebConsole.Client;

/// <summary>Names what a user does for the API: to try the same again is the same act, and done once; anything else is another one.</summary>
public sealed class Act
{
    private string? _what;
    private Guid _id;

    /// <summary>The act's name.</summary>
    /// <param name="what">What is sent.</param>
    public Guid Of(object what)
    {
        var text = JsonSerializer.Serialize(what);
        if (text != _what)
        {
            (_what, _id) = (text, Guid.NewGuid());
        }

        return _id;
    }

    /// <summary>It is done: the same once more is another act.</summary>
    public void Done() => _what = null;
}
