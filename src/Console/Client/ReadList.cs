namespace OrleansLinks.WebConsole.Client;

/// <summary>A list of the API that is read as far as it is shown, of which a page may show some things alone.</summary>
/// <param name="api">The API.</param>
/// <param name="path">The list's path and query, without limit and cursor.</param>
/// <param name="fits">What is shown; null for all.</param>
public sealed class ReadList<T>(ApiClient api, string path, Func<T, bool>? fits = null)
    where T : class
{
    private const int PageSize = 50;

    /// <summary>So many pages are read at most for what one click asks for: who wants still more clicks again.</summary>
    private const int PagesAtOnce = 10;

    private readonly List<T> _items = [];
    private string? _cursor;
    private bool _begun;

    /// <summary>What was read so far, newest first.</summary>
    public IReadOnlyList<T> Items => _items;

    /// <summary>Whether there is more to read.</summary>
    public bool HasMore => !_begun || _cursor is not null;

    /// <summary>Reads on until so many more have come, or there are no more.</summary>
    /// <param name="count">How many more are wanted.</param>
    /// <returns>Why it could not be read; null where it could.</returns>
    public async Task<ApiProblem?> ReadMore(int count)
    {
        var enough = _items.Count + count;
        for (var pages = 0; HasMore && _items.Count < enough && pages < PagesAtOnce; pages++)
        {
            var limit = fits is null ? enough - _items.Count : PageSize;
            var answer = await api.Get<PageOf<T>>(
                $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}{(_cursor is null ? "" : $"&cursor={_cursor}")}");
            if (!answer.IsOk)
            {
                return answer.Problem;
            }

            _items.AddRange(fits is null ? answer.Value.Items : answer.Value.Items.Where(fits));
            (_begun, _cursor) = (true, answer.Value.NextCursor);
        }

        return null;
    }
}
