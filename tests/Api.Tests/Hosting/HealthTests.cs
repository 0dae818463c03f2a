using OrleansLinks.Api.Tests;

namespace OrleansLinks.Hosting;

public sealed class HealthTests(RunningHost host)
{
    [Theory]
    [InlineData("/Metrics")]
    [InlineData("/HEALTH/ready")]
    [InlineData("/health/Live")]
    public async Task What_a_proxy_keeps_from_visitors_is_not_told_under_another_spelling(string path) =>
        (await host.Anyone.SendRaw(HttpMethod.Get, path)).Expect(404);
}
