using OrleansLinks.Clicks;
using OrleansLinks.Directory;
using OrleansLinks.Links;

namespace OrleansLinks.Bench;

/// <summary>
/// Clicks of 100 tasks over links that differ in how often they are clicked (Zipf), three in ten by visitors that came
/// before, in rounds as a shipper takes and splits them by the ledger's shards.
/// </summary>
/// <param name="program">The clicks' program; one that nothing knows of unless set.</param>
/// <param name="tasks">How many tasks the links are of.</param>
/// <param name="alter">Makes another click of one, before it is sent; null to leave them as they are.</param>
internal sealed class ClickRounds(string? program = null, int tasks = 100, Func<Random, Click, Click>? alter = null)
{
    /// <summary>What a shipper takes at most.</summary>
    public const int ClicksPerRound = 32 * 1024;

    private const int Links = 10_000;

    private readonly Random _random = new(1);
    private readonly string _campaign = NewId(EntityId.Campaign);
    private readonly (string Task, string Partner)[] _tasks = [.. Enumerable.Range(0, tasks).Select(_ => (NewId(EntityId.Task), NewId(EntityId.Partner)))];
    private readonly Guid[] _visitors = new Guid[64 * 1024];
    private readonly double[] _weights = WeightsOf(Links);
    private readonly ClickBatchBuilder[] _builders = [.. Enumerable.Range(0, LedgerShards.Count).Select(_ => new ClickBatchBuilder())];
    private readonly byte[] _bytes = new byte[ClickFormat.MaxLength];
    private int _last;

    /// <summary>The program of all clicks.</summary>
    public string Program { get; } = program ?? NewId(EntityId.Program);

    /// <summary>Puts the tasks on the lists of their program.</summary>
    public Task List(IDirectoryStore directory) => directory.AddAsync(
    [
        new DirectoryEntry(DirectoryLists.CampaignsOf(Program), _campaign),
        .. _tasks.Select(task => new DirectoryEntry(DirectoryLists.TasksOf(_campaign), task.Task)),
    ]);

    /// <summary>The batches of the next round, with that many clicks in all.</summary>
    public List<ClickBatch> Next(int clicks = ClicksPerRound)
    {
        for (var i = 0; i < clicks; i++)
        {
            var link = Math.Min(~Array.BinarySearch(_weights, _random.NextDouble() * _weights[^1]), Links - 1);
            var (task, partner) = _tasks[link % tasks];
            if (_random.Next(10) >= 3)
                _visitors[++_last % _visitors.Length] = Guid.NewGuid();

            var visitor = _visitors[_random.Next(10) >= 3 ? _last % _visitors.Length : _random.Next(_visitors.Length)];
            var click = new Click(
                EntityId.NewSeed(TimeProvider.System), $"code{link:0000}", task, _campaign, partner, Program, TimeProvider.System.GetUtcNow(), ClickClass.InTerms, null,
                _random.Next(20) == 0, visitor, $"https://www.example.com/products/{link}?campaign=spring", "https://www.instagram.com/",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
                new ReportingValues(SubId1: "newsletter", SharedId: "spring"));
            var length = ClickFormat.Write(alter?.Invoke(_random, click) ?? click, _bytes);
            _builders[LedgerShards.Of(ClickFormat.TaskOf(_bytes))].Add(_bytes.AsSpan(0, length));
        }

        return [.. _builders.Where(builder => builder.Count > 0).Select(builder => builder.Take())];
    }

    /// <summary>Records the batches of a round, all at once.</summary>
    public static Task Record(ILedgerStore store, List<ClickBatch> round) => Task.WhenAll(round.Select(batch => Task.Run(() => store.RecordAsync(batch))));

    private static double[] WeightsOf(int links)
    {
        var (weights, sum) = (new double[links], 0.0);
        for (var link = 0; link < links; link++)
            weights[link] = sum += 1.0 / (link + 1);

        return weights;
    }

    private static string NewId(string prefix) => EntityId.New(prefix, TimeProvider.System);
}
