using Orleans.Concurrency;

namespace OrleansLinks.Webhooks;

/// <summary>A webhook's settings; its key is the webhook's id (<c>whk_…</c>).</summary>
[Alias("IWebhookGrain")]
public interface IWebhookGrain : IGrainWithStringKey
{
    /// <summary>Makes the webhook, once; a repeat answers the webhook that is there. Its events are those from then on.</summary>
    /// <param name="settings">Its fields.</param>
    /// <param name="programId">The program whose brand it is of; null for a partner's.</param>
    /// <param name="partnerId">The partner it is of; null for a brand's.</param>
    /// <param name="secret">What its events are signed with.</param>
    [Alias("Create")]
    Task<Result<WebhookInfo>> Create(WebhookChange settings, string? programId, string? partnerId, WebhookSecret secret);

    /// <summary>The webhook, or null when it was never made or is removed.</summary>
    [Alias("Get"), AlwaysInterleave]
    ValueTask<WebhookInfo?> Get();

    /// <summary>What who sends needs to know; null when it was never made or is removed.</summary>
    [Alias("GetTarget"), AlwaysInterleave]
    ValueTask<WebhookTarget?> GetTarget();

    /// <summary>Changes the fields that are set, all or none.</summary>
    [Alias("Change")]
    Task<Result<WebhookInfo>> Change(WebhookChange change, long? expectedVersion);

    /// <summary>Adds a secret, once; until the overlap is over, events are signed with those before it too.</summary>
    [Alias("Rotate")]
    Task<Result<WebhookSecret>> Rotate(WebhookSecret secret, TimeSpan overlap);

    /// <summary>Has the system send no more until its owner enables it again.</summary>
    /// <param name="reason">Why, a stable word.</param>
    [Alias("Disable")]
    Task Disable(string reason);

    /// <summary>Removes it, and all that is kept for it.</summary>
    [Alias("Remove")]
    Task Remove();
}
