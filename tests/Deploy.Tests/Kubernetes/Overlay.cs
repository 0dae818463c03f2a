using System.Collections.Concurrent;
using k8s;
using k8s.Models;

namespace OrleansLinks.Deploy.Kubernetes;

/// <summary>All objects of an overlay of <c>deploy/k8s</c>, as kubectl makes them; a field that Kubernetes does not know is an error.</summary>
internal sealed class Overlay
{
    private static readonly Dictionary<string, Type> Others = new()
    {
        ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(ServiceMonitor),
        ["monitoring.coreos.com/v1/PrometheusRule"] = typeof(PrometheusRule),
    };

    private static readonly ConcurrentDictionary<string, Lazy<Task<Overlay>>> Known = new();

    private Overlay(string name, List<object> objects) =>
        (Name, Objects) = (name, [.. objects.Cast<IKubernetesObject<V1ObjectMeta>>()]);

    public string Name { get; }

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    /// <summary>All that run pods.</summary>
    public IEnumerable<Workload> Workloads =>
    [
        .. All<V1Deployment>().Select(one => new Workload(one, one.Spec.Selector, one.Spec.Template, null, one.Spec.Replicas, [])),
        .. All<V1StatefulSet>().Select(one => new Workload(one, one.Spec.Selector, one.Spec.Template, one.Spec.ServiceName, one.Spec.Replicas, [.. one.Spec.VolumeClaimTemplates ?? []])),
    ];

    /// <summary>Those that run our programs.</summary>
    public IEnumerable<(Workload Workload, ProgramKind Program)> Programs =>
        ProgramKind.All.Select(program => (Workloads.Single(one => one.Component == program.Name), program));

    public static Task<Overlay> Of(string name) => Known.GetOrAdd(name, one => new(() => Build(one))).Value;

    public static List<object> Read(string yaml) => KubernetesYaml.LoadAllFromString(yaml, Others, strict: true);

    public IEnumerable<T> All<T>() => Objects.OfType<T>();

    public Workload WorkloadOf(ProgramKind program) => Programs.Single(one => one.Program == program).Workload;

    /// <summary>The environment of a program's container: its image's, that of config maps, and its own; what is known in the cluster alone is made up.</summary>
    public async Task<IReadOnlyDictionary<string, string>> EnvironmentOf(ProgramKind program)
    {
        var environment = new Dictionary<string, string>((await Image.Of(program)).Environment);
        var container = WorkloadOf(program).Container;
        foreach (var source in container.EnvFrom ?? [])
        {
            foreach (var (name, value) in All<V1ConfigMap>().Single(map => map.Metadata.Name == source.ConfigMapRef.Name).Data)
            {
                environment[name] = value;
            }
        }

        foreach (var variable in container.Env)
        {
            environment[variable.Name] = variable.Value ?? MadeUp(variable);
        }

        return environment;
    }

    private static string MadeUp(V1EnvVar variable) => (variable.ValueFrom.FieldRef?.FieldPath, variable.ValueFrom.SecretKeyRef?.Key) switch
    {
        ("status.podIP", _) => "10.1.2.3",
        ("metadata.name" or "metadata.namespace" or "spec.nodeName", _) => "name",
        (_, "connection-string") => "Host=postgres;Database=orleanslinks;Username=orleanslinks;Password=secret",
        (_, "key") => new string('k', 48),
        _ => throw new InvalidOperationException($"Nobody knows where {variable.Name} comes from."),
    };

    private static async Task<Overlay> Build(string name)
    {
        var built = await Child.Run("kubectl", ["kustomize", Path.Combine(Repository.Root, "deploy", "k8s", "overlays", name)]);
        Assert.True(built.ExitCode == 0, built.Errors);
        return new Overlay(name, Read(built.Output));
    }
}

/// <summary>What runs pods of one kind.</summary>
internal sealed record Workload(
    IKubernetesObject<V1ObjectMeta> Object, V1LabelSelector Selector, V1PodTemplateSpec Template, string? ServiceName, int? Replicas, IReadOnlyList<V1PersistentVolumeClaim> Claims)
{
    public string Name => Object.Metadata.Name;

    public IDictionary<string, string> Labels => Template.Metadata.Labels;

    public string Component => Labels["app.kubernetes.io/component"];

    public V1PodSpec Pod => Template.Spec;

    public V1Container Container => Pod.Containers.Single();

    /// <summary>The number of a port of the container that is given by name or number; null when it has none such.</summary>
    public int? PortOf(IntOrString port) =>
        Container.Ports.FirstOrDefault(one => one.Name == (string)port || one.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture) == (string)port)?.ContainerPort;
}

/// <summary>Selection by labels, as Kubernetes does it.</summary>
internal static class Selecting
{
    public static bool Selects(this V1LabelSelector selector, IDictionary<string, string> labels) =>
        (selector.MatchLabels ?? new Dictionary<string, string>()).All(wanted => labels.TryGetValue(wanted.Key, out var has) && has == wanted.Value)
        && (selector.MatchExpressions ?? []).All(wanted => wanted.OperatorProperty switch
        {
            "In" => labels.TryGetValue(wanted.Key, out var has) && wanted.Values.Contains(has),
            _ => throw new InvalidOperationException($"{wanted.OperatorProperty} is not understood."),
        });

    public static bool Selects(this IDictionary<string, string> selector, IDictionary<string, string> labels) =>
        new V1LabelSelector { MatchLabels = selector }.Selects(labels);
}
