using System.Collections.Immutable;
using System.Text;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Clicks;

/// <summary>Moves counters in SQLite, within the transaction of what they count.</summary>
/// <remarks>The writer's thread alone uses it.</remarks>
internal sealed class SqliteTotals(TimeProvider clock)
{
    private const string MoveCounters =
        $"""
        INSERT INTO counters (scope, {ClickRows.Totals}) VALUES (?, {SqliteTallies.Parameters}, 1, ?)
        ON CONFLICT (scope) DO UPDATE SET {SqliteTallies.Added}, version = version + 1, changed_at = excluded.changed_at
        """;

    private const string MoveTaskCounters = $"{MoveCounters} RETURNING {ClickRows.Totals}";

    private static readonly byte[] TaskPrefix = Encoding.UTF8.GetBytes(EntityId.Task);

    private readonly SqliteNumbers _numbers = new();

    /// <summary>To be called before anything else in each piece of work.</summary>
    /// <returns>The numbers by which rows name things.</returns>
    public SqliteNumbers Begin(SqliteSession session)
    {
        _numbers.Begin(session);
        return _numbers;
    }

    /// <summary>Moves all that a fold concerns.</summary>
    /// <returns>The totals of its tasks.</returns>
    public ImmutableArray<TaskTotals> Move(SqliteSession session, ClickFold fold)
    {
        var now = clock.GetUtcNow();
        var move = session.Prepare(MoveCounters);
        var moveTask = session.Prepare(MoveTaskCounters);
        var tasks = ImmutableArray.CreateBuilder<TaskTotals>();
        foreach (var (scope, tally) in fold.Counters())
        {
            var number = _numbers.OfScope(session, scope);
            if (scope.AsSpan().StartsWith(TaskPrefix))
                tasks.Add(new(Encoding.UTF8.GetString(scope), moveTask.Bind(number).Bind(tally).Bind(now).First(ClickRows.ReadTotals, CounterTotals.Zero)));
            else
                move.Bind(number).Bind(tally).Bind(now).Run();
        }

        return tasks.DrainToImmutable();
    }
}
