using System.Collections.Immutable;
using System.Net;

namespace OrleansLinks.Webhooks;

/// <summary>Decides whether a webhook can be made or changed so.</summary>
internal static class WebhookRules
{
    /// <summary>Most webhooks of a program, and of a partner.</summary>
    public const int MaxPerOwner = 20;

    private const int MaxUrl = 2048;
    private const int MaxDescription = 500;
    private const int MaxEvents = 50;

    private const WebhookEvents OfBrandsAlone = WebhookEvents.ConversionAttributed | WebhookEvents.ConversionUnmatched;

    /// <summary>The webhook after the change.</summary>
    /// <param name="current">The webhook; for a new one its id and owner, with version 0.</param>
    /// <param name="change">What is changed.</param>
    /// <param name="options">Where webhooks may lead.</param>
    /// <param name="now">Now.</param>
    public static Result<WebhookInfo> Apply(WebhookInfo current, WebhookChange change, WebhookOptions options, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        var url = change.Url.IsSet || current.Version == 0 ? ReadUrl(errors, change.Url.Value, options) : current.Url;
        var events = change.Events.IsSet || current.Version == 0 ? ReadEvents(errors, change.Events.Value, current) : current.Events;
        var description = errors.OptionalText("description", change.Description.Or(current.Description), MaxDescription, lineBreaks: true);
        if (change.Enabled is { IsSet: true, Value: null })
        {
            errors.Add("enabled", "enabled is true or false.");
        }

        if (errors.Any)
        {
            return errors.ToRefusal();
        }

        var next = current with { Url = url, Events = events.SequenceEqual(current.Events) ? current.Events : events, Description = description };
        if (change.Enabled.Value is { } enabled)
        {
            next = enabled
                ? next with { Enabled = true, DisabledReason = null, DisabledAt = null }
                : next with { Enabled = false, DisabledAt = current.DisabledAt ?? now };
        }

        return next == current ? current : next with { Version = current.Version + 1 };
    }

    /// <summary>The webhook after the system has disabled it.</summary>
    public static WebhookInfo Disable(WebhookInfo current, string reason, DateTimeOffset now) =>
        current with { Enabled = false, DisabledReason = reason, DisabledAt = now, Version = current.Version + 1 };

    private static string ReadUrl(FieldErrors errors, string? text, WebhookOptions options)
    {
        var typed = errors.Text("url", text, MaxUrl);
        if (typed.Length == 0)
        {
            return "";
        }

        if (!Uri.TryCreate(typed, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
            || url.Host.Length == 0 || url.Port == 0 || !typed.StartsWith($"{url.Scheme}://", StringComparison.OrdinalIgnoreCase))
        {
            errors.Add("url", "url is an absolute address such as https://www.example.com/hooks.");
        }
        else if (url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            errors.Add("url", "url has neither a user name nor a fragment (#…).");
        }
        else if (!options.AllowPrivateNetworks && url.Scheme != "https")
        {
            errors.Add("url", "url begins with https://.");
        }
        else if (!options.AllowPrivateNetworks && IPAddress.TryParse(url.Host, out var address) && !PublicAddresses.IsPublic(address))
        {
            errors.Add("url", "url leads to an address that is not public. Where receivers are in one's own network, the operator can set Webhooks:AllowPrivateNetworks.");
        }
        else if (url.AbsoluteUri.Length > MaxUrl)
        {
            errors.Add("url", $"url has {url.AbsoluteUri.Length} characters in its encoded form; at most {MaxUrl} are allowed.");
        }

        return url?.AbsoluteUri ?? "";
    }

    private static ImmutableArray<string> ReadEvents(FieldErrors errors, List<string>? names, WebhookInfo current)
    {
        var possible = WebhookEventNames.All.Where(pair => current.ProgramId is not null || (pair.Event & OfBrandsAlone) == 0).Select(pair => pair.Name).ToArray();
        if (names is not { Count: > 0 } || names.Count > MaxEvents)
        {
            errors.Add("events", $"events is required: some of {string.Join(", ", possible)}.");
            return [];
        }

        for (var i = 0; i < names.Count; i++)
        {
            if (!possible.Contains(names[i]))
            {
                errors.Add($"events[{i}]", $"An event is one of {string.Join(", ", possible)}.");
            }
        }

        return [.. possible.Where(names.Contains)];
    }
}
