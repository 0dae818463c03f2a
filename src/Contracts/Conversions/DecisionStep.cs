using System.Collections.Immutable;

namespace OrleansLinks.Conversions;

/// <summary>A fact that a decision rests on.</summary>
[GenerateSerializer, Immutable, Alias("DecisionInput")]
public readonly record struct DecisionInput([property: Id(0)] string Name, [property: Id(1)] string Value);

/// <summary>One of the decisions that made a conversion what it is.</summary>
/// <param name="Rule">Stable name of the rule.</param>
/// <param name="Outcome">What it came to: a stable word, or the code of the reason.</param>
/// <param name="Inputs">What it rests on.</param>
/// <param name="SettingsVersion">The version of the campaign whose settings it rests on; null where it rests on none.</param>
[GenerateSerializer, Immutable, Alias("DecisionStep")]
public sealed record DecisionStep(
    [property: Id(0)] string Rule,
    [property: Id(1)] string Outcome,
    [property: Id(2)] ImmutableArray<DecisionInput> Inputs,
    [property: Id(3)] long? SettingsVersion);

/// <summary>A conversion and the decisions that made it what it is, in their order.</summary>
[GenerateSerializer, Immutable, Alias("ExplainedConversion")]
public sealed record ExplainedConversion([property: Id(0)] Conversion Conversion, [property: Id(1)] ImmutableArray<DecisionStep> Steps);
