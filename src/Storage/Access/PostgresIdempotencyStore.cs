using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Access;

/// <summary>Idempotent requests in PostgreSQL.</summary>
internal sealed class PostgresIdempotencyStore(PostgresDatabase database) : IIdempotencyStore
{
    /// <summary>Requests looked at for each new one, oldest first, to forget those past their retention.</summary>
    private const int ForgottenPerRequest = 4;

    private const string Forget =
        "DELETE FROM idempotency WHERE created_at < $1 AND seq IN (SELECT seq FROM idempotency ORDER BY seq LIMIT $2 FOR UPDATE SKIP LOCKED)";

    // The update changes nothing; it makes the row that is there be answered, also when another has only just committed it.
    private const string Insert =
        """
        INSERT INTO idempotency AS i (key, seed, body_hash, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (key) DO UPDATE SET key = i.key
        RETURNING seed, body_hash, status, body, location, etag
        """;

    private const string Complete = "UPDATE idempotency SET status = $2, body = $3, location = $4, etag = $5 WHERE key = $1";

    public Task<StoredRequest> BeginAsync(string key, StoredRequest request, DateTimeOffset now) => database.UseAsync(async connection =>
    {
        await using var batch = connection.CreateBatch()
            .Add(Forget, Parameter.Of((now - IIdempotencyStore.Retention).ToUnixTimeMilliseconds()), Parameter.Of(ForgottenPerRequest))
            .Add(Insert, Parameter.Of(key), Parameter.Of(request.Seed), Parameter.Of(request.BodyHash), Parameter.Of(now.ToUnixTimeMilliseconds()));
        await batch.PrepareAsync();
        await using var reader = await batch.ExecuteReaderAsync();
        return (await reader.ReadRowsAsync(Read)).Single();
    });

    public Task CompleteAsync(string key, StoredAnswer answer) => database.RunAsync(
        Complete, Parameter.Of(key), Parameter.Of(answer.Status), Parameter.Of(answer.Body), Parameter.Of(answer.Location), Parameter.Of(answer.ETag));

    public Task RemoveAsync(string key) => database.RunAsync("DELETE FROM idempotency WHERE key = $1", Parameter.Of(key));

    private static StoredRequest Read(IRow row) => new(
        row.Guid(),
        row.Bytes(),
        row.IsNull ? null : new StoredAnswer(row.Int32(), row.Bytes(), row.TextOrNull(), row.TextOrNull()));
}
