namespace OrleansLinks.Links;

/// <summary>Who looks at a link or a click.</summary>
public enum Side
{
    /// <summary>The brand, or the operator on its behalf.</summary>
    Brand,

    /// <summary>The partner.</summary>
    Partner,
}

/// <summary>
/// Reporting values: Sub IDs are the partner's alone, Param is the brand's alone, Shared ID is for both.
/// </summary>
public static class ReportingValueRules
{
    /// <summary>Most characters that a value may have.</summary>
    public const int MaxLength = 255;

    /// <summary>The values that a side may see.</summary>
    public static ReportingValues VisibleTo(Side side, ReportingValues values) => side == Side.Partner
        ? values with { Param = null }
        : values with { SubId1 = null, SubId2 = null, SubId3 = null };

    /// <summary>The names and values in the order in which they travel in a URL; those without a value are left out.</summary>
    public static IEnumerable<(string Name, string Value)> Enumerate(ReportingValues values)
    {
        if (values.SubId1 is not null)
        {
            yield return ("subId1", values.SubId1);
        }

        if (values.SubId2 is not null)
        {
            yield return ("subId2", values.SubId2);
        }

        if (values.SubId3 is not null)
        {
            yield return ("subId3", values.SubId3);
        }

        if (values.SharedId is not null)
        {
            yield return ("sharedId", values.SharedId);
        }

        if (values.Param is not null)
        {
            yield return ("param", values.Param);
        }
    }

    /// <summary>The values that a link is created with, if its creator may set them; empty ones are none.</summary>
    public static Result<ReportingValues> ForNewLink(LinkRequest request, LinkCreator creator)
    {
        var values = new ReportingValues(
            NullIfEmpty(request.SubId1),
            NullIfEmpty(request.SubId2),
            NullIfEmpty(request.SubId3),
            NullIfEmpty(request.SharedId),
            NullIfEmpty(request.Param));
        foreach (var (name, value) in Enumerate(values))
        {
            if (value.Length > MaxLength)
            {
                return Refusal.Rule("reporting_value_too_long", name, $"{name} has {value.Length} characters; at most {MaxLength} are allowed.");
            }

            if (Texts.HasForbiddenCharacters(value))
            {
                return Refusal.Rule("reporting_value_invalid", name, $"{name} contains control characters or broken Unicode; remove them.");
            }

            if (creator == LinkCreator.Brand && name.StartsWith("subId", StringComparison.Ordinal))
            {
                return Refusal.Rule("sub_id_is_partners", name, $"{name} is the partner's own; a brand can set sharedId and param.");
            }

            if (creator == LinkCreator.Partner && name == "param")
            {
                return Refusal.Rule("param_is_brands", name, "param is the brand's own; a partner can set subId1 to subId3 and sharedId.");
            }
        }

        return values;
    }

    /// <summary>The values of a click: those in the clicked URL win over those kept in the link.</summary>
    public static ReportingValues OfClick(ReportingValues clicked, ReportingValues kept)
    {
        if (clicked == ReportingValues.None)
        {
            return kept;
        }

        return new ReportingValues(
            clicked.SubId1 ?? kept.SubId1,
            clicked.SubId2 ?? kept.SubId2,
            clicked.SubId3 ?? kept.SubId3,
            clicked.SharedId ?? kept.SharedId,
            clicked.Param ?? kept.Param);
    }

    /// <summary>A value from a clicked URL made to fit: a visitor meets no error for it.</summary>
    public static string? Clean(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        var text = value.Length > MaxLength ? value[..MaxLength] : value;
        return NullIfEmpty(Texts.HasForbiddenCharacters(text) ? Texts.WithoutForbiddenCharacters(text) : text);
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
