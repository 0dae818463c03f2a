using System.Diagnostics;
using System.Globalization;
using OrleansLinks.Bench;

// Keeps consoles open, as bench/consoles.sh tells it to.
//   Consoles ADDRESS COUNT TASKS PROBES    (ORLEANSLINKS_CONSOLE_KEY holds the key to sign in with)
// TASKS: a file with a task a line, which the consoles watch by turns. PROBES: one with a task and the path of one of its
// links a line, for consoles that come on top: nobody else clicks these, and it is seen when a click shows.
// Commands come a line each, and are answered with one:
//   open     opens all pages; answers the seconds that it took
//   probe S  clicks the probes' links for S seconds; answers how many clicks, how many never showed, and milliseconds until
//            one showed on the task's counter (p50 p99 max), then on the link's row (p50 p99 max)
//   sent     answers render batches, their bytes, and failures so far
//   close    closes all pages; answers the seconds that it took
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is not [var address, var count, var tasksFile, var probesFile] || Environment.GetEnvironmentVariable("ORLEANSLINKS_CONSOLE_KEY") is not { } key)
{
    await Console.Error.WriteLineAsync("Consoles is started by bench/consoles.sh.");
    return 1;
}

var consoles = new Consoles(new Uri(address), key, int.Parse(count, CultureInfo.InvariantCulture), File.ReadAllLines(tasksFile), Probe.Read(probesFile));
while (await Console.In.ReadLineAsync() is { } command)
{
    Console.WriteLine(command.Split(' ') switch
    {
        ["open"] => await Seconds(consoles.Open),
        ["close"] => await Seconds(consoles.Close),
        ["probe", var seconds] => await consoles.Click(TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture))),
        ["sent"] => consoles.Sent,
        _ => "unknown",
    });
}

return 0;

static async Task<string> Seconds(Func<Task> action)
{
    var began = Stopwatch.GetTimestamp();
    await action();
    return $"{Stopwatch.GetElapsedTime(began).TotalSeconds:F1}";
}
