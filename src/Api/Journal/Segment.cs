using System.Globalization;

namespace OrleansLinks.Journal;

/// <summary>A file of records.</summary>
/// <param name="path">The file.</param>
/// <param name="first">Where it begins: no record in it has a lower position.</param>
internal sealed class Segment(string path, long first)
{
    public const string Extension = ".clicks";

    public string Path => path;

    public long First => first;

    /// <summary>Its last position; what is missing up to it is lost.</summary>
    public long Last { get; set; }

    /// <summary>How many of its bytes are on disk.</summary>
    public long Length { get; set; }

    /// <summary>Whether its file is gone.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>The file of a segment that begins at a position; the names sort as the positions do.</summary>
    public static string PathOf(string folder, long first) =>
        System.IO.Path.Combine(folder, first.ToString("D20", CultureInfo.InvariantCulture) + Extension);

    /// <summary>The position in a file's name; false when it is no segment's name.</summary>
    public static bool TryParseName(string path, out long first) =>
        long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out first) && first > 0;
}
