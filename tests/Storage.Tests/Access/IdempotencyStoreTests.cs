using OrleansLinks.Storage;
using Xunit;

namespace OrleansLinks.Access;

public abstract class IdempotencyStoreTests(StorageHost host) : StoreTests(host)
{
    private IIdempotencyStore Requests => Host.Get<IIdempotencyStore>();

    [Fact]
    public async Task A_repeat_finds_the_first_request()
    {
        var first = await BeginAsync("key", 1);
        var repeat = await BeginAsync("key", 2);

        Assert.Equal(first.Seed, repeat.Seed);
        Assert.Equal(first.BodyHash, repeat.BodyHash);
        Assert.Null(repeat.Answer);
    }

    [Theory]
    [InlineData("/v1/links/lnk_x", "\"1\"")]
    [InlineData(null, null)]
    public async Task An_answer_is_kept_also_after_reopening(string? location, string? etag)
    {
        await BeginAsync("key", 1);
        await Requests.CompleteAsync("key", new StoredAnswer(201, "{}"u8.ToArray(), location, etag));
        await Host.CloseAsync();

        var answer = (await BeginAsync("key", 1)).Answer!;

        Assert.Equal((201, location, etag), (answer.Status, answer.Location, answer.ETag));
        Assert.Equal("{}"u8.ToArray(), answer.Body);
    }

    [Fact]
    public async Task A_request_that_is_removed_begins_anew()
    {
        var first = await BeginAsync("key", 1);
        await Requests.RemoveAsync("key");

        Assert.NotEqual(first.Seed, (await BeginAsync("key", 1)).Seed);
    }

    [Fact]
    public async Task Requests_are_forgotten_after_their_retention_and_not_before()
    {
        var old = await BeginAsync("old", 1);
        Host.Clock.Now += IIdempotencyStore.Retention;
        await BeginAsync("other", 1);
        Assert.Equal(old.Seed, (await BeginAsync("old", 1)).Seed);

        Host.Clock.Now += TimeSpan.FromSeconds(1);
        await BeginAsync("another", 1);
        Assert.NotEqual(old.Seed, (await BeginAsync("old", 1)).Seed);
    }

    private Task<StoredRequest> BeginAsync(string key, byte body) =>
        Requests.BeginAsync(key, new StoredRequest(Guid.NewGuid(), [body, 0, 255], null), Host.Clock.Now);
}

public sealed class SqliteIdempotencyStoreTests() : IdempotencyStoreTests(new SqliteHost());

public sealed class PostgresIdempotencyStoreTests() : IdempotencyStoreTests(new PostgresHost());
