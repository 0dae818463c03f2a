using CsCheck;
using OrleansLinks.Storage;
using Xunit;

namespace OrleansLinks.Exports;

public sealed class ClickMergeTests
{
    [Fact]
    public void The_first_clicks_of_many_tasks_are_found_and_little_else_is_read() => Gen.Select(Gen.Int[0, 60], Gen.Int[1, 200], Gen.Int[0, 1_000_000]).Sample((tasks, limit, seed) =>
    {
        var random = new Random(seed);
        Guid[][] clicks = [.. Enumerable.Range(0, tasks).Select(_ =>
            Enumerable.Range(0, random.Next(3) switch { 0 => 0, 1 => random.Next(10), _ => random.Next(400) })
                .Select(_ => Guid.CreateVersion7(Make.Noon.AddSeconds(random.Next(10_000)))).Order().ToArray())];
        var begin = Guid.CreateVersion7(Make.Noon.AddSeconds(random.Next(5_000)));
        var merge = new ClickMerge(tasks, begin, limit);
        var read = 0;
        while (merge.Wanted.Count > 0)
        {
            foreach (var task in merge.Wanted)
            {
                var some = clicks[task].Where(id => id >= merge.BeginOf(task)).Take(merge.Count).Select(id => (id, 0L)).ToArray();
                read += some.Length;
                merge.Add(task, some);
            }

            merge.GoOn();
        }

        Assert.Equal(clicks.SelectMany(of => of).Where(id => id >= begin).Order().Take(limit), merge.Found.Select(found => found.Id));
        Assert.InRange(read, 0, (4 * tasks) + (20 * limit));
    });
}
