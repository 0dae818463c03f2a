using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace OrleansLinks.Bench;

/// <summary>What a redirect leaves to the garbage collector, and which part of its way leaves how much.</summary>
internal static class Allocations
{
    /// <summary>Prints a row for each benchmark; false when one of them failed.</summary>
    public static bool Measure(string folder)
    {
        // Counts are fixed, so that the journals do not grow with the speed of the machine.
        var redirects = Run<RedirectBenchmarks>(folder, invocations: 16);
        var parts = Run<PartBenchmarks>(folder, invocations: 16 * 1024);
        var journal = Run<JournalBenchmarks>(folder, invocations: 96);
        return redirects && parts && journal;
    }

    private static bool Run<T>(string folder, int invocations)
    {
        Folder = folder;
        var job = Job.Default.WithToolchain(new InProcessEmitToolchain(TimeSpan.FromMinutes(10), logOutput: false)).WithInvocationCount(invocations).WithUnrollFactor(16)
            .WithWarmupCount(4).WithIterationCount(4);
        var config = ManualConfig.CreateEmpty().AddJob(job).AddDiagnoser(MemoryDiagnoser.Default).AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance).WithArtifactsPath(Path.Combine(folder, "artifacts")).WithOptions(ConfigOptions.DisableLogFile);
        var summary = BenchmarkRunner.Run<T>(config);
        foreach (var report in summary.Reports)
        {
            Print(report);
        }

        return summary.Reports.Length > 0 && summary.ValidationErrors.All(error => !error.IsCritical) && summary.Reports.All(report => report.Success);
    }

    /// <summary>Where benchmarks keep what they keep; they are made by BenchmarkDotNet, which has nothing to give them.</summary>
    internal static string Folder { get; private set; } = "";

    private static void Print(BenchmarkReport report)
    {
        var method = report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'');
        var bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase);
        Report.Row($"Allocations: {method}", report.Success ? $"{bytes:N0} bytes; {report.ResultStatistics!.Mean / 1000:F2} µs" : "failed");
    }
}
