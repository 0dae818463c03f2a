namespace OrleansLinks.Storage;

/// <summary>The data folder cannot be used; the message says in one line which, why, and what to do.</summary>
public sealed class DataFolderException(string message, Exception? cause = null) : InvalidOperationException(message, cause);

/// <summary>
/// A folder that an installation keeps data in, and the lock that keeps a second process out of it. The lock is the
/// operating system's and so ends with the process, however that ends.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private const string LockName = ".lock";

    // What the operating systems say of a file that another process has locked.
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>The folder, absolute.</summary>
    public string Path { get; }

    /// <summary>Makes the data folder when it is not there, and locks it until disposal.</summary>
    /// <param name="path">The folder, absolute or relative to the working directory.</param>
    /// <exception cref="DataFolderException">It cannot be made or written, or another process has it.</exception>
    public static DataFolder Open(string path) => Open(path, "data folder", "Data:Folder (--data)");

    /// <summary>Makes a folder when it is not there, and locks it until disposal.</summary>
    /// <param name="path">The folder, absolute or relative to the working directory.</param>
    /// <param name="called">What messages call it.</param>
    /// <param name="setting">The setting that names it, for messages.</param>
    /// <exception cref="DataFolderException">It cannot be made or written, or another process has it.</exception>
    public static DataFolder Open(string path, string called, string setting)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw new DataFolderException($"No {called} is named: set {setting}.");

        var remedy = $"choose another folder with the setting {setting}";

        path = System.IO.Path.GetFullPath(path);
        try
        {
            // What is in it is nobody else's to read: keys are hashed, but visitors and partners are people.
            if (OperatingSystem.IsWindows())
                System.IO.Directory.CreateDirectory(path);
            else
                System.IO.Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The {called} '{path}' cannot be created ({cause.Message.TrimEnd('.')}): {remedy}.", cause);
        }

        var file = System.IO.Path.Combine(path, LockName);
        try
        {
            return new DataFolder(path, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new DataFolderException($"The {called} '{path}' cannot be written: give this user the right to, or {remedy}.", cause);
        }
        catch (IOException cause) when (cause.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            throw new DataFolderException($"The {called} '{path}' is in use by another process: stop that one, or {remedy}.", cause);
        }
        catch (IOException cause)
        {
            throw new DataFolderException($"The {called} '{path}' cannot be written ({cause.Message.TrimEnd('.')}): {remedy}.", cause);
        }
    }

    /// <summary>Lets another process have the folder.</summary>
    public void Dispose() => _lock.Dispose();
}
