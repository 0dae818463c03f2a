using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OrleansLinks.Journal;

/// <summary>What .NET does not offer of file systems.</summary>
internal static class Disk
{
    private const int LinuxNoSpace = 28;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int ReadOnly = 0;

    /// <summary>Whether an error says that the disk is full.</summary>
    public static bool IsFull(Exception error) => error is IOException && error.HResult is LinuxNoSpace or WindowsDiskFull;

    /// <summary>
    /// Has the names in a folder on disk. POSIX asks for that beside the flush of a new file itself; elsewhere the file's
    /// own flush does it.
    /// </summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new SafeFileHandle(Open(Encoding.UTF8.GetBytes(path + '\0'), ReadOnly), ownsHandle: true);
        if (folder.IsInvalid || Flush(folder) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new IOException($"The folder '{path}' could not be flushed: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    /// <summary>
    /// Has what was written to a file on disk, and of its properties only what finding it again needs: on Linux a file
    /// whose room was there before so spares the file system a transaction.
    /// </summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void FlushData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
        }
        else if (FlushDataOf(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new IOException($"The disk did not take what was written: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FlushDataOf(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "open", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flush(SafeFileHandle file);
}
