using System.Net.Mail;
using System.Text.RegularExpressions;

namespace OrleansLinks.Partners;

/// <summary>Decides whether a partner can be made or changed so.</summary>
internal static partial class PartnerRules
{
    /// <summary>The partner after the change; a new one when there is no <paramref name="current"/>.</summary>
    public static Result<PartnerInfo> Apply(string id, PartnerInfo? current, PartnerChange change, string? createdByProgramId, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        var name = errors.Text("name", change.Name.Or(current?.Name), 200);
        var kind = change.Kind.Or(current?.Kind);
        if (kind is null)
        {
            errors.Add("kind", "kind is required: partner or creator.");
        }

        var email = errors.OptionalText("email", change.Email.Or(current?.Email), 254);
        if (email is not null && !(MailAddress.TryCreate(email, out var address) && address.Address == email))
        {
            errors.Add("email", "email is an address such as name@example.com.");
        }

        var locale = errors.OptionalText("locale", change.Locale.Or(current?.Locale), 35);
        if (locale is not null && !LocalePattern().IsMatch(locale))
        {
            errors.Add("locale", "locale is a BCP 47 tag such as en, zh-Hans or ja.");
        }

        if (errors.Any)
        {
            return errors.ToRefusal();
        }

        var next = new PartnerInfo(
            id,
            name,
            kind!.Value,
            email,
            locale,
            change.State.Or(current?.State) ?? PartnerState.Active,
            current is null ? createdByProgramId : current.CreatedByProgramId,
            current?.CreatedAt ?? now,
            (current?.Version ?? 0) + 1);
        return next with { Version = next.Version - 1 } == current ? current : next;
    }

    [GeneratedRegex(@"\A[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\z")]
    private static partial Regex LocalePattern();
}
