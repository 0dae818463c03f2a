using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Hosting;
using OrleansLinks.Redirect;

namespace OrleansLinks.Bench;

/// <summary>How much memory a link takes that redirects keep, where there are more links than there is room for.</summary>
internal static class DirectoryMemory
{
    private const int LinksOfATask = 10_000;
    private const int AtOnce = 1000;
    private const double Most = 400;

    public static async Task Measure(string folder, int links, int room)
    {
        await using var product = await InProcess.Start(folder);
        var codes = new List<string>(links);
        while (codes.Count < links)
        {
            var (_, paths) = await product.Instance.MakeTask($"Memory {codes.Count}", LinksOfATask);
            codes.AddRange(paths.Select(path => path[1..]));
        }

        // What is made once, whatever number of links there is, is made by another directory.
        await Fill(NewDirectory(product, room), codes[..AtOnce]);
        var before = Heap();
        var directory = NewDirectory(product, room);
        await Fill(directory, codes[..Math.Min(links, room * 3 / 2)]);
        var after = Heap();
        var each = (double)(after - before) / directory.CachedLinks;
        Report.Row(
            $"Memory of known links: of {links:N0}, {directory.CachedLinks:N0} kept; landing pages of 57 characters",
            $"{(after - before) / 1048576.0:F1} MB, {each:F0} bytes each",
            $"≤ {Most} bytes each, ≤ {room:N0}",
            each <= Most && directory.CachedLinks <= room);
    }

    private static LinkDirectory NewDirectory(InProcess product, int room) => new(
        product.Services.GetRequiredService<IGrainFactory>(), new ChangeStamps(), TimeProvider.System, new RedirectOptions { CachedLinks = room });

    private static async Task Fill(LinkDirectory directory, List<string> codes)
    {
        foreach (var chunk in codes.Chunk(AtOnce))
        {
            var found = await Task.WhenAll(chunk.Select(code => directory.FindLink(code).AsTask()));
            if (found.Any(link => link is null))
            {
                throw new InvalidOperationException("A link was not found.");
            }
        }
    }

    private static long Heap()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
