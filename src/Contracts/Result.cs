using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace OrleansLinks;

/// <summary>What kind of expected outcome a refusal is; the HTTP API gives each kind its status.</summary>
[GenerateSerializer, Alias("RefusalKind")]
public enum RefusalKind
{
    /// <summary>There is no such thing, or none that the caller may know of (404).</summary>
    NotFound,

    /// <summary>The state of the thing does not allow it now (409).</summary>
    Conflict,

    /// <summary>The caller's version is not the current one (412).</summary>
    StaleVersion,

    /// <summary>A rule does not allow it (422).</summary>
    RuleBroken,
}

/// <summary>A field that a rule refused, and why.</summary>
/// <param name="Field">The field's path in the request, such as <c>landing.savedPages[0].url</c>.</param>
/// <param name="Message">What is wrong and what would be right.</param>
[GenerateSerializer, Immutable, Alias("FieldError")]
public sealed record FieldError([property: Id(0)] string Field, [property: Id(1)] string Message);

/// <summary>An expected "no": nothing was changed.</summary>
/// <param name="Kind">What kind of "no" it is.</param>
/// <param name="Code">Stable name of the reason, in snake_case.</param>
/// <param name="Message">The reason and the remedy, for a person.</param>
/// <param name="Errors">The fields that are to blame; empty when none is.</param>
[GenerateSerializer, Immutable, Alias("Refusal")]
public sealed record Refusal(
    [property: Id(0)] RefusalKind Kind,
    [property: Id(1)] string Code,
    [property: Id(2)] string Message,
    [property: Id(3)] ImmutableArray<FieldError> Errors)
{
    /// <summary>There is no such thing.</summary>
    public static Refusal NotFound(string what) =>
        new(RefusalKind.NotFound, "not_found", $"There is no such {what}.", []);

    /// <summary>A rule about one field was broken.</summary>
    public static Refusal Rule(string code, string field, string message) =>
        new(RefusalKind.RuleBroken, code, message, [new FieldError(field, message)]);

    /// <summary>A rule that no single field is to blame for was broken.</summary>
    public static Refusal Rule(string code, string message) => new(RefusalKind.RuleBroken, code, message, []);

    /// <summary>Some fields are not valid.</summary>
    public static Refusal Invalid(ImmutableArray<FieldError> errors) => errors.Length == 1
        ? new(RefusalKind.RuleBroken, "validation_failed", errors[0].Message, errors)
        : new(RefusalKind.RuleBroken, "validation_failed", $"{errors.Length} fields are not valid.", errors);

    /// <summary>The state of the thing does not allow it now.</summary>
    public static Refusal Conflict(string code, string message) => new(RefusalKind.Conflict, code, message, []);

    /// <summary>The refusal of a change that expects another version than the current one; null when it does not, or does not care.</summary>
    public static Refusal? WhenStale(long current, long? expected) => expected is null || expected == current ? null : Stale(current);

    /// <summary>The version that the caller changed is not the current one.</summary>
    public static Refusal Stale(long current) => new(
        RefusalKind.StaleVersion,
        "stale_version",
        $"It has been changed meanwhile and is now at version {current}. Read it again, then repeat the change with its ETag in If-Match.",
        []);
}

/// <summary>A value, or the reason why there is none.</summary>
[GenerateSerializer, Immutable, Alias("Result`1")]
public sealed record Result<T>([property: Id(0)] T? Value, [property: Id(1)] Refusal? Refusal)
    where T : class
{
    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsOk => Refusal is null;

    /// <summary>A value.</summary>
    public static Result<T> Ok(T value) => new(value, null);

    /// <summary>No value, and why.</summary>
    public static Result<T> Refused(Refusal refusal) => new(null, refusal);

    /// <summary>A value.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "Ok is the named alternate.")]
    public static implicit operator Result<T>(T value) => Ok(value);

    /// <summary>No value, and why.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "Refused is the named alternate.")]
    public static implicit operator Result<T>(Refusal refusal) => Refused(refusal);

    /// <summary>Makes something else of the value, if there is one.</summary>
    public Result<TOther> Map<TOther>(Func<T, TOther> map)
        where TOther : class => IsOk ? map(Value) : Refusal;
}
