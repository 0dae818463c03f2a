using System.Runtime.InteropServices;

namespace OrleansLinks.Storage.Sqlite;

/// <summary>
/// What SQLitePCLRaw does for every parameter and column of every click, without what it costs: a SafeHandle that is held
/// and let go of, and, but for steps, a transition of the garbage collector. Without that are calls that copy some bytes,
/// never wait for the disk and never call back.
/// </summary>
/// <remarks>See https://sqlite.org/c3ref/bind_blob.html; the caller sees to it that the statement is not closed meanwhile.</remarks>
internal static unsafe partial class SqliteNative
{
    /// <summary>SQLITE_ROW: there is a row.</summary>
    public const int Row = 100;

    /// <summary>SQLITE_DONE: there is no more.</summary>
    public const int Done = 101;

    // SQLITE_TRANSIENT: SQLite makes a copy of its own.
    private const nint Transient = -1;

    private const string Library = "e_sqlite3";

    public static int BindInt64(nint statement, int parameter, long value) => sqlite3_bind_int64(statement, parameter, value);

    /// <summary>Binds a text, which is never NULL, not even when it is empty.</summary>
    public static int BindText(nint statement, int parameter, ReadOnlySpan<byte> utf8)
    {
        byte none = 0; // an empty span has no address, which to SQLite is NULL
        fixed (byte* text = utf8)
            return sqlite3_bind_text(statement, parameter, text is null ? &none : text, utf8.Length, Transient);
    }

    /// <summary>Binds a blob that is not empty.</summary>
    public static int BindBlob(nint statement, int parameter, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* blob = bytes)
            return sqlite3_bind_blob(statement, parameter, blob, bytes.Length, Transient);
    }

    public static long ColumnInt64(nint statement, int column) => sqlite3_column_int64(statement, column);

    public static bool IsNull(nint statement, int column) => sqlite3_column_type(statement, column) == 5;

    /// <summary>Goes to the next row: <see cref="Row"/>, <see cref="Done"/>, or an error.</summary>
    public static int Step(nint statement) => sqlite3_step(statement);

    public static void Reset(nint statement) => _ = sqlite3_reset(statement);

    [LibraryImport(Library)]
    private static partial int sqlite3_step(nint statement);

    [LibraryImport(Library)]
    private static partial int sqlite3_reset(nint statement);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial long sqlite3_column_int64(nint statement, int column);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int sqlite3_column_type(nint statement, int column);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int sqlite3_bind_int64(nint statement, int parameter, long value);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int sqlite3_bind_text(nint statement, int parameter, byte* text, int length, nint free);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int sqlite3_bind_blob(nint statement, int parameter, byte* blob, int length, nint free);
}
