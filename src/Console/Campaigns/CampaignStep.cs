using Microsoft.AspNetCore.Components;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole.Campaigns;

/// <summary>A part of the form that a campaign is made or changed with.</summary>
public abstract class CampaignStep : ComponentBase
{
    /// <summary>The form.</summary>
    [Parameter, EditorRequired]
    public CampaignForm Form { get; set; } = null!;

    /// <summary>The console's texts.</summary>
    [Inject]
    protected PageTexts L { get; set; } = null!;

    /// <summary>What is wrong, in the language of the page.</summary>
    [Inject]
    protected ProblemTexts Problems { get; set; } = null!;

    /// <summary>What was typed.</summary>
    protected CampaignDraft Draft => Form.Draft;

    /// <summary>What is wrong with a field; null where nothing is, or it is not yet time to say so.</summary>
    protected string? ErrorOf(string field) => Form.ErrorOf(field) is { } error ? Problems.Of(error.Problem, error.Field) : null;

    /// <summary>Takes what was typed in a field.</summary>
    protected void Set(string field, Action set)
    {
        set();
        Form.Type(field);
    }
}
