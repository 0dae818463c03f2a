using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OrleansLinks.Journal;

/// <summary>What .NET does not offer of file systems.</summary>
internal static class Disk
{
    private const int LinuxNoSpace = 28;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int MaxLinks = 40;
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;
    private const int DataSync = 0x1000;
    private const int CloseOnExec = 0x80000;

    // O_DIRECT has another value on the one or other of the platforms that .NET runs on.
    private static readonly int Direct = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 or Architecture.X86 or Architecture.RiscV64 or Architecture.LoongArch64 => 0x4000,
        Architecture.Arm64 or Architecture.Arm => 0x10000,
        _ => 0,
    };

    /// <summary>Whether an error says that the disk is full.</summary>
    public static bool IsFull(Exception error) => error is IOException && error.HResult is LinuxNoSpace or WindowsDiskFull;

    /// <summary>The absolute path of a file or a folder without symbolic links in it; what is not there is taken as it is written.</summary>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string ResolveLinks(string path) => ResolveLinks(path, MaxLinks);

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

    /// <summary>
    /// Opens a file that is there so that writes and reads go past the system's page cache, and a write is on disk when
    /// it returns; null where the system or the file system does not offer that. It costs half of the processor time of a
    /// write and a flush, and does not wait for what others have left in the cache. Takes and gives whole blocks
    /// only (<see cref="BlockWriter"/>).
    /// </summary>
    /// <remarks>Who reads a file that is written so must read it so too: the cache may hold what was there before.</remarks>
    public static SafeFileHandle? TryOpenDirect(string path, bool toWrite)
    {
        if (!OperatingSystem.IsLinux() || Direct == 0)
        {
            return null;
        }

        var file = new SafeFileHandle(Open(Encoding.UTF8.GetBytes(path + '\0'), Direct | CloseOnExec | (toWrite ? WriteOnly | DataSync : ReadOnly)), ownsHandle: true);
        if (!file.IsInvalid)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    private static string ResolveLinks(string path, int links)
    {
        path = Path.GetFullPath(path);
        var resolved = Path.GetPathRoot(path)!;
        foreach (var name in path[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(resolved, name);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
            }
            else if (links > 0)
            {
                resolved = ResolveLinks(Path.Combine(resolved, target), links - 1);
            }
            else
            {
                throw new IOException($"The links at '{next}' lead in a circle.");
            }
        }

        return resolved;
    }

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FlushDataOf(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "open", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flush(SafeFileHandle file);
}
