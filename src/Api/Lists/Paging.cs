using System.Buffers.Text;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OrleansLinks.Directory;
using OrleansLinks.Problems;

namespace OrleansLinks.Lists;

/// <summary>A page of a list.</summary>
/// <param name="Items">The things on the page.</param>
/// <param name="NextCursor">What <c>cursor</c> of the next page is; null when this is the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)] string? NextCursor);

/// <summary>Which page of a list is asked for.</summary>
internal sealed class PageQuery
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    [FromQuery(Name = "limit"), Description("At most so many items, 1 to 500.")]
    public string? Limit { get; init; }

    [FromQuery(Name = "cursor"), Description("nextCursor of the page before.")]
    public string? Cursor { get; init; }

    /// <summary>Reads the page of a list; the problem when it cannot be read.</summary>
    /// <param name="list">Name of the list, which a cursor is good for.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="after">What the page before ended with; null for the first page.</param>
    public ProblemHttpResult? Read(string list, out int limit, out string? after)
    {
        after = null;
        limit = string.IsNullOrEmpty(Limit) ? DefaultLimit : ReadLimit(Limit) ?? 0;
        if (limit is < 1 or > MaxLimit)
        {
            return ApiProblems.Malformed("limit_invalid", "limit", $"limit is a number from 1 to {MaxLimit}.");
        }

        return Cursor is null || Cursors.TryRead(list, Cursor, out after)
            ? null
            : CursorInvalid();
    }

    /// <summary>Reads a number of things; null for what is none.</summary>
    public static int? ReadLimit(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;

    /// <summary>As the other, for a list whose pages end with numbers.</summary>
    public ProblemHttpResult? ReadNumber(string list, out int limit, out long? before)
    {
        before = null;
        if (Read(list, out limit, out var after) is { } problem)
        {
            return problem;
        }

        if (after is null)
        {
            return null;
        }

        before = long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return before is null ? CursorInvalid() : null;
    }

    public static ProblemHttpResult CursorInvalid() => ApiProblems.Malformed(
        "cursor_invalid", "cursor", "cursor is the nextCursor of a page of this list; leave it out for the first page.");
}

/// <summary>Which names of a list of things with names are asked for.</summary>
internal sealed class SearchQuery
{
    public const int MaxLength = 100;

    [FromQuery(Name = "search"), Description("Only those with this text anywhere in their name, in any case; 1 to 100 characters.")]
    public string? Search { get; init; }

    /// <summary>Reads the page of a list and what is searched for; the problem when one of them cannot be read.</summary>
    /// <param name="page">Which page.</param>
    /// <param name="list">Name of the list. A cursor is good for it and this search.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="after">What the page before ended with; null for the first page.</param>
    /// <param name="text">What is searched for, as <see cref="DirectoryNames"/> compares it; null when the whole list is asked for.</param>
    /// <param name="cursorList">What the page's own cursor is good for.</param>
    public ProblemHttpResult? Read(PageQuery page, string list, out int limit, out string? after, out string? text, out string cursorList)
    {
        text = null;
        cursorList = list;
        if (Search is not null)
        {
            var search = Search.Trim();
            if (search.Length is 0 or > MaxLength || Texts.HasForbiddenCharacters(search))
            {
                (limit, after) = (0, null);
                return ApiProblems.Malformed(
                    "search_invalid", "search", $"search has 1 to {MaxLength} characters and no control characters; leave it out for the whole list.");
            }

            text = DirectoryNames.Fold(search);
            cursorList = $"{list}?{text}";
        }

        return page.Read(cursorList, out limit, out after);
    }
}

/// <summary>
/// Cursors: what a page ended with, behind a checksum that also names the list, so that a cursor that was made up, cut
/// or taken from another list is refused. They hide nothing and guard nothing else.
/// </summary>
internal static class Cursors
{
    private const int ChecksumLength = 6;

    public static string Write(string list, string last)
    {
        var text = Encoding.UTF8.GetBytes(last);
        return Base64Url.EncodeToString([.. Checksum(list, text), .. text]);
    }

    /// <summary>The cursor of a page that ended with a number; null after the last.</summary>
    public static string? Write(string list, long? last) => last is { } number ? Write(list, number.ToString(CultureInfo.InvariantCulture)) : null;

