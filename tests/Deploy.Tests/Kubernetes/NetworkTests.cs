using k8s.Models;

namespace OrleansLinks.Deploy.Kubernetes;

/// <summary>Who may talk to whom, by the network policies.</summary>
public sealed class NetworkTests
{
    private static readonly Peer IngressController = Peer.Elsewhere("ingress-nginx");
    private static readonly Peer Prometheus = Peer.Elsewhere("monitoring");
    private static readonly Peer Names = Peer.Elsewhere("kube-system", ("k8s-app", "kube-dns"));
    private static readonly Peer NamesOfNode = Peer.Elsewhere("kube-system", ("k8s-app", "node-local-dns"));
    private static readonly Peer NamesAtNode = Peer.At("169.254.20.10");
    private static readonly Peer KubeSystem = Peer.Elsewhere("kube-system");
    private static readonly Peer Stranger = Peer.Elsewhere("default");
    private static readonly Peer Internet = Peer.At("1.2.3.4");
    private static readonly Peer Metadata = Peer.At("169.254.169.254");
    private static readonly Peer Neighbour = Peer.At("10.20.30.40");

    [Theory]
    [InlineData("small")]
    [InlineData("production")]
    public async Task Each_reaches_what_it_needs_and_nothing_else(string name)
    {
        var overlay = await Overlay.Of(name);
        var (silo, edge) = (Peer.Of(overlay.WorkloadOf(ProgramKind.Silo)), Peer.Of(overlay.WorkloadOf(ProgramKind.Edge)));
        var (http, siloPort, gateway) = (Port(edge, "http"), Port(silo, "silo"), Port(silo, "gateway"));
        var isMonitored = overlay.All<ServiceMonitor>().Any();
        var database = overlay.Workloads.FirstOrDefault(one => one.Component == "postgres") is { } postgres ? Peer.Of(postgres) : Neighbour;
        var others = new[] { silo, edge, database, IngressController, Prometheus, Names, NamesOfNode, NamesAtNode, KubeSystem, Stranger, Internet, Metadata, Neighbour }.Distinct().ToArray();

        OnlyTo(edge, http, IngressController, isMonitored ? Prometheus : null);
        OnlyTo(silo, http, isMonitored ? Prometheus : null);
        OnlyTo(silo, siloPort, silo);
        OnlyTo(silo, gateway, edge);
        OnlyFrom(silo, 443, Internet);
        OnlyFrom(edge, 443);
        OnlyFrom(silo, 53, Names, NamesOfNode, NamesAtNode);
        OnlyFrom(edge, 53, Names, NamesOfNode, NamesAtNode);
        OnlyFrom(silo, 5432, database);
        OnlyFrom(edge, 5432, database);
        OnlyFrom(silo, 80);
        OnlyFrom(edge, 80);
        if (isMonitored)
        {
            OnlyFrom(silo, 4317, Prometheus);
            OnlyFrom(edge, 4317, Prometheus);
        }

        if (database != Neighbour)
        {
            OnlyTo(database, 5432, silo, edge);
        }

        void OnlyTo(Peer to, int port, params Peer?[] allowed) => Assert.All(others.Where(one => one.Workload is not null || one.Namespace.Count > 0), from =>
            Assert.True(Policies(overlay).Allow(from, to, port) == allowed.Contains(from), $"{from} to {to} at {port}"));

        void OnlyFrom(Peer from, int port, params Peer?[] allowed) => Assert.All(others.Except([silo, edge]), to =>
            Assert.True(Policies(overlay).Allow(from, to, port) == allowed.Contains(to), $"{from} to {to} at {port}"));
    }

    private static int Port(Peer peer, string name) => peer.Workload!.PortOf(name)!.Value;

    private static PolicySet Policies(Overlay overlay) => new([.. overlay.All<V1NetworkPolicy>()]);

    /// <summary>One end of a connection: pods of ours, pods elsewhere, or an address out of the cluster.</summary>
    private sealed record Peer(Workload? Workload, IDictionary<string, string> Labels, IDictionary<string, string> Namespace, string? Address)
    {
        private static readonly Dictionary<string, string> None = [];

        public static Peer Of(Workload workload) => new(workload, workload.Labels, new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = "orleanslinks" }, null);

        public static Peer Elsewhere(string @namespace, params (string Name, string Value)[] labels) =>
            new(null, labels.ToDictionary(one => one.Name, one => one.Value), new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = @namespace }, null);

        public static Peer At(string address) => new(null, None, None, address);

        public bool Equals(Peer? other) => other?.ToString() == ToString();

        public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

        public override string ToString() => Workload?.Name ?? Address ?? string.Join(" ", Namespace.Values.Concat(Labels.Values));
    }

    /// <summary>What network policies come to: who is selected by one that is about a direction is reached in it as these say, and no other way.</summary>
    private sealed record PolicySet(IReadOnlyList<V1NetworkPolicy> All)
    {
        public bool Allow(Peer from, Peer to, int port)
        {
            var leaves = Of(from, "Egress").ToArray();
            var comes = Of(to, "Ingress").ToArray();
            return (leaves.Length == 0 || leaves.Any(policy => (policy.Spec.Egress ?? []).Any(rule => Matches(rule.To, to) && HasPort(rule.Ports, port))))
                && (comes.Length == 0 || comes.Any(policy => (policy.Spec.Ingress ?? []).Any(rule => Matches(rule.FromProperty, from) && HasPort(rule.Ports, port))));
        }

        private IEnumerable<V1NetworkPolicy> Of(Peer peer, string direction) => peer.Workload is null
            ? []
            : All.Where(policy => policy.Spec.PolicyTypes.Contains(direction) && policy.Spec.PodSelector.Selects(peer.Labels));

        private static bool HasPort(IList<V1NetworkPolicyPort>? ports, int port) => ports is null || ports.Any(one => int.Parse(one.Port, System.Globalization.CultureInfo.InvariantCulture) == port);

        private static bool Matches(IList<V1NetworkPolicyPeer>? peers, Peer peer) => peers is null || peers.Any(one => one switch
        {
            { IpBlock: { } block } => peer.Address is { } address
                && IsIn(address, block.Cidr) && !(block.Except ?? []).Any(except => IsIn(address, except)),
            { NamespaceSelector: { } spaces } => peer.Namespace.Count > 0 && spaces.Selects(peer.Namespace) && (one.PodSelector?.Selects(peer.Labels) ?? true),
            _ => peer.Workload is not null && one.PodSelector.Selects(peer.Labels),
        });

        private static bool IsIn(string address, string network) => System.Net.IPNetwork.Parse(network).Contains(System.Net.IPAddress.Parse(address));
    }
}
