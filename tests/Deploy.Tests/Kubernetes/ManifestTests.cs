using k8s.Models;
using OrleansLinks.Hosting;
using YamlDotNet.Core;

namespace OrleansLinks.Deploy.Kubernetes;

/// <summary>That the manifests are ones of Kubernetes, and agree with themselves and with what the programs read.</summary>
public sealed class ManifestTests
{
    private static readonly string[] Resources = ["cpu", "ephemeral-storage", "memory"];

    public static TheoryData<string> Overlays => ["small", "production"];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task An_overlay_has_the_namespace_in_which_everything_else_is(string name)
    {
        var overlay = await Overlay.Of(name);
        var home = Assert.Single(overlay.All<V1Namespace>()).Metadata.Name;

        Assert.All(overlay.Objects.Where(one => one is not V1Namespace), one => Assert.Equal(home, one.Metadata.NamespaceProperty));
        Assert.Equal(overlay.Objects.Count, overlay.Objects.DistinctBy(one => (one.Kind, one.Metadata.Name)).Count());
    }

    [Fact]
    public void A_field_that_Kubernetes_does_not_know_is_found()
    {
        const string Yaml = "apiVersion: v1\nkind: Service\nmetadata:\n  name: one\nspec:\n  selektor: {}\n";

        Assert.Contains("selektor", Assert.ThrowsAny<YamlException>(() => Overlay.Read(Yaml)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Each_program_reads_every_name_of_its_environment_and_would_start_with_it(string name)
    {
        var overlay = await Overlay.Of(name);
        foreach (var program in ProgramKind.All)
        {
            program.Read(await overlay.EnvironmentOf(program)).Check();
        }

        var silo = ProgramKind.Silo.Read(await overlay.EnvironmentOf(ProgramKind.Silo));
        var edge = ProgramKind.Edge.Read(await overlay.EnvironmentOf(ProgramKind.Edge));
        Assert.Equal(ClusterMode.Client, edge.Get<ClusterSettings>().Mode);
        Assert.Equal(
            (silo.Get<ClusterSettings>().ClusterId, silo.Get<ClusterSettings>().ServiceId), (edge.Get<ClusterSettings>().ClusterId, edge.Get<ClusterSettings>().ServiceId));
    }

    [Theory]
    [InlineData("Cluster__ClusterName")]
    [InlineData("Clicks__JournalMaxBites")]
    [InlineData("Http__Prot")]
    [InlineData("Database_Provider")]
    public void A_name_that_is_misspelt_is_found(string name) =>
        Assert.Throws<InvalidOperationException>(() => ProgramKind.Edge.Read(new Dictionary<string, string> { [name] = "1" }));

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task What_is_secret_comes_from_secrets_that_the_readme_tells_how_to_make(string name)
    {
        var overlay = await Overlay.Of(name);
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "k8s", "README.md"), TestContext.Current.CancellationToken);
        var secrets = overlay.Workloads.SelectMany(one => one.Container.Env).Select(variable => (variable.Name, variable.ValueFrom?.SecretKeyRef)).ToLookup(one => one.Name, one => one.SecretKeyRef);

        Assert.Empty(overlay.All<V1Secret>());
        foreach (var variable in new[] { "Database__ConnectionString", Instance.OperatorKeyVariable })
        {
            Assert.All(secrets[variable], Assert.NotNull);
            Assert.DoesNotContain(overlay.All<V1ConfigMap>(), map => map.Data.ContainsKey(variable));
        }

        Assert.All(secrets.SelectMany(one => one).OfType<V1SecretKeySelector>(), secret =>
        {
            Assert.Contains($"create secret generic {secret.Name} ", readme, StringComparison.Ordinal);
            Assert.Contains($"--from-literal={secret.Key}=", readme, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Ports_are_those_at_which_the_programs_listen(string name)
    {
        var overlay = await Overlay.Of(name);
        foreach (var (workload, program) in overlay.Programs)
        {
            var settings = program.Read(await overlay.EnvironmentOf(program));

            Assert.Equal("0.0.0.0", settings.Get<HttpOptions>().Address);
            Assert.Equal(program.PortsIn(settings), workload.Container.Ports.Select(port => port.ContainerPort));
            Assert.Equal(settings.Get<HttpOptions>().Port, workload.PortOf("http"));
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Probes_ask_what_is_answered_where_it_is_answered(string name)
    {
        foreach (var (workload, _) in (await Overlay.Of(name)).Programs)
        {
            var (startup, live, ready) = (workload.Container.StartupProbe, workload.Container.LivenessProbe, workload.Container.ReadinessProbe);

            Assert.Equal(["/health/live", "/health/live", "/health/ready"], new[] { startup, live, ready }.Select(probe => probe.HttpGet.Path));
            Assert.All([startup, live, ready], probe => Assert.Equal("http", probe.HttpGet.Port));

            // The programs give up on the database and on actors after half a second.
            Assert.All([startup, live, ready], probe => Assert.InRange(probe.TimeoutSeconds ?? 1, 2, probe.PeriodSeconds ?? 10));
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task A_program_has_ended_before_it_is_killed_and_is_sent_nobody_when_it_stops_to_listen(string name)
    {
        var overlay = await Overlay.Of(name);
        foreach (var (workload, program) in overlay.Programs)
        {
            var settings = program.Read(await overlay.EnvironmentOf(program));
            var grace = TimeSpan.FromSeconds(workload.Pod.TerminationGracePeriodSeconds ?? 30);

            Assert.True(settings.EndsWithin + TimeSpan.FromSeconds(5) < grace, $"{workload.Name} may take {settings.EndsWithin}, and is killed after {grace}.");
            if (program == ProgramKind.Edge)
            {
                var ready = workload.Container.ReadinessProbe;
                Assert.True(settings.Get<ShutdownOptions>().DrainSeconds > 2 * ready.PeriodSeconds * ready.FailureThreshold, $"{workload.Name} stops to listen while visitors are still sent to it.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task What_an_edge_keeps_is_on_a_volume_that_outlives_it_and_has_room_for_it(string name)
    {
        var overlay = await Overlay.Of(name);
        var edge = overlay.WorkloadOf(ProgramKind.Edge);
        var settings = ProgramKind.Edge.Read(await overlay.EnvironmentOf(ProgramKind.Edge));
        var set = overlay.All<V1StatefulSet>().Single(one => one.Metadata.Name == edge.Name);

        var mount = Assert.Single(edge.Container.VolumeMounts, mount => mount.MountPath == settings.Get<DataOptions>().Folder);
        var claim = Assert.Single(edge.Claims, claim => claim.Metadata.Name == mount.Name);
        Assert.NotEqual(true, mount.ReadOnlyProperty);
        Assert.Equal("", settings.Get<ClickOptions>().JournalFolder);
        Assert.Equal(["ReadWriteOnce"], claim.Spec.AccessModes);
        Assert.Equal(("Retain", "Retain"), (set.Spec.PersistentVolumeClaimRetentionPolicy.WhenDeleted, set.Spec.PersistentVolumeClaimRetentionPolicy.WhenScaled));
        Assert.Equal("Parallel", set.Spec.PodManagementPolicy);
        Assert.NotNull(edge.Pod.SecurityContext.FsGroup);

        // File systems keep some of a disk for themselves.
        Assert.InRange(settings.Get<ClickOptions>().JournalMaxBytes, 1, (long)(claim.Spec.Resources.Requests["storage"].ToDecimal() * 0.9m));

        // While the disk is full clicks are held in memory, beside the links that are known.
        var memory = edge.Container.Resources.Limits["memory"].ToDecimal() * 0.75m;
        Assert.True(settings.Get<ClickOptions>().JournalMaxHeldBytes + (400m * settings.Get<RedirectOptions>().CachedLinks) < memory / 2);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Selectors_select_the_pods_that_are_meant_and_no_others(string name)
    {
        var overlay = await Overlay.Of(name);
        var workloads = overlay.Workloads.ToArray();

        Assert.All(workloads, one => Assert.Equal([one], workloads.Where(other => one.Selector.Selects(other.Labels))));
        Assert.All(workloads, one => Assert.All(one.Pod.TopologySpreadConstraints ?? [], spread => Assert.True(spread.LabelSelector.Selects(one.Labels))));
        foreach (var budget in overlay.All<V1PodDisruptionBudget>())
        {
            var one = Assert.Single(workloads, one => budget.Spec.Selector.Selects(one.Labels));
            Assert.Equal(budget.Metadata.Name, one.Name);
            Assert.Equal("1", budget.Spec.MaxUnavailable);
        }

        Assert.All(overlay.Programs, one => Assert.Contains(overlay.All<V1PodDisruptionBudget>(), budget => budget.Metadata.Name == one.Workload.Name));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Pods_are_spread_over_nodes_that_take_them_so_that_a_node_can_be_emptied(string name)
    {
        foreach (var (workload, _) in (await Overlay.Of(name)).Programs)
        {
            Assert.Equal(["kubernetes.io/hostname", "topology.kubernetes.io/zone"], workload.Pod.TopologySpreadConstraints.Select(spread => spread.TopologyKey));
            Assert.All(workload.Pod.TopologySpreadConstraints, spread => Assert.Equal("Honor", spread.NodeTaintsPolicy));
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Services_lead_to_ports_of_pods_and_stateful_sets_and_the_ingress_to_services(string name)
    {
        var overlay = await Overlay.Of(name);
        foreach (var service in overlay.All<V1Service>().Where(one => one.Spec.Selector is not null))
        {
            var workload = Assert.Single(overlay.Workloads, one => service.Spec.Selector.Selects(one.Labels));
            Assert.Equal(service.Metadata.Name == "orleanslinks" ? overlay.WorkloadOf(ProgramKind.Edge).Name : service.Metadata.Name, workload.Name);
            Assert.All(service.Spec.Ports, port =>
            {
                var reached = workload.PortOf(port.TargetPort);
                Assert.NotNull(reached);

                // Without an address of its own, a service's port is what its pods listen at.
                Assert.True(service.Spec.ClusterIP != "None" || reached == port.Port, $"{service.Metadata.Name} leads to no port.");
            });
        }

        Assert.All(overlay.Workloads.Where(one => one.ServiceName is not null), one =>
            Assert.Contains(overlay.All<V1Service>(), service => service.Metadata.Name == one.ServiceName && service.Spec.ClusterIP == "None" && service.Spec.Selector.Selects(one.Labels)));

        var origin = ProgramKind.Edge.Read(await overlay.EnvironmentOf(ProgramKind.Edge)).Get<TrackingOptions>().Origin;
        var ingresses = overlay.All<V1Ingress>().ToArray();
        Assert.Contains(new Uri(origin).Host, ingresses.SelectMany(one => one.Spec.Rules).Select(rule => rule.Host));
        foreach (var ingress in ingresses)
        {
            Assert.All(ingress.Spec.Rules, rule =>
            {
                Assert.Contains(rule.Host, ingress.Spec.Tls.SelectMany(tls => tls.Hosts));
                Assert.Equal(["/ orleanslinks", "/health orleanslinks-nobody", "/metrics orleanslinks-nobody"], rule.Http.Paths.Select(path => $"{path.Path} {path.Backend.Service.Name}"));
                Assert.All(rule.Http.Paths, path => Assert.Contains(
                    overlay.All<V1Service>().Single(one => one.Metadata.Name == path.Backend.Service.Name).Spec.Ports, port => port.Name == path.Backend.Service.Port.Name));
            });
        }

        Assert.Empty(overlay.All<V1Service>().Single(one => one.Metadata.Name == "orleanslinks-nobody").Spec.Selector ?? new Dictionary<string, string>());
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Pods_may_do_nothing_but_their_work(string name)
    {
        var overlay = await Overlay.Of(name);

        Assert.All(overlay.Workloads, one =>
        {
            var (pod, container) = (one.Pod.SecurityContext, one.Container.SecurityContext);
            Assert.False(one.Pod.AutomountServiceAccountToken);
            Assert.False(one.Pod.EnableServiceLinks);
            Assert.True(pod.RunAsNonRoot);
            Assert.True(pod.RunAsUser > 0);
            Assert.Equal("RuntimeDefault", pod.SeccompProfile.Type);
            Assert.True(container.ReadOnlyRootFilesystem);
            Assert.False(container.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], container.Capabilities.Drop);
            Assert.Equal(Resources, one.Container.Resources.Requests.Keys.Order());
            Assert.Equal(Resources, one.Container.Resources.Limits.Keys.Order());
            Assert.All(Resources, resource =>
            {
                Assert.True(one.Container.Resources.Requests[resource].ToDecimal() > 0);
                Assert.True(one.Container.Resources.Limits[resource].ToDecimal() >= one.Container.Resources.Requests[resource].ToDecimal());
            });

            // What is mounted is declared, and what is declared is mounted.
            Assert.Equal(
                one.Container.VolumeMounts.Select(mount => mount.Name).Order(),
                (one.Pod.Volumes ?? []).Select(volume => volume.Name).Concat(one.Claims.Select(claim => claim.Metadata.Name)).Order());
        });
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Images_are_of_one_release_and_never_the_latest(string name)
    {
        var overlay = await Overlay.Of(name);
        foreach (var (workload, program) in overlay.Programs)
        {
            var image = await Image.Of(program);

            Assert.EndsWith(image.Name, workload.Container.Image, StringComparison.Ordinal);
            Assert.Equal((image.User, image.User), ((int?)workload.Pod.SecurityContext.RunAsUser, (int?)workload.Pod.SecurityContext.RunAsGroup));
        }

        Assert.All(overlay.Workloads, one => Assert.Matches(@"^[a-z0-9./-]+:[0-9][0-9a-z.-]+$", one.Container.Image));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task A_release_takes_no_silo_away_before_the_next_one_is_there_and_edges_one_by_one(string name)
    {
        var overlay = await Overlay.Of(name);
        var silos = overlay.All<V1Deployment>().Single(one => one.Metadata.Name == overlay.WorkloadOf(ProgramKind.Silo).Name);
        var edges = overlay.All<V1StatefulSet>().Single(one => one.Metadata.Name == overlay.WorkloadOf(ProgramKind.Edge).Name);

        Assert.Equal(("RollingUpdate", "0", "1"), (silos.Spec.Strategy.Type, (string)silos.Spec.Strategy.RollingUpdate.MaxUnavailable, (string)silos.Spec.Strategy.RollingUpdate.MaxSurge));
        Assert.Equal("RollingUpdate", edges.Spec.UpdateStrategy.Type);
        Assert.Null(edges.Spec.UpdateStrategy.RollingUpdate?.MaxUnavailable);
        Assert.All(overlay.Programs, one =>
        {
            var scaler = overlay.All<V2HorizontalPodAutoscaler>().SingleOrDefault(scaler => scaler.Spec.ScaleTargetRef.Name == one.Workload.Name);
            Assert.True(scaler is null ? one.Workload.Replicas >= 2 : one.Workload.Replicas is null && scaler.Spec.MinReplicas >= 2, $"There may be one {one.Program.Name} only, or two who say how many.");
        });
    }

    [Fact]
    public async Task Silos_and_edges_are_scaled_up_at_once_and_down_slowly()
    {
        var overlay = await Overlay.Of("production");
        var scalers = overlay.All<V2HorizontalPodAutoscaler>().ToArray();

        Assert.Equal(overlay.Programs.Select(one => one.Workload.Name).Order(), scalers.Select(one => one.Spec.ScaleTargetRef.Name).Order());
        Assert.All(scalers, one =>
        {
            var target = overlay.Workloads.Single(workload => workload.Name == one.Spec.ScaleTargetRef.Name);
            Assert.Equal((target.Object.ApiVersion, target.Object.Kind), (one.Spec.ScaleTargetRef.ApiVersion, one.Spec.ScaleTargetRef.Kind));
            Assert.Contains(one.Spec.Metrics, metric => metric.Resource?.Name == "cpu" && metric.Resource.Target.AverageUtilization > 0);
            Assert.True(one.Spec.MaxReplicas > one.Spec.MinReplicas);
            Assert.InRange(one.Spec.Behavior.ScaleDown.StabilizationWindowSeconds ?? 0, 600, 3600);
            Assert.Equal(1, Assert.Single(one.Spec.Behavior.ScaleDown.Policies).Value);
        });
    }

    [Fact]
    public async Task Connections_to_the_database_are_enough_for_all_that_may_be_scaled_up()
    {
        var overlay = await Overlay.Of("small");
        var most = 0;
        foreach (var (workload, program) in overlay.Programs)
        {
            // A release has one more silo for a while.
            most += (workload.Replicas!.Value + 1) * program.Read(await overlay.EnvironmentOf(program)).Get<DatabaseOptions>().MaxConnections;
        }

        var setting = overlay.Workloads.Single(one => one.Component == "postgres").Container.Args.Single(one => one.StartsWith("max_connections=", StringComparison.Ordinal));
        Assert.InRange(most, 1, int.Parse(setting.Split('=')[1], System.Globalization.CultureInfo.InvariantCulture) - 3);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Others_know_pods_by_their_addresses_and_names(string name)
    {
        foreach (var (workload, program) in (await Overlay.Of(name)).Programs)
        {
            var environment = workload.Container.Env.ToList();
            var fields = environment.Where(one => one.ValueFrom?.FieldRef is not null).ToDictionary(one => one.Name, one => one.ValueFrom.FieldRef.FieldPath);

            Assert.Equal(program == ProgramKind.Silo ? "status.podIP" : null, fields.GetValueOrDefault("Cluster__AdvertisedAddress"));
            Assert.Equal("metadata.name", fields["POD_NAME"]);

            // A variable can name those before it.
            var attributes = environment.FindIndex(one => one.Name == "OTEL_RESOURCE_ATTRIBUTES");
            Assert.Contains("service.instance.id=$(POD_NAME)", environment[attributes].Value, StringComparison.Ordinal);
            Assert.All(
                System.Text.RegularExpressions.Regex.Matches(environment[attributes].Value, @"\$\((\w+)\)"),
                used => Assert.InRange(environment.FindIndex(one => one.Name == used.Groups[1].Value), 0, attributes - 1));
        }
    }
}
