using Microsoft.Extensions.Logging.Abstractions;
using OrleansLinks.Journal;
using OrleansLinks.Storage;

namespace OrleansLinks.Transfer;

/// <summary>What an export says of itself, and who notices that it is no longer so.</summary>
public sealed class ExportManifestTests : IDisposable
{
    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("edge-tests-").FullName;

    public ExportManifestTests()
    {
        System.IO.Directory.CreateDirectory(In("journal"));
        foreach (var file in new[] { "grains.db", "links.db", "journal/journal.state", "journal/00000000000000000001.clicks" })
        {
            File.WriteAllText(In(file), file);
        }

        ExportManifest.Write(_root);
    }

    public void Dispose() => System.IO.Directory.Delete(_root, recursive: true);

    [Fact]
    public void What_was_exported_is_known_and_a_start_makes_a_data_folder_of_it()
    {
        File.WriteAllText(In("README"), "What somebody puts beside it does no harm.");
        using (var manifest = ExportManifest.Find(_root))
        {
            Assert.True(manifest!.Has(Path.Combine("journal", "journal.state")));
            Assert.False(manifest.Has("README"));
        }

        ExportManifest.Remove(_root, In("journal"));

        Assert.False(File.Exists(In("export.json")));
        Assert.Null(ExportManifest.Find(_root));
        ExportManifest.Remove(_root, In("journal"));
    }

    [Theory]
    [InlineData("links.db", "", "it has 0 bytes, and had 8")]
    [InlineData("links.db", "links.dc", "its SHA-256 is not the one")]
    [InlineData("grains.db", null, "is missing")]
    [InlineData("journal/00000000000000000001.clicks", null, "is missing")]
    [InlineData("journal/00000000000000000001.clicks", "journal", "it has 7 bytes")]
    [InlineData("journal/00000000000000000002.clicks", "more", "is not of the export")]
    [InlineData("export.json", "", "cannot be read")]
    [InlineData("export.json", "{\"files\":[]}", "cannot be read")]
    [InlineData("export.json", "null", "cannot be read")]
    [InlineData("export.json", """{"product":"Other","version":"1","exportedAt":"2026-01-01T00:00:00Z","files":[]}""", "is not one of OrleansLinks")]
    [InlineData("export.json", """{"product":"OrleansLinks","version":"1","exportedAt":"2026-01-01T00:00:00Z","files":[null]}""", "is not one of OrleansLinks")]
    [InlineData("export.json", """{"product":"OrleansLinks","version":"1","exportedAt":"2026-01-01T00:00:00Z","files":[{"path":"../x","length":0,"sha256":""}]}""", "names '../x', which is not in it")]
    [InlineData("export.json", """{"product":"OrleansLinks","version":"1","exportedAt":"2026-01-01T00:00:00Z","files":[{"path":"/dev/zero","length":0,"sha256":""}]}""", "names '/dev/zero', which is not in it")]
    public void What_is_no_longer_what_was_exported_is_named_to_who_reads_it_and_to_who_starts_on_it(string file, string? text, string said)
    {
        if (text is null)
        {
            File.Delete(In(file));
        }
        else
        {
            File.WriteAllText(In(file), text);
        }

        var read = Assert.Throws<DataFolderException>(() => ExportManifest.Find(_root)).Message;
        var started = Assert.Throws<DataFolderException>(() => ExportManifest.Remove(_root, In("journal"))).Message;

        foreach (var message in new[] { read, started })
        {
            Assert.Contains(said, message, StringComparison.Ordinal);
            Assert.Contains(file == "export.json" ? _root : In(file), message, StringComparison.Ordinal);
            Assert.Contains("copy the export again", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }

        Assert.Contains($"remove '{In("export.json")}'", started, StringComparison.Ordinal);
        Assert.True(File.Exists(In("export.json")));
    }

    [Theory]
    [InlineData("links.db-wal")]
    [InlineData("grains.db-journal")]
    public void A_start_on_an_export_that_was_copied_over_other_databases_is_refused(string left)
    {
        File.WriteAllText(In(left), "of the databases that were here before");

        Assert.Contains(In(left), Assert.Throws<DataFolderException>(() => ExportManifest.Remove(_root, In("journal"))).Message, StringComparison.Ordinal);

        Assert.True(File.Exists(In("export.json")));
    }

    [Fact]
    public void A_start_that_would_leave_out_the_journal_of_an_export_is_refused()
    {
        Assert.Contains("Clicks:JournalFolder", Assert.Throws<DataFolderException>(() => ExportManifest.Remove(_root, In("elsewhere"))).Message, StringComparison.Ordinal);

        Assert.True(File.Exists(In("export.json")));
    }

    [Fact]
    public void Who_reads_an_export_keeps_others_from_starting_on_it_and_from_nothing_else()
    {
        using (ExportManifest.Find(_root))
        using (ExportManifest.Find(_root))
        {
            Assert.Contains("nobody else uses the export", Assert.Throws<DataFolderException>(() => ExportManifest.Remove(_root, In("journal"))).Message, StringComparison.Ordinal);
        }

        ExportManifest.Remove(_root, In("journal"));
    }

    [Fact]
    public async Task Clicks_that_cannot_be_counted_are_told_in_one_line_and_nothing_is_left_of_the_copy()
    {
        using var journal = new JournalFolder();
        await journal.Fill(20);
        var export = System.IO.Directory.CreateDirectory(In("export")).FullName;
        JournalCopy.Make(journal.Path, System.IO.Directory.CreateDirectory(Path.Combine(export, "journal")).FullName);

        // There are no databases to count them in.
        var refused = await Assert.ThrowsAsync<DataFolderException>(() => WaitingClicks.Count(export, NullLoggerFactory.Instance));

        Assert.Contains("TMPDIR", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(["journal"], System.IO.Directory.EnumerateFileSystemEntries(export).Select(Path.GetFileName));
    }

    private string In(string name) => Path.Combine(_root, name);
}
