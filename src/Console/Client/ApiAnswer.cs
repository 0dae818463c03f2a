using System.Diagnostics.CodeAnalysis;

namespace OrleansLinks.WebConsole.Client;

/// <summary>Why the API did not do what it was asked to, as its problem details (RFC 9457) say.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Stable name of the reason.</param>
/// <param name="Detail">The reason and the remedy, in English.</param>
/// <param name="Errors">Messages by field, in English.</param>
public sealed record ApiProblem(int Status, string Code, string? Detail, IReadOnlyDictionary<string, string[]>? Errors)
{
    /// <summary>There is no such thing, or none that the caller may know of.</summary>
    public bool IsNotFound => Status == 404;

    /// <summary>Nothing is wrong with the request; it may be tried again.</summary>
    public bool IsPassing => Status is 503 or 429;
}

/// <summary>What the API answered: a value, or a problem.</summary>
/// <param name="Value">The value.</param>
/// <param name="Problem">The problem; null where all went well.</param>
public sealed record ApiAnswer<T>(T? Value, ApiProblem? Problem)
    where T : class
{
    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsOk => Problem is null;
}

/// <summary>The answer to what has no body.</summary>
public sealed record Nothing;
