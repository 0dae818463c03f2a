using System.Collections.Immutable;
using System.Globalization;

namespace OrleansLinks;

/// <summary>A fact that a decision rests on.</summary>
/// <param name="Name">Its stable name.</param>
/// <param name="Value">The fact, as the API writes it.</param>
[GenerateSerializer, Immutable, Alias("DecisionInput")]
public readonly record struct DecisionInput([property: Id(0)] string Name, [property: Id(1)] string Value)
{
    /// <summary>A number.</summary>
    public DecisionInput(string name, long value)
        : this(name, value.ToString(CultureInfo.InvariantCulture))
    {
    }

    /// <summary>A time.</summary>
    public DecisionInput(string name, DateTimeOffset value)
        : this(name, ApiTexts.Time(value))
    {
    }

    /// <summary>Whether something is.</summary>
    public DecisionInput(string name, bool value)
        : this(name, value ? "true" : "false")
    {
    }

    /// <summary>A word of an enumeration.</summary>
    public DecisionInput(string name, Enum value)
        : this(name, ApiTexts.Word(value))
    {
    }

    /// <summary>Money.</summary>
    public DecisionInput(string name, Money value)
        : this(name, value.ToText())
    {
    }
}

/// <summary>One of the decisions that made something what it is.</summary>
/// <param name="Rule">Stable name of the rule.</param>
/// <param name="Outcome">What it came to: a stable word, or the code of the reason.</param>
/// <param name="Inputs">What it rests on.</param>
/// <param name="SettingsVersion">The version of the campaign whose settings it rests on; null where it rests on none, or that is not known.</param>
[GenerateSerializer, Immutable, Alias("DecisionStep")]
public sealed record DecisionStep(
    [property: Id(0)] string Rule,
    [property: Id(1)] string Outcome,
    [property: Id(2)] ImmutableArray<DecisionInput> Inputs,
    [property: Id(3)] long? SettingsVersion);
