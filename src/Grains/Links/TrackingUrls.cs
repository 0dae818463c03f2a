using System.Text;

namespace OrleansLinks.Links;

/// <summary>The URLs of a link.</summary>
/// <param name="TrackingUrl">The link as it is published, with the reporting values that travel with it.</param>
/// <param name="ShareableUrl">The link without any reporting value.</param>
public readonly record struct LinkUrls(string TrackingUrl, string ShareableUrl);

/// <summary>
/// Writes tracking links. Short: <c>{origin}/{code}</c>. Regular:
/// <c>{origin}/c/{partnerId}/{taskId}/{campaignId}?u={landing page}&amp;linkId={id}</c>, and reporting values behind it.
/// </summary>
public static class TrackingUrls
{
    /// <summary>Writes a link's URLs.</summary>
    /// <param name="details">The link.</param>
    /// <param name="side">Who looks at it: a value that a side may not see is not in the URLs that it gets.</param>
    /// <param name="installationOrigin">Scheme and authority of the installation's own tracking host, without a closing slash.</param>
    public static LinkUrls Write(LinkDetails details, Side side, string installationOrigin)
    {
        var link = details.Link;
        var origin = OriginOf(details.TrackingHost) ?? installationOrigin;
        if (link.Form == LinkForm.Short)
        {
            var url = $"{origin}/{link.Code}";
            return new LinkUrls(url, url);
        }

        var text = new StringBuilder($"{origin}/c/{link.PartnerId}/{link.TaskId}/{link.CampaignId}?");
        if (link.Target != LinkTarget.ProgramDefault)
        {
            text.Append("u=").Append(Uri.EscapeDataString(details.LandingPage)).Append('&');
        }

        var shareable = text.Append("linkId=").Append(link.Id).ToString();
        foreach (var (name, value) in ReportingValueRules.Enumerate(ReportingValueRules.VisibleTo(side, link.Values)))
        {
            text.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return new LinkUrls(text.ToString(), shareable);
    }

    /// <summary>https, but for a host that is this machine itself, which has no certificate.</summary>
    private static string? OriginOf(string? host)
    {
        if (host is null)
        {
            return null;
        }

        return $"{(new Uri($"http://{host}/").IsLoopback ? "http" : "https")}://{host}";
    }
}
