using System.Net;
using OrleansLinks.Webhooks;

namespace OrleansLinks.Rules.Tests.Webhooks;

public sealed class WebhookRuleTests
{
    [Theory]
    [InlineData("93.184.216.34", true)]
    [InlineData("2606:2800:220:1:248:1893:25c8:1946", true)]
    [InlineData("::ffff:93.184.216.34", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("64:ff9b::7f00:1", false)] // NAT64 to 127.0.0.1
    [InlineData("2002:7f00:1::", false)] // 6to4 to 127.0.0.1
    [InlineData("2001:db8::1", false)]
    [InlineData("2001:0:53aa:64c::1", false)] // Teredo
    public void Only_addresses_of_the_public_internet_are_public(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddresses.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void Pauses_grow_to_half_a_day_and_come_to_three_days_in_a_dozen_tries()
    {
        var pauses = Enumerable.Range(1, 12).Select(attempts => RetrySchedule.After(attempts, null, 0)).ToArray();

        Assert.Equal(TimeSpan.FromSeconds(5), pauses[0]);
        Assert.Equal(pauses.Order(), pauses);
        Assert.Equal(TimeSpan.FromHours(12), pauses[^1]);
        Assert.InRange(TimeSpan.FromTicks(pauses.Sum(pause => pause.Ticks)), TimeSpan.FromDays(2), RetrySchedule.Patience);
        Assert.Equal(TimeSpan.FromSeconds(6), RetrySchedule.After(1, null, 1));
    }

    [Fact]
    public void What_a_receiver_asks_for_is_heard_within_bounds()
    {
        Assert.Equal(TimeSpan.FromMinutes(1), RetrySchedule.After(1, TimeSpan.FromMinutes(1), 0.5));
        Assert.Equal(TimeSpan.FromSeconds(5), RetrySchedule.After(1, TimeSpan.FromSeconds(-9), 0));
        Assert.Equal(RetrySchedule.LongestRetryAfter, RetrySchedule.After(1, TimeSpan.FromDays(400), 0));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(9, 5)]
    [InlineData(60, 30)]
    [InlineData(86_400, 600)]
    public void One_that_only_fails_is_left_alone_half_as_long_as_it_has_and_for_ten_minutes_at_most(int failing, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetrySchedule.BreakAfter(TimeSpan.FromSeconds(failing), 0));

    // Made with the library of https://www.standardwebhooks.com, whose documentation has this example.
    [Fact]
    public void A_signature_is_that_of_the_standards_example() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Of(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}"""));

    [Fact]
    public void A_secret_is_the_same_for_the_same_request_and_caller_alone()
    {
        var seed = Guid.NewGuid();
        string[] secrets =
        [
            WebhookSignature.DeriveSecret("key", seed), WebhookSignature.DeriveSecret("key", seed), WebhookSignature.DeriveSecret("other", seed),
            WebhookSignature.DeriveSecret("key", Guid.NewGuid()),
        ];

        Assert.Equal(secrets[0], secrets[1]);
        Assert.Equal(3, secrets.Distinct().Count());
        Assert.All(secrets, secret => Assert.Equal(32, Convert.FromBase64String(secret["whsec_".Length..]).Length));
    }

    [Fact]
    public void Every_event_has_a_name_and_the_sum_of_all_is_what_the_database_looks_for()
    {
        Assert.Equal(Enum.GetValues<WebhookEvents>().Where(one => one != WebhookEvents.None), WebhookEventNames.All.Select(pair => pair.Event));
        Assert.Equal((126, 1), ((int)WebhookEventNames.OfConversions, (int)WebhookEvents.ClicksCounted));
    }
}
