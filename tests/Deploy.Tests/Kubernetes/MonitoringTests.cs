using k8s;
using k8s.Models;
using System.Text.Json;

namespace OrleansLinks.Deploy.Kubernetes;

/// <summary>What is scraped and alerted in Kubernetes.</summary>
public sealed class MonitoringTests
{
    private static readonly string Alerts = Path.Combine(Repository.Root, "deploy", "prometheus", "alerts.yml");

    [Fact]
    public async Task Every_silo_and_edge_is_scraped_once()
    {
        var overlay = await Overlay.Of("production");

        foreach (var (workload, program) in overlay.Programs)
        {
            var monitor = Assert.Single(overlay.All<ServiceMonitor>(), one => one.Metadata.Name == workload.Name);
            var service = Assert.Single(overlay.All<V1Service>(), one => monitor.Spec.Selector.Selects(one.Metadata.Labels));
            Assert.True(service.Spec.Selector.Selects(workload.Labels));

            // The operator calls the job by the service.
            Assert.Equal($"orleanslinks-{program.Name}", service.Metadata.Name);
            var endpoint = Assert.Single(monitor.Spec.Endpoints);
            Assert.Contains(endpoint.Relabelings, one => one.TargetLabel == "instance" && one.SourceLabels.SequenceEqual(["__meta_kubernetes_pod_name"]));
            Assert.Equal("/metrics", endpoint.Path);
            Assert.Contains(service.Spec.Ports, port => port.Name == endpoint.Port && workload.PortOf(port.TargetPort) == workload.PortOf("http"));
        }
    }

    [Fact]
    public async Task Alerts_in_Kubernetes_are_those_of_Prometheus()
    {
        var rule = Assert.Single((await Overlay.Of("production")).All<PrometheusRule>());
        var file = KubernetesYaml.Deserialize<RuleFile>(await File.ReadAllTextAsync(Alerts, TestContext.Current.CancellationToken), strict: true);

        Assert.NotEmpty(file.Groups);
        Assert.True(
            JsonSerializer.Serialize(file) == JsonSerializer.Serialize(rule.Spec),
            "deploy/prometheus/alerts.yml has other rules than deploy/k8s/components/monitoring/prometheusrule.yaml: run make-rule.sh beside the latter.");
    }
}
