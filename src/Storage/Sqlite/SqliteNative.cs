using System.Runtime.InteropServices;

namespace OrleansLinks.Storage.Sqlite;

/// <summary>
/// What SQLitePCLRaw does for every parameter of every click, without what it costs: a SafeHandle that is held and let
/// go of, and a transition of the garbage collector. These calls copy some bytes, never wait for the disk and never
/// call back.
/// </summary>
/// <remarks>See https://sqlite.org/c3ref/bind_blob.html; the caller sees to it that the statement is not closed meanwhile.</remarks>
internal static unsafe partial class SqliteNative
{
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

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int sqlite3_bind_int64(nint statement, int parameter, long value);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int sqlite3_bind_text(nint statement, int parameter, byte* text, int length, nint free);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int sqlite3_bind_blob(nint statement, int parameter, byte* blob, int length, nint free);
}
