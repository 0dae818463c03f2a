using Npgsql;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Clicks;

/// <summary>Of which days clicks are that are read by their positions.</summary>
internal static class PostgresDays
{
    private const string Find = "SELECT min(day), max(day) FROM ledger_days WHERE shard = $1 AND last_position > $2 AND first_position <= $3";

    /// <summary>
    /// The least id, and the first that is greater than all, of a shard's clicks after a position up to another. With them in a statement,
    /// PostgreSQL opens the partitions between them alone, of which there are one or two but for clicks that come late.
    /// </summary>
    public static async Task<(Guid From, Guid To)> BoundsAsync(NpgsqlConnection connection, int shard, long after, long last)
    {
        await using var find = connection.Command(Find, Parameter.Of((short)shard), Parameter.Of(after), Parameter.Of(last));
        var days = (await find.ReadAsync(static row => (First: row.Int32OrNull(), Last: row.Int32OrNull()))).Single();
        return days is { First: { } first, Last: { } end } ? (LedgerOrder.FirstOf(first), LedgerOrder.FirstOf(end + 1)) : (Guid.Empty, Guid.Empty);
    }
}
