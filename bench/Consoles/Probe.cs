namespace OrleansLinks.Bench;

/// <summary>A task whose clicks are all ours, and how many there were.</summary>
internal sealed class Probe(string task, string path)
{
    public string Task => task;

    public string Path => path;

    public long Clicks { get; set; }

    public static Probe[] Read(string file) => [.. File.ReadLines(file).Select(line => line.Split(' ')).Select(words => new Probe(words[0], words[1]))];
}
