namespace OrleansLinks;

/// <summary>Why something is what it is.</summary>
/// <param name="Id">What is explained.</param>
/// <param name="Steps">The decisions, in their order.</param>
internal sealed record WhyView(string Id, IReadOnlyList<WhyStep> Steps)
{
    public static WhyView Of(string id, IEnumerable<DecisionStep> steps) => new(id, [.. steps.Select(step => new WhyStep(
        step.Rule, step.Outcome, step.Inputs.ToDictionary(input => input.Name, input => input.Value), step.SettingsVersion))]);
}

/// <summary>A decision.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Outcome">What it came to: a stable word, or the code of the reason.</param>
/// <param name="Inputs">What it rests on, by name.</param>
/// <param name="SettingsVersion">The version of the campaign whose settings it rests on.</param>
internal sealed record WhyStep(string Rule, string Outcome, Dictionary<string, string> Inputs, long? SettingsVersion);
