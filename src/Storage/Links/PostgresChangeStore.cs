using Npgsql;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Links;

/// <summary>
/// The feed of changes in PostgreSQL. Numbers are given out under a lock that is held until the commit (the function
/// append_change of the schema says why), so that whoever has read one has missed none before it.
/// </summary>
internal sealed class PostgresChangeStore(PostgresDatabase database, TimeProvider clock) : IChangeStore
{
    /// <summary>Changes looked at for each new one, oldest first, to forget those past their retention.</summary>
    private const int ForgottenPerChange = 4;

    /// <summary>Adds a change, in SQL; its parameters are those of <see cref="ParametersOf"/>.</summary>
    internal const string Append = "append_change($1, $2, $3, $4)";

    private const string End = "SELECT seq FROM changes_end";

    // One statement, and so one snapshot.
    private const string After =
        """
        SELECT e.seq, c.seq, c.id FROM changes_end e
        LEFT JOIN (SELECT seq, id FROM changes WHERE seq > $1 ORDER BY seq LIMIT $2) c ON true
        ORDER BY c.seq
        """;

    public Task AppendAsync(string id) => database.RunAsync($"SELECT {Append}", ParametersOf(id, clock.GetUtcNow()));

    public async Task<ChangePage> ReadAsync(long? after, int limit)
    {
        if (after is not { } place)
            return new ChangePage([], (await database.ReadAsync(End, static row => row.Int64())).Single(), HasGap: false);

        var rows = await database.ReadAsync(
            After,
            static row => (End: row.Int64(), Change: row.IsNull ? default((long Seq, string Id)?) : (row.Int64(), row.Text())),
            Parameter.Of(place),
            Parameter.Of(limit));
        return ChangePages.Of(place, rows[0].End, [.. rows.Where(row => row.Change is not null).Select(row => row.Change!.Value)]);
    }

    internal static NpgsqlParameter[] ParametersOf(string id, DateTimeOffset now) =>
    [
        Parameter.Of(id),
        Parameter.Of(now.ToUnixTimeMilliseconds()),
        Parameter.Of((now - ChangePages.Retention).ToUnixTimeMilliseconds()),
        Parameter.Of(ForgottenPerChange),
    ];
}
