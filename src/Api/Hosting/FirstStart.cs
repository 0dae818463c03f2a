using OrleansLinks.Access;
using OrleansLinks.Demo;
using OrleansLinks.Installation;

namespace OrleansLinks.Hosting;

/// <summary>
/// Once the actors answer: makes the operator's first key or takes it from <c>ORLEANSLINKS_OPERATOR_KEY</c>, makes the
/// demo data if asked to, and says where everything is.
/// </summary>
internal sealed class FirstStart(IGrainFactory grains, IConfiguration configuration, Origin origin, TimeProvider clock)
{
    private const string Variable = "ORLEANSLINKS_OPERATOR_KEY";

    /// <summary>Does it.</summary>
    /// <exception cref="StartupException">The given operator key is too short.</exception>
    public async Task Run(TextWriter output)
    {
        await WelcomeOperator(output);
        await output.WriteLineAsync($"  OrleansLinks is ready at {origin.Url}");
        await output.WriteLineAsync($"  The API page is at       {origin.Url}/docs");
        if (configuration.GetValue<bool>("Demo"))
        {
            await new DemoData(grains, clock).Make(output);
        }
        else
        {
            await output.WriteLineAsync("  For demo data            stop with Ctrl-C, then ./run.sh --demo");
        }

        await output.FlushAsync();
    }

    private async Task WelcomeOperator(TextWriter output)
    {
        var installation = grains.GetGrain<IInstallationGrain>(IInstallationGrain.Key);
        var given = configuration[Variable];
        if (!string.IsNullOrEmpty(given))
        {
            if (given.Length is < AccessKeys.MinLength or > 200)
            {
                throw new StartupException($"{Variable} has {given.Length} characters; give {AccessKeys.MinLength} to 200 random ones.");
            }

            await Create(given);
            await installation.OfferFirstOperatorKey(AccessKeys.IdOf(given));
            return;
        }

        // The key is shown when it works, and works before it is taken for the first: a start that is cut off in between
        // leaves a key that nobody knows and shows another one the next time.
        var secret = AccessKeys.New();
        if (await installation.HasOperatorKey())
        {
            return;
        }

        await Create(secret);
        if (await installation.OfferFirstOperatorKey(AccessKeys.IdOf(secret)))
        {
            await output.WriteLineAsync("  The operator's key, shown this once:");
            await output.WriteLineAsync($"      {secret}");
        }
    }

    private async Task Create(string secret)
    {
        var id = AccessKeys.IdOf(secret);
        await grains.GetGrain<IAccessKeyGrain>(id).Create(
            new AccessKey(id, "First operator key", Role.Operator, null, null, false, null, clock.GetUtcNow()));
    }
}
