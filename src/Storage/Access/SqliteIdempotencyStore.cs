using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Access;

/// <summary>Idempotent requests in SQLite.</summary>
internal sealed class SqliteIdempotencyStore(SqliteDatabase database) : IIdempotencyStore
{
    /// <summary>Requests looked at for each new one, oldest first, to forget those past their retention.</summary>
    internal const int ForgottenPerRequest = 4;

    private const string Insert =
        "INSERT INTO idempotency (key, seed, body_hash, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING";

    private const string Find = "SELECT seed, body_hash, status, body, location, etag FROM idempotency WHERE key = ?";

    private const string Forget =
        "DELETE FROM idempotency WHERE created_at < ? AND seq IN (SELECT seq FROM idempotency ORDER BY seq LIMIT ?)";

    public Task<StoredRequest> BeginAsync(string key, StoredRequest request, DateTimeOffset now) => database.WriteAsync(session =>
    {
        session.Prepare(Forget).Bind(now - IIdempotencyStore.Retention).Bind(ForgottenPerRequest).Run();
        var isNew = session.Prepare(Insert).Bind(key).Bind(request.Seed).Bind(request.BodyHash).Bind(now).Run() == 1;
        return isNew ? request with { Answer = null } : session.Prepare(Find).Bind(key).First(Read, request);
    });

    public Task CompleteAsync(string key, StoredAnswer answer) => database.WriteAsync(session => session
        .Prepare("UPDATE idempotency SET status = ?, body = ?, location = ?, etag = ? WHERE key = ?")
        .Bind(answer.Status).Bind(answer.Body).Bind(answer.Location).Bind(answer.ETag).Bind(key).Run());

    public Task RemoveAsync(string key) => database.WriteAsync(session =>
        session.Prepare("DELETE FROM idempotency WHERE key = ?").Bind(key).Run());

    private static StoredRequest Read(SqliteStatement row) => new(
        row.Guid(),
        row.Bytes(),
        row.IsNull ? null : new StoredAnswer(row.Int32(), row.Bytes(), row.TextOrNull(), row.TextOrNull()));
}
