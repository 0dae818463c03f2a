using OrleansLinks.Hosting;
using OrleansLinks.Journal;

namespace OrleansLinks.Transfer;

/// <summary>What an export or an import is refused for.</summary>
public sealed class TransferCommandTests : IDisposable
{
    private static readonly string[] Postgres = ["--Database:Provider", "Postgres", "--Database:ConnectionString", "Host=/nowhere;Username=x;Database=x"];

    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("edge-tests-").FullName;

    public TransferCommandTests()
    {
        foreach (var folder in new[] { "data/journal", "no-journal", "empty", "full/thing", "broken.unfinished", "of-an-edge", "damaged" })
        {
            System.IO.Directory.CreateDirectory(In(folder));
        }

        foreach (var file in new[] { "file", "data/links.db", "data/grains.db", "no-journal/links.db", "no-journal/grains.db", "data/journal/journal.state", "damaged/links.db" })
        {
            File.WriteAllText(In(file), "");
        }

        ExportManifest.Write(In("of-an-edge"));
        ExportManifest.Write(In("damaged"));
        File.WriteAllText(In("damaged/links.db"), "other");
        File.CreateSymbolicLink(In("link"), In("data"));
        File.CreateSymbolicLink(In("link-to-link"), "link/journal");
        File.CreateSymbolicLink(In("dangling"), "link/to");
        File.CreateSymbolicLink(In("circle"), "circle/again");
    }

    public void Dispose() => System.IO.Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("missing", "to", "no data folder '")]
    [InlineData("file", "to", "/file' is a file")]
    [InlineData("empty", "to", "is no data folder: there is no '")]
    [InlineData("no-journal", "to", "Clicks:JournalFolder")]
    [InlineData("data", "", "Export:To")]
    [InlineData("data", "file", "/file' is a file")]
    [InlineData("data", "full", "/full' is not empty")]
    [InlineData("data", "broken", "/broken.unfinished'")]
    [InlineData("data", "data", "is the data folder itself")]
    [InlineData("data", "data/to", "is the data folder itself or in it")]
    [InlineData("data", "link", "is the data folder itself")]
    [InlineData("data", "link/to/there", "is the data folder itself or in it")]
    [InlineData("data", "link-to-link/to", "is the data folder itself or in it")]
    [InlineData("data", "dangling", "is the data folder itself or in it")]
    [InlineData("link", "data/to", "is the data folder itself or in it")]
    [InlineData("data", "circle", "lead in a circle")]
    [InlineData("data", "/proc/self/to", "cannot be created")]
    public Task An_export_is_refused(string data, string to, string named) =>
        IsRefused(named, "export", "--data", In(data), "--to", to.Length == 0 ? "" : In(to));

    [Fact]
    public Task An_export_of_the_journal_alone_of_a_folder_that_has_databases_is_refused() =>
        IsRefused("has an installation over SQLite", ["export", "--data", In("data"), "--to", In("to"), .. Postgres]);

    [Fact]
    public Task An_export_into_a_journal_in_another_folder_is_refused() =>
        IsRefused("the folder of the journal or in it", "export", "--data", In("no-journal"), "--to", In("link-to-link/to"), "--Clicks:JournalFolder", In("data/journal"));

    [Theory]
    [InlineData("", "Import:From")]
    [InlineData("missing", "no folder '")]
    [InlineData("file", "/file' is a file")]
    [InlineData("empty", "is no export: there is no 'export.json' in it")]
    [InlineData("data", "is no export: there is no 'export.json' in it")]
    [InlineData("of-an-edge", "it is one without 'grains.db'")]
    [InlineData("damaged", "/damaged/links.db' is not what was exported")]
    public Task An_import_is_refused(string from, string named) =>
        IsRefused(named, ["import", "--from", from.Length == 0 ? "" : In(from), .. Postgres]);

    [Fact]
    public async Task An_import_needs_a_database_and_a_word_that_is_no_command_starts_nothing()
    {
        await IsRefused("Database:Provider", "import", "--from", In("data"));
        await IsRefused("Database:ConnectionString", "import", "--from", In("data"), "--Database:Provider", "Postgres");
        await IsRefused("no command 'exprot': give export, import, health", "exprot", "--data", In("data"), "--to", In("to"));
    }

    private string In(string name) => Path.Combine(_root, name);

    private async Task IsRefused(string named, params string[] arguments)
    {
        var before = Tree();

        var refused = await Assert.ThrowsAnyAsync<Exception>(async () => await EdgeHost.CommandLine.Run(arguments, TextWriter.Null));

        Assert.True(refused is JournalException || Settings.ExplainsItself(refused), $"{refused}");
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(before, Tree());
    }

    private string[] Tree() => [.. System.IO.Directory.EnumerateFileSystemEntries(_root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
