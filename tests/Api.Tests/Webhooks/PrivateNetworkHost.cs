using OrleansLinks.Api.Tests.Webhooks;

[assembly: AssemblyFixture(typeof(PrivateNetworkHost))]

namespace OrleansLinks.Api.Tests.Webhooks;

/// <summary>
/// A host that sends to receivers on this machine, and whose clock can be set ahead. It lives as long as the one that other tests share:
/// hosts of one process share the metrics of the same name, and those end with the first that does.
/// </summary>
public sealed class PrivateNetworkHost : RunningHost
{
    private readonly SkippingClock _clock = new();

    protected override string[] Settings => ["--Webhooks:AllowPrivateNetworks", "true"];

    protected override TimeProvider? Clock => _clock;

    /// <summary>Lets so much time have passed.</summary>
    public void Skip(TimeSpan time) => _clock.Skip(time);

    private sealed class SkippingClock : TimeProvider
    {
        private long _skipped;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _skipped));

        public void Skip(TimeSpan time) => Interlocked.Add(ref _skipped, time.Ticks);
    }
}
