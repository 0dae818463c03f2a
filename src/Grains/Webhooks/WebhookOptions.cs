namespace OrleansLinks.Webhooks;

/// <summary>Webhooks (section <c>Webhooks</c>).</summary>
public sealed class WebhookOptions
{
    /// <summary>
    /// Whether webhooks may lead to addresses that are not public (loopback, private, link-local …) and may be http: for receivers in
    /// one's own network. Who makes webhooks can then have silos call whatever is in that network.
    /// </summary>
    public bool AllowPrivateNetworks { get; set; }
}
