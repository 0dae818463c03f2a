using System.Net;
using System.Net.Sockets;

namespace OrleansLinks.Host;

/// <summary>What who knocks at the program's port meets, from its first moment to its end.</summary>
public sealed class DoorTests
{
    [Fact]
    public async Task From_the_first_answer_on_everybody_is_answered_while_the_program_starts()
    {
        using var folder = new TemporaryFolder();
        var port = Instance.FreePort();
        await using var program = await Begin(port, folder.Path);

        // Each on a connection of its own: one that is refused or cut off throws.
        var answers = new List<HttpStatusCode>();
        while (!answers.Contains(HttpStatusCode.OK))
        {
            answers.Add(await Ask(port, "/health/ready"));
        }

        Assert.Contains(HttpStatusCode.ServiceUnavailable, answers);
        Assert.All(answers, answer => Assert.True(answer is HttpStatusCode.ServiceUnavailable or HttpStatusCode.OK, $"{answer}"));
    }

    [Fact]
    public async Task Asked_to_end_in_the_middle_of_its_start_it_ends_well_and_complains_of_nothing()
    {
        using var folder = new TemporaryFolder();
        var port = Instance.FreePort();
        await using var program = await Begin(port, folder.Path);

        program.Ask(Child.Signal.Terminate);

        var ended = await program.WaitForEnd(Instance.StopsWithin);
        Assert.Equal((0, "", "  OrleansLinks has ended; all clicks are counted."), (ended.ExitCode, ended.Errors, ended.Output));
    }

    [Fact]
    public async Task Requests_that_are_never_sent_to_their_end_hold_up_its_own_end_for_half_of_the_time_at_most()
    {
        using var folder = new TemporaryFolder();
        await using var instance = await Instance.Start(folder.Path, arguments: ["--Shutdown:TimeoutSeconds", "4"]);
        using var visitor = new TcpClient();
        await visitor.ConnectAsync(IPAddress.Loopback, instance.Port, TestContext.Current.CancellationToken);
        await visitor.GetStream().WriteAsync("GET /abc"u8.ToArray(), TestContext.Current.CancellationToken);

        await instance.Stop();

        Assert.DoesNotContain(instance.Child.Output, line => line.Contains("warn:", StringComparison.Ordinal) || line.Contains("fail:", StringComparison.Ordinal));
        Assert.Contains("  OrleansLinks has ended; all clicks are counted.", instance.Child.Output);
    }

    /// <summary>A proxy that keeps visitors from these compares letter by letter, and so does the program.</summary>
    [Fact]
    public async Task Health_and_metrics_are_shown_to_who_spells_them_so_alone()
    {
        using var folder = new TemporaryFolder();
        await using var instance = await Instance.Start(folder.Path);
        foreach (var path in new[] { "/metrics", "/metrics?all", "/health/ready", "/health/live", "/health/startup" })
        {
            Assert.Equal(HttpStatusCode.OK, await Ask(instance.Port, path));
        }

        foreach (var path in new[] { "/METRICS", "/%6Detrics", "/./metrics", "/x/../metrics", "/metrics/", "//metrics", "/Health/ready", "/health/%72eady", "/health/./live" })
        {
            Assert.Equal((path, HttpStatusCode.NotFound), (path, await Ask(instance.Port, path)));
        }

        Assert.Equal(HttpStatusCode.MethodNotAllowed, await Ask(instance.Port, "/metrics", HttpMethod.Post));
    }

    /// <summary>The program in the middle of its start: it has answered for the first time.</summary>
    private static async Task<Child> Begin(int port, string folder)
    {
        var program = Child.Start("dotnet", [Repository.Edge, "--port", $"{port}", "--data", folder]);
        await Eventually.Is(async () => await Knock(port, "/health/live") == HttpStatusCode.OK);
        return program;
    }

    private static async Task<HttpStatusCode?> Knock(int port, string path)
    {
        try
        {
            return await Ask(port, path);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static async Task<HttpStatusCode> Ask(int port, string path, HttpMethod? method = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            method ?? HttpMethod.Get, new Uri($"http://127.0.0.1:{port}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
