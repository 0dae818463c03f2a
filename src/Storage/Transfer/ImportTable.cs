using Microsoft.Data.Sqlite;
using Npgsql;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Transfer;

/// <summary>
/// A table of PostgreSQL and what it is filled with: a column with what SQLite calls the same, unless it says otherwise. Columns and their
/// types are those that the table has, so that none can be forgotten.
/// </summary>
/// <param name="name">The table.</param>
/// <param name="called">What messages call its rows.</param>
/// <param name="from">What is selected from in SQLite, with the order.</param>
/// <param name="differently">Columns that are filled otherwise.</param>
internal sealed class ImportTable(string name, string called, string from, params ImportColumn[] differently)
{
    /// <summary>So many bytes of rows are sent at once: what is in memory does not grow with the table.</summary>
    private const int PieceBytes = 256 * 1024;

    private const string ListColumns =
        "SELECT attname::text, atttypid::regtype::text FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum";

    // The day that PostgreSQL counts microseconds from.
    private static readonly long PostgresEpoch = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public string Name => name;

    public string Called => called;

    /// <summary>Copies all rows, as they come.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL did not take them.</exception>
    /// <exception cref="DataFolderException">SQLite did not give them.</exception>
    public async Task CopyAsync(NpgsqlConnection connection, SqliteSession source)
    {
        var columns = await ColumnsAsync(connection);
        var select = source.Prepare($"SELECT {string.Join(", ", columns.Select(column => column.Expression))} FROM {from}");
        var rows = new CopyBuffer(2 * PieceBytes);
        await using var copy = await connection.BeginRawBinaryCopyAsync($"COPY {name} ({string.Join(", ", columns.Select(column => column.Name))}) FROM STDIN (FORMAT BINARY)");
        try
        {
            while (select.Step())
            {
                rows.Row((short)columns.Length);
                foreach (var column in columns)
                    column.Write(select, rows);

                if (rows.Length >= PieceBytes)
                    await rows.SendAsync(copy);
            }

            await copy.WriteAsync(rows.Complete());
        }
        catch (Exception failure) when (failure is not NpgsqlException)
        {
            // Or it would be told that what was sent is all, and complain of that.
            await copy.CancelAsync();
            if (failure is SqliteException damage)
                throw ImportSource.Unreadable(source, damage);

            throw;
        }
        finally
        {
            select.Reset();
        }
    }

    private async Task<Column[]> ColumnsAsync(NpgsqlConnection connection)
    {
        await using var list = connection.Command(ListColumns, Parameter.Of(name));
        var columns = await list.ReadAsync(static row => (Name: row.Text(), Type: row.Text()));
        return [.. columns.Select(column =>
        {
            var other = differently.SingleOrDefault(other => other.Name == column.Name);
            return new Column(column.Name, other?.Expression ?? column.Name, other?.Write ?? WriterOf(column.Type));
        })];
    }

    private static Action<SqliteStatement, CopyBuffer> WriterOf(string type)
    {
        Action<SqliteStatement, CopyBuffer> write = type switch
        {
            "bigint" => static (row, into) => into.Int64(row.Int64()),
            "integer" => static (row, into) => into.Int32(row.Int32()),
            "smallint" => static (row, into) => into.Int16((short)row.Int32()),
            "boolean" => static (row, into) => into.Boolean(row.Boolean()),
            "uuid" or "bytea" => static (row, into) => into.Bytes(row.Span()),
            "text" => static (row, into) => into.Text(row.Span()),
            "timestamp with time zone" => static (row, into) => into.Int64((row.Int64() - PostgresEpoch) * 1000),
            _ => throw new InvalidOperationException($"The import knows no columns of type {type}."),
        };
        return (row, into) =>
        {
            if (row.IsNull)
            {
                row.Span();
                into.None();
            }
            else
            {
                write(row, into);
            }
        };
    }

    private sealed record Column(string Name, string Expression, Action<SqliteStatement, CopyBuffer> Write);
}

/// <summary>A column that is not filled with what SQLite calls the same.</summary>
/// <param name="Name">The column.</param>
/// <param name="Expression">What is selected for it; several values where it is written otherwise than its type is.</param>
/// <param name="Write">Reads what was selected and writes the column; null for as its type is.</param>
internal sealed record ImportColumn(string Name, string Expression, Action<SqliteStatement, CopyBuffer>? Write = null);
