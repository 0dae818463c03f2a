using System.Collections.Immutable;
using OrleansLinks.Directory;

namespace OrleansLinks.Webhooks;

/// <summary>What a webhook's actor keeps. Secrets are kept as they are, since an HMAC needs them; the newest is the first.</summary>
/// <param name="Info">The settings.</param>
/// <param name="Secrets">The secrets.</param>
/// <param name="RemovedAt">When it was removed; null when it was not.</param>
[GenerateSerializer, Immutable, Alias("WebhookRecord")]
public sealed record WebhookRecord(
    [property: Id(0)] WebhookInfo Info,
    [property: Id(1)] ImmutableArray<WebhookSecret> Secrets,
    [property: Id(2)] DateTimeOffset? RemovedAt);

[GrainType("webhook")]
internal sealed class WebhookGrain(
    [PersistentState("webhook")] IPersistentState<SettingsState<WebhookRecord>> state,
    SettingsChanges changes,
    IWebhookFeedStore feed,
    IDirectoryStore directory,
    WebhookOptions options,
    TimeProvider clock) : SettingsGrain<WebhookRecord>(state, changes), IWebhookGrain
{
    // Of more secrets than these, events are signed with the newest.
    private const int MaxSecrets = 5;

    private WebhookRecord? Alive => CurrentOrLeave() is { RemovedAt: null } record ? record : null;

    public async Task<Result<WebhookInfo>> Create(WebhookChange settings, string? programId, string? partnerId, WebhookSecret secret)
    {
        if (Current is not null)
        {
            return Alive is { } there ? there.Info : Refusal.NotFound("webhook");
        }

        var now = clock.GetUtcNow();
        var made = WebhookRules.Apply(new WebhookInfo(this.GetPrimaryKeyString(), programId, partnerId, "", [], null, true, null, null, now, 0), settings, options, now);
        if (!made.IsOk)
        {
            return made;
        }

        if (!await feed.AddAsync(SubscriptionOf(made.Value), WebhookRules.MaxPerOwner, now))
        {
            return Refusal.Rule("too_many_webhooks", $"There are {WebhookRules.MaxPerOwner} webhooks already; remove one first.");
        }

        await directory.AddAsync([.. ListsOf(made.Value)]);
        await Write(new WebhookRecord(made.Value, [secret], null));
        return made;
    }

    public ValueTask<WebhookInfo?> Get() => new(Alive?.Info);

    public ValueTask<WebhookTarget?> GetTarget() => new(Alive is { Info: var info } record
        ? new WebhookTarget(info.Url, [.. Working(record, clock.GetUtcNow()).Select(secret => secret.Secret)], info.Enabled)
        : null);

    public async Task<Result<WebhookInfo>> Change(WebhookChange change, long? expectedVersion)
    {
        if (Alive is not { Info: var current } record)
        {
            return Refusal.NotFound("webhook");
        }

        if (Refusal.WhenStale(current.Version, expectedVersion) is { } stale)
        {
            return stale;
        }

        var changed = WebhookRules.Apply(current, change, options, clock.GetUtcNow());
        if (changed.IsOk)
        {
            await Write(record, changed.Value);
        }

        return changed;
    }

    public async Task<Result<WebhookSecret>> Rotate(WebhookSecret secret, TimeSpan overlap)
    {
        if (Alive is not { } record)
        {
            return Refusal.NotFound("webhook");
        }

        if (record.Secrets.FirstOrDefault(one => one.CreationId == secret.CreationId) is { } known)
        {
            return known;
        }

        var now = clock.GetUtcNow();
        var end = now + overlap;
        var before = Working(record, now).Take(MaxSecrets - 1).Select(one => one.ExpiresAt < end ? one : one with { ExpiresAt = end });
        await Write(record with { Info = record.Info with { Version = record.Info.Version + 1 }, Secrets = [secret, .. before] });
        return secret;
    }

    public async Task Disable(string reason)
    {
        if (Alive is { Info.Enabled: true } record)
        {
            await Write(record, WebhookRules.Disable(record.Info, reason, clock.GetUtcNow()));
        }
    }

    public async Task Remove()
    {
        if (Alive is { } record)
        {
            await feed.RemoveAsync(record.Info.Id);
            await Write(record with { RemovedAt = clock.GetUtcNow() });
            await directory.RemoveAsync([.. ListsOf(record.Info)]);
        }
    }

    /// <summary>Writes settings, then what follows from them for who sends: also when they are as before, in case that was cut off then.</summary>
    private async Task Write(WebhookRecord record, WebhookInfo next)
    {
        if (next != record.Info)
        {
            await Write(record with { Info = next });
        }

        await feed.ChangeAsync(SubscriptionOf(next), clock.GetUtcNow());
    }

    private static IEnumerable<WebhookSecret> Working(WebhookRecord record, DateTimeOffset now) => record.Secrets.Where(secret => !(secret.ExpiresAt <= now));

    private static WebhookSubscription SubscriptionOf(WebhookInfo info) => new(info.Id, OwnerOf(info), WebhookEventNames.Sum(info.Events), info.Enabled);

    private static string OwnerOf(WebhookInfo info) => (info.ProgramId ?? info.PartnerId)!;

    private static IEnumerable<DirectoryEntry> ListsOf(WebhookInfo info) =>
        [new DirectoryEntry(DirectoryLists.Webhooks, info.Id), new DirectoryEntry(DirectoryLists.WebhooksOf(OwnerOf(info)), info.Id)];
}
