using Xunit;

namespace OrleansLinks.Storage;

public sealed class DataFolderTests : IDisposable
{
    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("storage-tests-").FullName;

    public void Dispose() => System.IO.Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_folder_is_made_and_has_one_holder_at_a_time()
    {
        var path = Path.Combine(_root, "a", "b");
        using (var folder = DataFolder.Open(path))
        {
            Assert.Equal(path, folder.Path);
            AssertSays(path, "in use by another process", path);
        }

        DataFolder.Open(path).Dispose();
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(Path.Combine(_root, "file"), "");
        var path = Path.Combine(_root, "file", "data");

        AssertSays(path, "cannot be created", path);
        AssertSays(" ", "No data folder is named", "Data:Folder");
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        System.IO.Directory.CreateDirectory(Path.Combine(_root, ".lock"));

        AssertSays(_root, "cannot be written", _root);
    }

    private static void AssertSays(string path, string what, string name)
    {
        var message = Assert.Throws<DataFolderException>(() => DataFolder.Open(path)).Message;
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains("Data:Folder (--data)", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
