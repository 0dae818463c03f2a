using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Journal;

namespace OrleansLinks.Bench;

/// <summary>
/// Whole redirects without the web server: the endpoint's delegate, called with requests that are used again and again, so
/// that reading a request, finding the endpoint and writing the answer are not in it. Those of 64 connections at once, as
/// one alone would wait for the disk by itself and have all that happens meanwhile in the process counted as its own.
/// </summary>
public class RedirectBenchmarks
{
    private const int Connections = 64;
    private const int Redirects = 64 * Connections;
    private readonly HttpContext[] _requests = new HttpContext[Connections];
    private readonly Task[] _answers = new Task[Connections];
    private InProcess _product = null!;
    private ClickJournal _journal = null!;
    private RequestDelegate _redirect = null!;

    /// <summary>The clicks stay in the journal: what is left is the edge's own.</summary>
    [GlobalSetup(Target = nameof(Redirect))]
    public Task SetUpWithoutLedger() => SetUp("Disk", hasLedger: false);

    /// <summary>The same, with redirects that do not wait for the disk.</summary>
    [GlobalSetup(Target = nameof(RedirectBuffered))]
    public Task SetUpBuffered() => SetUp("Buffered", hasLedger: false);

    /// <summary>The clicks go to the ledger meanwhile.</summary>
    [GlobalSetup(Target = nameof(RedirectAndLedger))]
    public Task SetUpWithLedger() => SetUp("Disk", hasLedger: true);

    /// <summary>Stops the product.</summary>
    [GlobalCleanup]
    public async Task CleanUp()
    {
        Check();
        await _product.DisposeAsync();
    }

    /// <summary>
    /// The edge's part. Of it, waiting for the disk is what <see cref="RedirectBuffered"/> does not have: the state machines of
    /// the methods that wait, and the places in the list of who waits.
    /// </summary>
    [Benchmark(OperationsPerInvoke = Redirects, Description = "a redirect, click on disk, without web server and ledger")]
    public Task Redirect() => Run();

    /// <summary>
    /// The click (152 bytes), its id as text (88), the landing page's URL (216); the rest are small things such as the decision.
    /// </summary>
    [Benchmark(OperationsPerInvoke = Redirects, Description = "the same, Buffered: without the wait for the disk")]
    public Task RedirectBuffered() => Run();

    /// <summary>With what it takes to bring the clicks to the ledger, which is in the same process here, a few thousand at once.</summary>
    [Benchmark(OperationsPerInvoke = Redirects, Description = "the same, Disk, until the clicks are counted (actors, SQLite)")]
    public async Task RedirectAndLedger()
    {
        await Run();
        while (_journal.Shipped < _journal.Tail)
        {
            await Task.Delay(1);
        }
    }

    private async Task SetUp(string durability, bool hasLedger)
    {
        _product = await InProcess.Start(Allocations.Folder, "--Clicks:Durability", durability);
        _journal = _product.Services.GetRequiredService<ClickJournal>();
        var (_, paths) = await _product.Instance.MakeTask("Allocations", Connections);
        _redirect = _product.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Single(endpoint => endpoint.RoutePattern.RawText == "/{code}").RequestDelegate!;
        for (var i = 0; i < Connections; i++)
        {
            var request = _requests[i] = new DefaultHttpContext { RequestServices = _product.Services };
            request.Connection.RemoteIpAddress = IPAddress.Loopback;
            request.Request.Method = HttpMethods.Get;
            request.Request.Path = paths[i];
            request.Request.RouteValues["code"] = paths[i][1..];
            request.Request.Headers.UserAgent = PartBenchmarks.UserAgent;
        }

        await Run();
        Check();
        if (!hasLedger)
        {
            await _product.Services.GetRequiredService<ClickShipper>().StopAsync(CancellationToken.None);
        }
    }

    private void Check()
    {
        if (Array.Find(_requests, request => request.Response.StatusCode != StatusCodes.Status302Found) is { } failed)
        {
            throw new InvalidOperationException($"A redirect was answered with {failed.Response.StatusCode}.");
        }

        if (_journal.Lost > 0 || _journal.Durable < _journal.Tail)
        {
            throw new InvalidOperationException($"Of {_journal.Tail} clicks, {_journal.Lost} are lost and {_journal.Durable} on disk.");
        }
    }

    private async Task Run()
    {
        for (var round = 0; round < Redirects / Connections; round++)
        {
            for (var i = 0; i < Connections; i++)
            {
                _requests[i].Response.StatusCode = StatusCodes.Status200OK;
                _answers[i] = _redirect(_requests[i]);
            }

            await Task.WhenAll(_answers);
            while (_journal.Durable < _journal.Tail)
            {
                Thread.Yield();
            }
        }
    }
}