    public static bool TryRead(string list, string cursor, out string? last)
    {
        last = null;
        if (cursor.Length is 0 or > 400 || !Base64Url.IsValid(cursor))
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(cursor);
        if (bytes.Length <= ChecksumLength || !Checksum(list, bytes[ChecksumLength..]).AsSpan().SequenceEqual(bytes.AsSpan(0, ChecksumLength)))
        {
            return false;
        }

        last = Encoding.UTF8.GetString(bytes.AsSpan(ChecksumLength));
        return true;
    }

    private static byte[] Checksum(string list, byte[] text) => SHA256.HashData([.. Encoding.UTF8.GetBytes(list), 0, .. text])[..ChecksumLength];
}

/// <summary>Reads lists of ids from the directory and the things behind them from their actors.</summary>
internal static class DirectoryPages
{
    /// <summary>A page of a list.</summary>
    /// <param name="grains">The actors.</param>
    /// <param name="list">A name from <see cref="DirectoryLists"/>.</param>
    /// <param name="query">Which page.</param>
    /// <param name="read">Reads one thing; null leaves it out.</param>
    public static async Task<Results<Ok<Page<T>>, ProblemHttpResult>> List<T>(
        this IGrainFactory grains, string list, PageQuery query, Func<string, Task<T?>> read)
        where T : class
    {
        if (query.Read(list, out var limit, out var after) is { } problem)
        {
            return problem;
        }

        var directory = grains.GetGrain<IDirectoryGrain>(0);
        return TypedResults.Ok(await Fill((from, count) => directory.List(list, from, count), list, after, limit, read));
    }

    /// <summary>A page of a list of things with names, all or those that are searched for.</summary>
    /// <param name="grains">The actors.</param>
    /// <param name="list">A name from <see cref="DirectoryLists"/>.</param>
    /// <param name="page">Which page.</param>
    /// <param name="search">What is searched for.</param>
    /// <param name="nameOf">The name of one thing.</param>
    /// <param name="read">Reads one thing; null leaves it out.</param>
    public static async Task<Results<Ok<Page<T>>, ProblemHttpResult>> Search<T>(
        this IGrainFactory grains, string list, PageQuery page, SearchQuery search, Func<T, string> nameOf, Func<string, Task<T?>> read)
        where T : class
    {
        if (search.Read(page, list, out var limit, out var after, out var text, out var cursorList) is { } problem)
        {
            return problem;
        }

        var directory = grains.GetGrain<IDirectoryGrain>(0);
        return TypedResults.Ok(text is null
            ? await Fill((from, count) => directory.List(list, from, count), cursorList, after, limit, read)
            : await Fill(
                (from, count) => directory.Search(list, text, from, count),
                cursorList,
                after,
                limit,
                async id => await read(id) is { } one && DirectoryNames.Match(nameOf(one), text) ? one : null));
    }

    /// <summary>
    /// Reads a page. What is on the list and not there, as something that is made this moment, makes no page shorter: a page that
    /// ended early would look like the last.
    /// </summary>
    private static async Task<Page<T>> Fill<T>(Func<string?, int, Task<ImmutableArray<string>>> list, string cursorList, string? after, int limit, Func<string, Task<T?>> read)
        where T : class
    {
        var items = new List<T>();
        while (true)
        {
            var missing = limit - items.Count;
            var ids = await list(after, missing);
            items.AddRange((await Task.WhenAll(ids.Select(read))).OfType<T>());
            if (ids.Length < missing)
            {
                return new Page<T>([.. items], null);
            }

            after = ids[^1];
            if (items.Count == limit)
            {
                return new Page<T>([.. items], Cursors.Write(cursorList, after));
            }
        }
    }

    /// <summary>The list of somebody who has one thing alone; its first page is its last.</summary>
    public static async Task<Results<Ok<Page<T>>, ProblemHttpResult>> SearchOne<T>(
        string list, PageQuery page, SearchQuery search, Func<T, string> nameOf, Func<ValueTask<T?>> read)
        where T : class
    {
        if (search.Read(page, list, out _, out var after, out var text, out _) is { } problem)
        {
            return problem;
        }

        var one = after is null ? await read() : null;
        return TypedResults.Ok(new Page<T>(one is not null && (text is null || DirectoryNames.Match(nameOf(one), text)) ? [one] : [], null));
    }
}
