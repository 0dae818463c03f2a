using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansLinks.Hosting;
using OrleansLinks.Journal;
using OrleansLinks.Storage;

namespace OrleansLinks.Transfer;

/// <summary>
/// The file <c>export.json</c>, which says of which files an export consists and what their digests are: one that is missing, or is not
/// what was exported, is found before anything is made of it.
/// </summary>
/// <remarks>
/// It is written last. A program that is started on the export looks at it once more and removes it: from then on, the folder is a data folder
/// and no export any more. The file is held meanwhile: shared by who reads the export, alone by who removes it.
/// </remarks>
internal sealed partial class ExportManifest : IDisposable
{
    public const string Name = "export.json";

    private const string Remedy = "copy the export again, or take another one";

    private readonly FileStream _file;
    private readonly string _folder;
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    private ExportManifest(string folder, FileStream file) => (_folder, _file) = (folder, file);

    /// <summary>Writes that of a folder, of all that is in it; it is on disk when it returns, but for its name.</summary>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static void Write(string folder)
    {
        var content = new Content
        {
            Product = nameof(OrleansLinks),
            Version = typeof(ExportManifest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            ExportedAt = TimeProvider.System.GetUtcNow(),
            Files = [.. System.IO.Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => Describe(folder, path))],
        };
        using var file = new FileStream(Path.Combine(folder, Name), FileMode.CreateNew, FileAccess.Write);
        JsonSerializer.Serialize(file, content, Format.Default.Content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Looks whether a folder is an export, and reads all of it; nobody makes a data folder of it until disposal.</summary>
    /// <returns>Null when it is none.</returns>
    /// <exception cref="DataFolderException">It is one, and not what was exported; or a program begins to use it.</exception>
    public static ExportManifest? Find(string folder) => Find(folder, FileShare.Read, Remedy);

    /// <summary>Makes a data folder of a folder that is an export; one that is none stays as it is.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="journal">Where the program that begins with it has its journal.</param>
    /// <exception cref="DataFolderException">
    /// It is one, and not what was exported, or lies among what is left of another data folder; or its journal would be left out; or others read it.
    /// </exception>
    public static void Remove(string folder, string journal)
    {
        var path = Path.Combine(folder, Name);
        using (var manifest = Find(folder, FileShare.None, $"{Remedy}; to start on it as it is, remove '{path}'"))
        {
            if (manifest is null)
            {
                return;
            }

            // SQLite would take it for the end of these databases, and damage them.
            if (SqliteBackup.FindRemains(folder) is { } other)
            {
                throw new DataFolderException($"The file '{other}' is not of the export that lies beside it, but of databases that were there before: copy the export into an empty folder.");
            }

            if (manifest._paths.Any(static exported => exported.StartsWith($"{ClickOptions.JournalName}/", StringComparison.Ordinal)) && Disk.ResolveLinks(journal) != Disk.ResolveLinks(Path.Combine(folder, ClickOptions.JournalName)))
            {
                throw new DataFolderException($"The export '{folder}' has a journal, and the setting {JournalSettings.FolderSetting} names another folder, '{journal}': start without the setting, or clicks that wait in the export are not counted.");
            }
        }

        try
        {
            File.Delete(path);
            Disk.FlushFolder(folder);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"'{path}' cannot be removed, as it has to be where an export becomes a data folder ({cause.Message.TrimEnd('.')}): mend that and start again.", cause);
        }
    }

    /// <summary>Whether a file is of the export.</summary>
    /// <param name="path">Where it is in the export.</param>
    public bool Has(string path) => _paths.Contains(path.Replace(Path.DirectorySeparatorChar, '/'));

    public void Dispose() => _file.Dispose();

    private static ExportManifest? Find(string folder, FileShare share, string remedy)
    {
        var path = Path.Combine(folder, Name);
        ExportManifest manifest;
        try
        {
            manifest = new ExportManifest(folder, new FileStream(path, FileMode.Open, FileAccess.Read, share));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"'{path}', which says what the export has, cannot be opened ({cause.Message.TrimEnd('.')}): give this user the right to read it, or wait until nobody else uses the export.", cause);
        }

        try
        {
            manifest.Check(remedy);
            return manifest;
        }
        catch (Exception cause)
        {
            manifest.Dispose();
            if (cause is JsonException or IOException or UnauthorizedAccessException)
            {
                throw new DataFolderException($"The export '{folder}' cannot be read ({cause.Message.ReplaceLineEndings(" ").TrimEnd('.')}): {remedy}.", cause);
            }

            throw;
        }
    }

    private void Check(string remedy)
    {
        if (JsonSerializer.Deserialize(_file, Format.Default.Content) is not { Product: nameof(OrleansLinks) } content || content.Files.Contains(null!))
        {
            throw new JsonException($"'{Name}' is not one of {nameof(OrleansLinks)}");
        }

        foreach (var file in content.Files)
        {
            var path = Path.GetFullPath(file.Path, _folder);
            if (!ExportFolder.IsIn(path, _folder))
            {
                throw new JsonException($"'{Name}' names '{file.Path}', which is not in it");
            }

            if (!File.Exists(path))
            {
                throw new DataFolderException($"The file '{path}' of the export is missing: {remedy}.");
            }

            var info = new FileInfo(path);
            if (((info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo) ?? info).Length is var length && length != file.Length)
            {
                throw new DataFolderException($"The file '{path}' is not what was exported: it has {length} bytes, and had {file.Length}: {remedy}.");
            }

            if (Describe(_folder, path).Sha256 != file.Sha256)
            {
                throw new DataFolderException($"The file '{path}' is not what was exported: its SHA-256 is not the one in '{Name}': {remedy}.");
            }

            _paths.Add(file.Path);
        }

        // The journal is what segments are there.
        var journal = Path.Combine(_folder, ClickOptions.JournalName);
        if (System.IO.Directory.Exists(journal)
            && System.IO.Directory.EnumerateFiles(journal, "*" + Segment.Extension).FirstOrDefault(path => !Has(Path.GetRelativePath(_folder, path))) is { } other)
        {
            throw new DataFolderException($"The file '{other}' is not of the export: {remedy}.");
        }
    }

    private static ExportedFile Describe(string folder, string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return new ExportedFile
        {
            Path = Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'),
            Length = file.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(file)),
        };
    }

    /// <summary>What is in the file.</summary>
    internal sealed record Content
    {
        public required string Product { get; init; }

        public required string Version { get; init; }

        public required DateTimeOffset ExportedAt { get; init; }

        public required ExportedFile[] Files { get; init; }
    }

    /// <summary>A file of the export.</summary>
    internal sealed record ExportedFile
    {
        /// <summary>Where it is in the export, with slashes.</summary>
        public required string Path { get; init; }

        /// <summary>Bytes.</summary>
        public required long Length { get; init; }

        /// <summary>In lower hexadecimal digits.</summary>
        public required string Sha256 { get; init; }
    }

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(Content))]
    private sealed partial class Format : JsonSerializerContext;
}
