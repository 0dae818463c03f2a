using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;
using Xunit;

namespace OrleansLinks.Webhooks;

/// <summary>How PostgreSQL goes about what is asked each second, over tables that are large enough to matter.</summary>
public sealed class PostgresWebhookPlanTests : IAsyncLifetime
{
    // 40 webhooks with 1,000 deliveries each, a tenth of which is pending; 20,000 conversions with an entry each.
    private const string Fill =
        """
        INSERT INTO webhooks (id, is_partners, owner, events, enabled, removed, failures)
        SELECT md5('webhook' || i)::uuid, false, md5('owner' || i)::uuid, 127, true, false, 0 FROM generate_series(1, 40) AS i;
        INSERT INTO webhook_deliveries (webhook, event_id, event, subject, created_at, body, queued_at, next_attempt_at, state, is_head, attempts)
        SELECT md5('webhook' || i % 40)::uuid, md5('event' || i)::uuid, 2, md5('subject' || i)::uuid, i, 'body', i, i, CASE WHEN i % 11 = 0 THEN 0 ELSE 1 END, i % 11 = 0, 1
        FROM generate_series(1, 40000) AS i;
        INSERT INTO conversions (amount, payout, occurred_at, reported_at, clicked_at, locks_at, terms_version, id, program_id, click_id, creation_id, task_id, campaign_id, partner_id, sequence, state, class, event_type, order_id, currency)
        SELECT 1, 1, i, i, i, i, 1, md5('conversion' || i)::uuid, md5('p')::uuid, md5('k')::uuid, md5('c')::uuid, md5('t')::uuid, md5('c')::uuid, md5('a')::uuid, 1, 1, 0, 'sale', i::text, 'EUR'
        FROM generate_series(1, 20000) AS i;
        INSERT INTO conversion_entries (conversion, at, revenue, payout, start, position, program_id, sequence, kind, conversions, shard)
        SELECT i, i, 1, 1, 0, i, md5('p')::uuid, 1, 0, 1, i % 8 FROM generate_series(1, 20000) AS i;
        ANALYZE;
        """;

    private readonly PostgresHost _host = new();

    public async ValueTask InitializeAsync() => await _host.RunAsync(Fill);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task What_is_sent_is_found_kept_and_followed_by_index()
    {
        var webhook = await OneAsync("SELECT md5('webhook7')::uuid");
        var subject = await OneAsync("SELECT md5('subject7')::uuid");
        await AssertReadsByIndexAsync(PostgresWebhookDeliveryStore.ListDue, Parameter.Of(webhook), Parameter.Of(20_000L), Parameter.Of(16));
        await AssertReadsByIndexAsync(PostgresWebhookDeliveryStore.MakeHeads, Parameter.Of(new[] { webhook }), Parameter.Of(new[] { subject }));
        await AssertReadsByIndexAsync(PostgresWebhookDeliveryStore.UnmakeHeads, Parameter.Of(new[] { webhook }), Parameter.Of(new[] { subject }));
        await AssertReadsByIndexAsync(PostgresWebhookDeliveryStore.Sleep, Parameter.Of(webhook), Parameter.Of(1L));
        await AssertReadsByIndexAsync(PostgresWebhookDeliveryStore.List, Parameter.Of(webhook), Parameter.Of(1), Parameter.Of(long.MaxValue), Parameter.Of(51L));
        await AssertReadsByIndexAsync(PostgresWebhookDeliveryStore.ListOfTime, Parameter.Of(webhook), Parameter.Of(100L), Parameter.Of(0L), Parameter.Of(9000L), Parameter.Of(100));
        await AssertReadsByIndexAsync(PostgresWebhookDeliveryStore.ListOld, Parameter.Of(1000));
    }

    [Fact]
    public async Task What_is_new_is_found_by_index()
    {
        await AssertReadsByIndexAsync(
            PostgresWebhookFeedStore.ListEntries, Parameter.Of(Enumerable.Range(0, 8).Select(shard => (short)shard).ToArray()),
            Parameter.Of(Enumerable.Repeat(19_900L, 8).ToArray()), Parameter.Of(32));
        await AssertReadsByIndexAsync(PostgresWebhookFeedStore.ListApproved, Parameter.Of(19_000L), Parameter.Of(0L), Parameter.Of(20_000L), Parameter.Of(256));
    }

    private Task<Guid> OneAsync(string sql) => _host.ReadOneAsync(sql, row => row.Guid());

    private Task<bool> AssertReadsByIndexAsync(string sql, params Npgsql.NpgsqlParameter[] parameters) => _host.Database.UseAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using var explain = connection.Command($"EXPLAIN {sql}", parameters);
        var plan = string.Join('\n', await explain.ReadAsync(row => row.Text()));
        Assert.DoesNotMatch("Seq Scan on (webhook_deliveries|conversion)", plan);
        return true;
    });
}
