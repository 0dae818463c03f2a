using OrleansLinks.Journal;

namespace OrleansLinks.Hosting;

/// <summary>What the program is started with and cannot use is named in one line, before anything is made of it.</summary>
public sealed class StartupRefusalTests : IDisposable
{
    private readonly string _folder = System.IO.Directory.CreateTempSubdirectory("startup-").FullName;

    public void Dispose() => System.IO.Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Http:Port", "abc")]
    [InlineData("Http:Port", "70000")]
    [InlineData("Http:Address", "nonsense")]
    [InlineData("Http:TrustedProxies", "nonsense")]
    [InlineData("Tracking:Origin", "nonsense")]
    [InlineData("Tracking:Origin", "https://user:password@go.example.com")]
    [InlineData("Tracking:Origin", "https://go.example.com/#here")]
    [InlineData("Demo", "nonsense")]
    [InlineData("Clicks:Durability", "nonsense")]
    [InlineData("Database:Provider", "5")]
    [InlineData("Database:Provder", "Postgres")]
    [InlineData("Logging:LogLevel:Default", "nonsense")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "nonsense")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "nonsense")]
    [InlineData("OTEL_TRACES_SAMPLER", "nonsense")]
    [InlineData("Clicks:JournalMaxBytes", "1000")]
    [InlineData("Clicks:JournalMaxHeldBytes", "-1")]
    [InlineData("Clicks:JournalFolder", "/proc/self/journal")]
    [InlineData("Redirect:CachedLinks", "0")]
    [InlineData("Geo:Database", "/nowhere/countries.mmdb")]
    public Task A_setting_that_is_malformed_is_named(string setting, string value) => Refuses(setting, "--port", "0", "--data", _folder, $"--{setting}", value);

    [Theory]
    [InlineData("nonsense", "nonsense")]
    [InlineData("stray", "--Clicks:Durability", "Disk", "stray")]
    [InlineData("--Http:Prt", "--Http:Prt", "8080")]
    [InlineData("--Geo:Database", "--Geo:Database")]
    [InlineData("--Geo:Database", "--Geo:Database", "--demo")]
    [InlineData("--form", "import", "--form", "folder")]
    public Task What_is_no_setting_on_the_command_line_is_named(string named, params string[] arguments) => Refuses(named, arguments);

    private static async Task Refuses(string named, params string[] arguments)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => EdgeHost.CommandLine.Run(arguments, TextWriter.Null));

        Assert.True(refused is JournalException || Settings.ExplainsItself(refused), $"{refused}");
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }
}
