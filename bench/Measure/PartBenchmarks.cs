using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Redirect;

namespace OrleansLinks.Bench;

/// <summary>Parts of a redirect, each by itself.</summary>
public class PartBenchmarks
{
    internal const string UserAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    private const string Page = "https://www.example.com/products/123?campaign=spring-2026";

    private readonly byte[] _buffer = new byte[ClickFormat.MaxLength];
    private Click _click = null!;
    private MacroValues _macros;
    private InProcess? _product;
    private LinkDirectory _directory = null!;
    private string _code = "";

    /// <summary>A click.</summary>
    [GlobalSetup(Targets = [nameof(WriteClick), nameof(FillPage)])]
    public void SetUp()
    {
        _click = NewClick();
        _macros = new MacroValues(NewId(EntityId.Click), _click.ProgramId, _click.CampaignId, _click.TaskId, _click.PartnerId, _click.LinkCode, ReportingValues.None);
    }

    /// <summary>A directory that knows a link.</summary>
    [GlobalSetup(Target = nameof(FindLink))]
    public async Task SetUpDirectory()
    {
        _product = await InProcess.Start(Allocations.Folder);
        var (_, paths) = await _product.Instance.MakeTask("Allocations", 1);
        _code = paths[0][1..];
        _directory = _product.Services.GetRequiredService<LinkDirectory>();
        await _directory.FindLink(_code);
    }

    /// <summary>Stops what was set up.</summary>
    [GlobalCleanup]
    public async Task CleanUp()
    {
        if (_product is not null)
        {
            await _product.DisposeAsync();
        }
    }

    /// <summary>Nothing: what is known is handed out as it is. (What is shown are timers of the product in this process.)</summary>
    [Benchmark(Description = "… of it: finding a link that is known")]
    public async Task<bool> FindLink() => await _directory.FindLink(_code) is not null;

    /// <summary>Nothing: it writes into a buffer of the thread.</summary>
    [Benchmark(Description = "… of it: writing the click as bytes")]
    public int WriteClick() => ClickFormat.Write(_click, _buffer);

    /// <summary>The text of the URL, two bytes a character.</summary>
    [Benchmark(Description = "… of it: the landing page's URL")]
    public string FillPage() => LandingTemplate.Fill(Page, null, "clickid", _macros);

    internal static Click NewClick() => new(
        Guid.CreateVersion7(), "k3Vd9xQp", NewId(EntityId.Task), NewId(EntityId.Campaign), NewId(EntityId.Partner), NewId(EntityId.Program),
        DateTimeOffset.UtcNow, ClickClass.InTerms, null, false, Guid.NewGuid(), Page, null, UserAgent, ReportingValues.None);

    private static string NewId(string kind) => EntityId.From(kind, Guid.CreateVersion7());
}
