namespace OrleansLinks.Api.Tests.Webhooks;

/// <summary>A host that sends to receivers on this machine, and whose clock can be set ahead.</summary>
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
