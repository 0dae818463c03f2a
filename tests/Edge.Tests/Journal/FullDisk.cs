using System.Runtime.InteropServices;

namespace OrleansLinks.Journal;

/// <summary>
/// A small disk that can be filled to the last byte: a file system in memory where the tests may mount one, else a limit
/// on what this process may write. Either way the system itself refuses to write. A record of
/// <see cref="RecordLength"/> bytes does not fit on the full disk in any case.
/// </summary>
internal sealed class FullDisk : IDisposable
{
    public const int RecordLength = 10_000;

    private const int FileSizeLimit = 1;
    private const int FileSizeSignal = 25;

    private readonly bool _isMounted;

    public FullDisk()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Filling a disk is known for Linux only.");
        Path = System.IO.Directory.CreateTempSubdirectory("edge-tests-full-").FullName;
        _isMounted = Environment.GetEnvironmentVariable("EDGE_TESTS_NO_MOUNT") is null && Mount("tmpfs".Z(), Path.Z(), "tmpfs".Z(), 0, "size=4m".Z()) == 0;
        if (!_isMounted)
        {
            Signal(FileSizeSignal, 1); // ignored: the write is to fail, not the process
        }
    }

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Leaves no room. What is there can be written over.</summary>
    public void Fill()
    {
        if (!_isMounted)
        {
            Limit(8192); // as long as the journal's state file
            return;
        }

        using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = 65536; size >= 1; size /= 2)
        {
            try
            {
                while (true)
                {
                    ballast.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // Full for this size.
            }
        }
    }

    /// <summary>Makes room again.</summary>
    public void MakeRoom()
    {
        if (_isMounted)
        {
            File.Delete(Ballast);
        }
        else
        {
            Limit(ulong.MaxValue);
        }
    }

    /// <summary>Whether this is what the system calls a full disk.</summary>
    public bool IsCalledFull => _isMounted;

    public void Dispose()
    {
        MakeRoom();
        if (_isMounted)
        {
            Assert.Equal(0, Unmount(Path.Z(), 2)); // as soon as nobody uses it
        }

        System.IO.Directory.Delete(Path, recursive: true);
    }

    private static void Limit(ulong bytes) => Assert.Equal(0, SetLimit(FileSizeLimit, [bytes, ulong.MaxValue]));

    [DllImport("libc", EntryPoint = "mount")]
    private static extern int Mount(byte[] source, byte[] target, byte[] type, ulong flags, byte[] options);

    [DllImport("libc", EntryPoint = "umount2")]
    private static extern int Unmount(byte[] target, int flags);

    [DllImport("libc", EntryPoint = "setrlimit")]
    private static extern int SetLimit(int resource, ulong[] limits);

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint Signal(int signal, nint handler);
}

internal static class ZeroTerminated
{
    public static byte[] Z(this string text) => System.Text.Encoding.UTF8.GetBytes(text + '\0');
}
