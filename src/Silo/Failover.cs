using Orleans.Configuration;
using Orleans.Serialization;

namespace OrleansLinks.Silo;

/// <summary>
/// How soon the processes of a cluster notice that one of them is gone. Orleans' own settings are for large clusters and
/// take half a minute; ours are for a handful of silos in one network.
/// </summary>
/// <remarks>
/// A silo that does not answer is declared dead by the others, and its actors are made anew elsewhere at their next call.
/// That takes <see cref="Probe"/> × <see cref="MissedProbes"/>, 2 to 3 s, for a silo that hangs as for one that was killed.
/// A silo that was declared dead and lives ends itself as soon as it hears of it.
/// </remarks>
public static class Failover
{
    /// <summary>How long a silo may take to answer another one that asks whether it lives, and how often it is asked.</summary>
    private static readonly TimeSpan Probe = TimeSpan.FromMilliseconds(750);

    private const int MissedProbes = 3;

    /// <summary>
    /// How often a silo writes that it lives. Who starts believes in those that wrote it during the last three of these, and
    /// waits for the others to be declared dead: after a power cut that is what the start of a whole cluster waits for.
    /// </summary>
    private static readonly TimeSpan IAmAlive = TimeSpan.FromSeconds(2);

    /// <summary>How often an edge looks for silos that have come or gone; it costs a small query each time.</summary>
    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan OpenConnection = TimeSpan.FromSeconds(2);

    /// <summary>For how long an edge waits for an answer, where the call says nothing else; the answer to a call to a silo that is gone never comes.</summary>
    private static readonly TimeSpan Response = TimeSpan.FromSeconds(10);

    /// <summary>Has a silo notice failures of others soon.</summary>
    public static ISiloBuilder NoticeFailures(this ISiloBuilder silo) => silo
        .Configure<ExceptionSerializationOptions>(TellWhatFailed)
        .Configure<ClusterMembershipOptions>(options =>
        {
            // All the same: probes would be made shorter while answers are quick, and a silo that is busy for a moment declared
            // dead; and a silo that hangs, whose connections stay open, is believed in until it has sent nothing for the longest
            // probe times the missed ones.
            options.ProbeTimeout = options.MinProbeTimeout = options.MaxProbeTimeout = Probe;
            options.NumMissedProbesLimit = MissedProbes;
            options.IAmAliveTablePublishTimeout = IAmAlive;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(10);

            // Of two silos that are left, one vote is enough (Orleans takes half of those alive, if that is fewer).
            options.NumVotesForDeathDeclaration = 2;
            options.DefunctSiloExpiration = TimeSpan.FromDays(1);
        })
        .Configure<ConnectionOptions>(options => options.OpenConnectionTimeout = OpenConnection)
        .Configure<SiloMessagingOptions>(options =>
        {
            // A silo that stops tells its edges, and goes on for so long to take what they have already sent.
            options.ClientGatewayShutdownNotificationTimeout = TimeSpan.FromMilliseconds(500);
            options.ResponseTimeout = Response;
        });

    /// <summary>Has an edge notice failures of silos soon.</summary>
    public static IClientBuilder NoticeFailures(this IClientBuilder client) => client
        .Configure<ExceptionSerializationOptions>(TellWhatFailed)
        .Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = GatewayRefresh)
        .Configure<ConnectionOptions>(options => options.OpenConnectionTimeout = OpenConnection)
        .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = Response);

    /// <summary>
    /// Has exceptions of the database driver and our own travel as what they are, so that an edge can tell a database that does not
    /// answer from a fault; others than those of the framework are not sent unless named.
    /// </summary>
    private static void TellWhatFailed(ExceptionSerializationOptions options)
    {
        options.SupportedNamespacePrefixes.Add("Npgsql");
        options.SupportedNamespacePrefixes.Add(nameof(OrleansLinks));
    }
}
