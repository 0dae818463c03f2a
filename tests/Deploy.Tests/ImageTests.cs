using System.Xml.Linq;
using OrleansLinks.Hosting;

namespace OrleansLinks.Deploy;

/// <summary>The images that are made of the programs.</summary>
public sealed class ImageTests
{
    [Theory]
    [InlineData("silo")]
    [InlineData("edge")]
    public async Task An_image_has_no_shell_has_languages_and_runs_as_nobody_of_note(string name)
    {
        var image = await Image.Of(Program(name));

        Assert.Equal("mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra", image.Base);
        Assert.Equal(1654, image.User);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("edge")]
    public async Task An_image_is_called_by_the_release(string name)
    {
        var properties = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props"));

        Assert.Equal($"orleanslinks/{name}:{properties.Descendants("Version").Single().Value}", (await Image.Of(Program(name))).Name);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("edge")]
    public async Task A_program_listens_for_others_at_the_ports_that_its_image_names(string name)
    {
        var program = Program(name);
        var image = await Image.Of(program);
        var settings = program.Read(image.Environment);

        Assert.Equal("0.0.0.0", settings.Get<HttpOptions>().Address);
        Assert.Equal(program.PortsIn(settings), image.Ports);
    }

    private static ProgramKind Program(string name) => ProgramKind.All.Single(program => program.Name == name);
}
