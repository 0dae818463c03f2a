using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace OrleansLinks.Clusters;

/// <summary>
/// What visitors, watchers and the ledger notice when something breaks under load: nothing, or nothing for long.
/// <c>bench/faults.sh</c> lets it be broken for longer.
/// </summary>
public sealed class FaultTests(RunningCluster cluster)
{
    /// <summary>Names for how many seconds the database is away.</summary>
    private const string OutageVariable = "ORLEANSLINKS_TEST_OUTAGE_SECONDS";

    /// <summary>Names how often each fault is repeated.</summary>
    private const string RoundsVariable = "ORLEANSLINKS_TEST_ROUNDS";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    private static TimeSpan Outage => TimeSpan.FromSeconds(Number(OutageVariable, 10));

    [Fact]
    public Task A_silo_is_killed() => Survives(async visitors =>
    {
        await cluster.Silos[0].Kill();
        await IsSoonAsBefore(visitors);
    });

    [Fact]
    public Task A_silo_hangs_and_comes_to_itself() => Survives(async visitors =>
    {
        var silo = cluster.Silos[0];
        var began = Stopwatch.StartNew();
        silo.Child.Ask(Child.Signal.Halt);
        try
        {
            // It is believed in for some seconds before the others declare it dead.
            await IsAsBefore(visitors, Believed + Soon);
            await Task.Delay(Hang - began.Elapsed);
        }
        finally
        {
            silo.Child.Ask(Child.Signal.Continue);
        }

        // The others have declared it dead: it must not go on.
        await silo.Child.WaitForEnd(TimeSpan.FromSeconds(30));
        await IsSoonAsBefore(visitors);
    });

    [Fact]
    public Task An_edge_is_killed_and_started_again_on_its_journal() => Survives(async visitors =>
    {
        await cluster.Edges[1].Kill();
        await cluster.StartEdge(1);
        await IsSoonAsBefore(visitors);
    });

    [Fact]
    public Task A_silo_is_added_and_another_one_stopped() => Survives(async visitors =>
    {
        await cluster.StartSilo();
        await IsSoonAsBefore(visitors);
        await cluster.Stop(cluster.Silos[0]);
        await IsSoonAsBefore(visitors);
    });

    [Fact]
    public Task All_silos_and_edges_are_replaced_one_after_the_other() => Survives(async visitors =>
    {
        foreach (var silo in cluster.Silos.ToArray())
        {
            await cluster.StartSilo();
            await cluster.Stop(silo);
        }

        for (var i = 0; i < cluster.Edges.Count; i++)
        {
            await cluster.Edges[i].Instance.Stop();
            await cluster.StartEdge(i);
            await cluster.Edges[i].IsReady();
        }

        await IsSoonAsBefore(visitors);
    });

    [Fact]
    public Task The_database_is_stopped_and_started_again() => Survives(async visitors =>
    {
        await cluster.StopDatabase(Outage, meanwhile: async () =>
        {
            // Not faults of ours, but to be tried again; and who looks is told.
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await cluster.Operator.StatusOf("/programs"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await cluster.Operator.StatusOfLink($"{cluster.Edges[0].Instance.Origin}/N0tKn0wn"));
            await cluster.Edges[0].SaysThatClicksWait();
        });
        await IsSoonAsBefore(visitors);
    });

    [Fact]
    public Task The_database_loses_all_its_connections() => Survives(async visitors =>
    {
        await cluster.Run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
        await IsSoonAsBefore(visitors);
    });

    private static int Number(string variable, int otherwise) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? $"{otherwise}", CultureInfo.InvariantCulture);

    private static Task IsSoonAsBefore(Visitors visitors) => IsAsBefore(visitors, Soon);

    private static Task IsAsBefore(Visitors visitors, TimeSpan within) => Task.WhenAll(visitors.UnknownLinksResolve(within), visitors.CountersMove(within));

    private async Task Survives(Func<Visitors, Task> story)
    {
        for (var round = 0; round < Number(RoundsVariable, 1); round++)
        {
            await cluster.BeWhole();
            await using var visitors = await Visitors.Come(cluster);
            try
            {
                await story(visitors);
                await cluster.BeWhole();
                await visitors.AllWereLetThroughAndCounted();
            }
            catch
            {
                cluster.Tell();
                throw;
            }
        }
    }
}
