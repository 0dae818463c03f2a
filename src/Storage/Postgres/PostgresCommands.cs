using Npgsql;
using NpgsqlTypes;

namespace OrleansLinks.Storage.Postgres;

/// <summary>Parameters in the order of <c>$1</c>, <c>$2</c> and so on.</summary>
internal static class Parameter
{
    /// <summary>A value, or an array that a statement unnests.</summary>
    public static NpgsqlParameter Of<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    /// <summary>A UUID, or null.</summary>
    public static NpgsqlParameter OfOrNull(Guid? id) => new NpgsqlParameter<Guid?> { TypedValue = id, NpgsqlDbType = NpgsqlDbType.Uuid };

    /// <summary>A text.</summary>
    public static NpgsqlParameter Of(string? text) => new NpgsqlParameter<string?> { TypedValue = Storable(text), NpgsqlDbType = NpgsqlDbType.Text };

    /// <summary>An id of the API.</summary>
    /// <exception cref="FormatException">It is no well-formed id with that prefix.</exception>
    public static NpgsqlParameter Of(string id, string prefix) => Of(EntityId.Parse(id, prefix));

    /// <summary>Texts, in an array that a statement unnests.</summary>
    public static NpgsqlParameter Of(string?[] texts)
    {
        var storable = Array.ConvertAll(texts, Storable);
        return new NpgsqlParameter<string?[]> { TypedValue = storable, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
    }

    /// <summary>
    /// A text as PostgreSQL can keep it: it knows no NUL and no half of a surrogate pair, which both become U+FFFD. Both can be in what
    /// a visitor made up.
    /// </summary>
    public static string? Storable(string? text)
    {
        if (text is null || (!text.Contains('\0', StringComparison.Ordinal) && !text.AsSpan().ContainsAnyInRange('\ud800', '\udfff')))
            return text;

        return System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)).Replace('\0', '\ufffd');
    }
}

/// <summary>How commands are put together.</summary>
internal static class PostgresCommands
{
    public const string Begin = "BEGIN";
    public const string Commit = "COMMIT";

    /// <summary>Adds a statement to those that go to the server together.</summary>
    public static NpgsqlBatch Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);

        batch.BatchCommands.Add(command);
        return batch;
    }

    /// <summary>Runs statements that answer nothing, in one round trip.</summary>
    public static async Task RunAsync(this NpgsqlBatch batch, bool isPrepared = false)
    {
        if (isPrepared)
            await batch.PrepareAsync();

        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>A statement.</summary>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);

        return command;
    }

    /// <summary>All rows that a statement answers.</summary>
    public static async Task<List<T>> ReadAsync<T>(this NpgsqlCommand command, Func<IRow, T> read)
    {
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadRowsAsync(read);
    }

    /// <summary>The rest of the rows of the current statement.</summary>
    public static async Task<List<T>> ReadRowsAsync<T>(this NpgsqlDataReader reader, Func<IRow, T> read)
    {
        var rows = new List<T>();
        var row = new PostgresRow(reader);
        while (await reader.ReadAsync())
        {
            rows.Add(read(row));
            row.Next();
        }

        return rows;
    }
}

/// <summary>The row that a reader is at.</summary>
internal sealed class PostgresRow(NpgsqlDataReader reader) : IRow
{
    private int _column;

    public bool IsNull => reader.IsDBNull(_column);

    /// <summary>To be called when the reader has gone on.</summary>
    public void Next() => _column = 0;

    public long Int64() => reader.GetInt64(_column++);

    public int Int32() => reader.GetInt32(_column++);

    public int? Int32OrNull() => IsNull ? (int?)PassNull() : Int32();

    public long? Int64OrNull() => IsNull ? (long?)PassNull() : Int64();

    public bool Boolean() => reader.GetBoolean(_column++);

    public DateTimeOffset Time() => DateTimeOffset.FromUnixTimeMilliseconds(Int64());

    public Guid Guid() => reader.GetGuid(_column++);

    public Guid? GuidOrNull() => IsNull ? (Guid?)PassNull() : Guid();

    public string Text() => reader.GetString(_column++);

    public string? TextOrNull() => IsNull ? (string?)PassNull() : Text();

    public byte[] Bytes() => reader.GetFieldValue<byte[]>(_column++);

    private object? PassNull()
    {
        _column++;
        return null;
    }
}
