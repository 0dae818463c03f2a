using OrleansLinks.Access;
using OrleansLinks.Demo;
using OrleansLinks.Installation;
using OrleansLinks.Problems;
using OrleansLinks.Redirect;

namespace OrleansLinks.Hosting;

/// <summary>
/// Once the actors answer: makes the operator's first key or takes it from <c>ORLEANSLINKS_OPERATOR_KEY</c>, makes the
/// demo data if asked to, and says where everything is.
/// </summary>
internal sealed class FirstStart(
    IGrainFactory grains,
    StartOptions options,
    Visitors visitors,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<FirstStart> log,
    ClusterConnection? silos = null)
{
    private const string FirstKey = "First operator key";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Does it, unless the program is asked to end before the actors have answered.</summary>
    /// <param name="output">Where it says so.</param>
    /// <param name="url">Where the program listens.</param>
    /// <param name="provider">What keeps its data.</param>
    public async Task Run(TextWriter output, string url, DatabaseProvider provider)
    {
        if (!await TryUntilDone(output))
        {
            return;
        }

        await output.WriteLineAsync($"  OrleansLinks is ready at {url}");
        await output.WriteLineAsync($"  The console is at        {url}/console");
        await output.WriteLineAsync($"  The API page is at       {url}/docs");
        if (provider == DatabaseProvider.Postgres && silos is null)
        {
            await output.WriteLineAsync("  Its actors               are in this process, which is a silo beside others (Cluster:Mode Embedded)");
        }

        if (options.Demo)
        {
            await new DemoData(grains, clock).Make(output);
        }
        else if (provider == DatabaseProvider.Sqlite)
        {
            await output.WriteLineAsync("  For demo data            stop with Ctrl-C, and start again with --demo");
        }

        await output.FlushAsync();
    }

    /// <summary>Silos may come and go while an edge starts: what they did not carry out is tried again.</summary>
    private async Task<bool> TryUntilDone(TextWriter output)
    {
        while (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            try
            {
                await visitors.Load();
                await WelcomeOperator(output);
                return true;
            }
            catch (Exception exception) when (silos is not null && Infrastructure.Fails(exception))
            {
                log.StartWaits(exception.Message);
                await Task.Delay(Pause, clock, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return false;
    }

    private async Task WelcomeOperator(TextWriter output)
    {
        var installation = grains.Actor<IInstallationGrain>(IInstallationGrain.Key);
        if (options.OperatorKey is { } given)
        {
            var isFirst = !await installation.HasOperatorKey();
            var isNew = await Create(given, isFirst ? FirstKey : "Operator key that a start was given");
            await installation.OfferFirstOperatorKey(AccessKeys.IdOf(given));
            if (isNew && !isFirst)
            {
                await output.WriteLineAsync("  ORLEANSLINKS_OPERATOR_KEY is a new key of the operator; those from before work too, until they are revoked.");
            }

            return;
        }

        // The key is shown when it works, and works before it is taken for the first: a start that is cut off in between
        // leaves a key that nobody knows and shows another one the next time.
        var secret = AccessKeys.New();
        if (await installation.HasOperatorKey())
        {
            return;
        }

        await Create(secret, FirstKey);
        if (await installation.OfferFirstOperatorKey(AccessKeys.IdOf(secret)))
        {
            await output.WriteLineAsync("  The operator's key, shown this once:");
            await output.WriteLineAsync($"      {secret}");
        }
    }

    /// <returns>Whether there was no such key before.</returns>
    private async Task<bool> Create(string secret, string name)
    {
        var id = AccessKeys.IdOf(secret);
        var key = new AccessKey(id, name, Role.Operator, null, null, false, null, clock.GetUtcNow());
        return await grains.Actor<IAccessKeyGrain>(id).Create(key) == key;
    }
}
