using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansLinks.Storage.Sqlite;

/// <summary>
/// A prepared statement that is used again and again: bind the parameters in their order, then run it; read the columns
/// in their order. It speaks to SQLite directly, because a ledger row has twenty parameters and an ADO.NET parameter
/// costs more than SQLite's own work for it.
/// </summary>
/// <remarks>Belongs to one <see cref="SqliteSession"/> and, like it, to one thread at a time.</remarks>
internal sealed class SqliteStatement(sqlite3 database, sqlite3_stmt statement) : IRow, IDisposable
{
    private readonly nint _handle = statement.DangerousGetHandle();

    // A bit for each parameter that is bound. To bind a null to one that is not would be a call for nothing, and most of
    // a click's texts are null.
    private ulong _bound;
    private int _parameter;
    private int _column;

    /// <summary>Binds the next parameter.</summary>
    public SqliteStatement Bind(long value) => Bound(SqliteNative.BindInt64(_handle, Next(), value));

    /// <inheritdoc cref="Bind(long)"/>
    public SqliteStatement Bind(string? value) =>
        value is null ? BindNull() : Bound(raw.sqlite3_bind_text(statement, Next(), value));

    /// <summary>Binds the next parameter to a text in UTF-8.</summary>
    public SqliteStatement BindText(ReadOnlySpan<byte> utf8) => Bound(SqliteNative.BindText(_handle, Next(), utf8));

    /// <inheritdoc cref="Bind(long)"/>
    public SqliteStatement Bind(byte[]? value) =>
        value is null ? BindNull() : Bound(raw.sqlite3_bind_blob(statement, Next(), value));

    /// <summary>Binds the next parameter to 16 bytes, the most significant first, so that version 7 sorts by time.</summary>
    public SqliteStatement Bind(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Bound(SqliteNative.BindBlob(_handle, Next(), bytes));
    }

    /// <inheritdoc cref="Bind(long)"/>
    public SqliteStatement Bind(DateTimeOffset value) => Bind(value.ToUnixTimeMilliseconds());

    /// <inheritdoc cref="Bind(long)"/>
    public SqliteStatement BindOrNull(long? value) => value is { } number ? Bind(number) : BindNull();

    /// <inheritdoc cref="Bind(long)"/>
    public SqliteStatement BindNull()
    {
        var bit = 1UL << _parameter++;
        if ((_bound & bit) == 0)
            return this;

        _bound &= ~bit;
        return Bound(raw.sqlite3_bind_null(statement, _parameter));
    }

    /// <summary>The next column of the current row.</summary>
    public long Int64() => SqliteNative.ColumnInt64(_handle, _column++);

    /// <inheritdoc cref="Int64"/>
    public int Int32() => (int)Int64();

    /// <inheritdoc cref="Int64"/>
    public long? Int64OrNull() => IsNull ? (long?)PassNull() : Int64();

    /// <inheritdoc cref="Int64"/>
    public int? Int32OrNull() => IsNull ? (int?)PassNull() : Int32();

    /// <inheritdoc cref="Int64"/>
    public bool Boolean() => Int64() != 0;

    /// <inheritdoc cref="Int64"/>
    public DateTimeOffset Time() => DateTimeOffset.FromUnixTimeMilliseconds(Int64());

    /// <inheritdoc cref="Int64"/>
    public Guid Guid() => new(raw.sqlite3_column_blob(statement, _column++), bigEndian: true);

    /// <inheritdoc cref="Int64"/>
    public Guid? GuidOrNull() => IsNull ? (Guid?)PassNull() : Guid();

    /// <inheritdoc cref="Int64"/>
    public string Text() => raw.sqlite3_column_text(statement, _column++).utf8_to_string();

    /// <inheritdoc cref="Int64"/>
    public string? TextOrNull() => IsNull ? (string?)PassNull() : Text();

    /// <inheritdoc cref="Int64"/>
    public byte[] Bytes() => raw.sqlite3_column_blob(statement, _column++).ToArray();

    /// <summary>The next column as its bytes, which are SQLite's and last until the next row; a null has none.</summary>
    public ReadOnlySpan<byte> Span() => raw.sqlite3_column_blob(statement, _column++);

    /// <summary>Whether the next column is null; it stays the next.</summary>
    public bool IsNull => SqliteNative.IsNull(_handle, _column);

    /// <summary>Runs the statement to its end.</summary>
    /// <returns>How many rows it inserted, updated or deleted.</returns>
    /// <exception cref="SqliteException">SQLite refused it.</exception>
    public int Run()
    {
        while (Step())
        {
        }

        var changes = raw.sqlite3_changes(database);
        Reset();
        return changes;
    }

    /// <summary>The first row, or <paramref name="none"/>.</summary>
    /// <exception cref="SqliteException">SQLite refused it.</exception>
    public T First<T>(Func<SqliteStatement, T> read, T none)
    {
        var result = Step() ? read(this) : none;
        Reset();
        return result;
    }

    /// <summary>All rows.</summary>
    /// <exception cref="SqliteException">SQLite refused it.</exception>
    public ImmutableArray<T> All<T>(Func<SqliteStatement, T> read)
    {
        var rows = ImmutableArray.CreateBuilder<T>();
        while (Step())
            rows.Add(read(this));

        Reset();
        return rows.DrainToImmutable();
    }

    /// <summary>Goes to the next row; false after the last. To be followed by <see cref="Reset"/>.</summary>
    /// <exception cref="SqliteException">SQLite refused it.</exception>
    public bool Step()
    {
        _column = 0;
        var code = SqliteNative.Step(_handle);
        if (code is not (SqliteNative.Row or SqliteNative.Done))
            SqliteException.ThrowExceptionForRC(code, database);

        return code == SqliteNative.Row;
    }

    /// <summary>Ends the statement's run and lets go of the snapshot that it reads.</summary>
    public void Reset()
    {
        SqliteNative.Reset(_handle);
        _parameter = 0;
    }

    public void Dispose() => statement.Dispose();

    private int Next()
    {
        _bound |= 1UL << _parameter;
        return ++_parameter;
    }

    private object? PassNull()
    {
        _column++;
        return null;
    }

    private SqliteStatement Bound(int code)
    {
        if (code != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(code, database);

        return this;
    }
}
