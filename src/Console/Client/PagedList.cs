namespace OrleansLinks.WebConsole.Client;

/// <summary>A list that is read page by page, and anew for each search. An answer that came after a later question was asked is dropped.</summary>
/// <param name="api">The API.</param>
/// <param name="path">The list's path.</param>
public sealed class PagedList<T>(ApiClient api, string path)
{
    private readonly List<T> _items = [];
    private string? _next;
    private int _asked;

    /// <summary>What the API answered to the last question for the beginning; null while it has not.</summary>
    public ApiAnswer<PageOf<T>>? First { get; private set; }

    /// <summary>What has been read.</summary>
    public IReadOnlyList<T> Items => _items;

    /// <summary>Whether there is more.</summary>
    public bool HasMore => _next is not null;

    /// <summary>A part of the names that are looked for; empty for all.</summary>
    public string Search { get; private set; } = "";

    /// <summary>Reads the beginning.</summary>
    public Task Read() => Find(Search);

    /// <summary>Reads the beginning of what has that in its name.</summary>
    public async Task Find(string? search)
    {
        Search = search?.Trim() ?? "";
        var asked = ++_asked;
        var answer = await Ask(null);
        if (asked == _asked)
        {
            First = answer;
            _items.Clear();
            Take(answer);
        }
    }

    /// <summary>Reads on.</summary>
    /// <returns>Why that did not work; null where it did.</returns>
    public async Task<ApiProblem?> ReadMore()
    {
        var asked = ++_asked;
        var answer = await Ask(_next);
        if (asked == _asked)
        {
            Take(answer);
        }

        return answer.Problem;
    }

    /// <summary>Shows a thing as it is now.</summary>
    public void Replace(Predicate<T> old, T now)
    {
        if (_items.FindIndex(old) is var at and >= 0)
        {
            _items[at] = now;
        }
    }

    private void Take(ApiAnswer<PageOf<T>> answer)
    {
        if (answer.IsOk)
        {
            _items.AddRange(answer.Value.Items);
            _next = answer.Value.NextCursor;
        }
    }

    private Task<ApiAnswer<PageOf<T>>> Ask(string? cursor)
    {
        string?[] query = [Search.Length == 0 ? null : $"search={Uri.EscapeDataString(Search)}", cursor is null ? null : $"cursor={cursor}"];
        return api.Get<PageOf<T>>($"{path}?{string.Join('&', query.Where(one => one is not null))}");
    }
}
