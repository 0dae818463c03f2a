using OrleansLinks.Journal;
using OrleansLinks.Storage;

namespace OrleansLinks.Transfer;

/// <summary>
/// A folder that an export goes to. It has another name until the export is complete, so that one that was broken off is not taken for
/// one.
/// </summary>
internal sealed class ExportFolder : IDisposable
{
    private const string Unfinished = ".unfinished";

    private readonly string _path;
    private bool _isComplete;

    private ExportFolder(string path) => (_path, Path) = (path, path + Unfinished);

    /// <summary>Where the export is written.</summary>
    public string Path { get; }

    /// <summary>Makes it.</summary>
    /// <param name="path">What it will be called.</param>
    /// <param name="source">The data folder that is exported.</param>
    /// <param name="journal">The folder of its journal.</param>
    /// <exception cref="DataFolderException">It cannot be made, or there is something already.</exception>
    public static ExportFolder Make(string path, string source, string journal)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new DataFolderException("No folder is named to export to: set Export:To (--to).");
        }

        path = Resolve(path);
        if (IsIn(path, Resolve(source)))
        {
            throw new DataFolderException($"The folder '{path}' is the data folder itself or in it: choose another one to export to.");
        }

        if (IsIn(path, Resolve(journal)))
        {
            throw new DataFolderException($"The folder '{path}' is the folder of the journal or in it: choose another one to export to.");
        }

        if (File.Exists(path))
        {
            throw new DataFolderException($"'{path}' is a file: choose a folder to export to.");
        }

        var folder = new ExportFolder(path);
        if (System.IO.Directory.Exists(path) && System.IO.Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new DataFolderException($"The folder '{path}' is not empty: choose a new one to export to.");
        }

        if (System.IO.Path.Exists(folder.Path))
        {
            throw new DataFolderException($"An export to '{path}' is under way or was broken off: if it is not under way, remove '{folder.Path}'.");
        }

        try
        {
            Create(folder.Path);
            return folder;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The folder '{folder.Path}' cannot be created ({cause.Message.TrimEnd('.')}): choose another one to export to.", cause);
        }
    }

    /// <summary>Makes a folder in it.</summary>
    public string Add(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        Create(path);
        return path;
    }

    /// <summary>Gives it its name; all that is in it is on disk.</summary>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    public void Complete()
    {
        Disk.FlushFolder(Path);
        if (System.IO.Directory.Exists(_path))
        {
            System.IO.Directory.Delete(_path);
        }

        System.IO.Directory.Move(Path, _path);
        _isComplete = true;
        Disk.FlushFolder(System.IO.Path.GetDirectoryName(_path)!);
    }

    /// <summary>Removes it, unless it is complete.</summary>
    public void Dispose()
    {
        if (_isComplete)
        {
            return;
        }

        try
        {
            System.IO.Directory.Delete(Path, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What went wrong before is told; the next export says that this is to be removed.
        }
    }

    private static string Resolve(string path)
    {
        try
        {
            return Disk.ResolveLinks(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The folder '{path}' cannot be found ({cause.Message.TrimEnd('.')}): mend that, or choose another one.", cause);
        }
    }

    /// <summary>Whether a path is that of a folder or in it; both are absolute, and links in them are not followed.</summary>
    internal static bool IsIn(string path, string folder) =>
        (path + System.IO.Path.DirectorySeparatorChar).StartsWith(System.IO.Path.TrimEndingDirectorySeparator(folder) + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static void Create(string path)
    {
        // As data folders are: what is in it is nobody else's to read.
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(path);
        }
        else
        {
            System.IO.Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
