using OrleansLinks.Storage;
using Xunit;

namespace OrleansLinks.History;

public abstract class SettingsHistoryTests(StorageHost host) : StoreTests(host)
{
    private ISettingsHistory History => Host.Get<ISettingsHistory>();

    [Fact]
    public async Task The_settings_of_a_time_are_those_that_held_then_of_versions_that_came_to_be()
    {
        var campaign = Make.Id(EntityId.Campaign);
        var (first, second, third) = (Version(campaign, 1, 0), Version(campaign, 4, 10), Version(campaign, 6, 20));
        await History.AddAsync(first, second);
        await History.AddAsync(third);
        await History.AddAsync(Version(Make.Id(EntityId.Program), 2, 0));

        Assert.Null(await History.FindAtAsync(campaign, Make.Noon.AddMinutes(-1), 9));
        Assert.Equal(first, await History.FindAtAsync(campaign, Make.Noon.AddMinutes(9), 9));
        Assert.Equal(second, await History.FindAtAsync(campaign, Make.Noon.AddMinutes(10), 9));
        Assert.Equal(third, await History.FindAtAsync(campaign, Make.Noon.AddMinutes(60), 9));
        Assert.Equal(second, await History.FindAtAsync(campaign, Make.Noon.AddMinutes(60), 5));
    }

    [Fact]
    public async Task A_version_is_found_by_its_number_and_replaced_when_it_comes_again()
    {
        var program = Make.Id(EntityId.Program);
        await History.AddAsync(Version(program, 1, 0), Version(program, 2, 10));
        var again = Version(program, 2, 30) with { Settings = """{"name":"页"}""" };
        await History.AddAsync(again);
        await Host.CloseAsync();

        Assert.Equal(Version(program, 1, 0), await History.FindAsync(program, 1));
        Assert.Equal(again, await History.FindAsync(program, 2));
        Assert.Null(await History.FindAsync(program, 3));
        Assert.Null(await History.FindAsync(Make.Id(EntityId.Program), 1));
    }

    protected static SettingsVersion Version(string id, long version, int minute) =>
        new(id, version, Make.Noon.AddMinutes(minute), $$"""{"version":{{version}}}""");
}

public sealed class SqliteSettingsHistoryTests() : SettingsHistoryTests(new SqliteHost());

public sealed class PostgresSettingsHistoryTests() : SettingsHistoryTests(new PostgresHost())
{
    [Fact]
    public async Task A_program_of_before_finds_and_keeps_terms_by_their_name_of_then()
    {
        var campaign = Make.Id(EntityId.Campaign);
        var key = EntityId.Parse(campaign, EntityId.Campaign);
        var host = (PostgresHost)Host;
        await Host.Get<ISettingsHistory>().AddAsync(Version(campaign, 1, 0));

        var terms = await host.ReadOneAsync($"SELECT terms FROM campaign_terms WHERE campaign_id = '{key}' AND version <= 9 ORDER BY version DESC LIMIT 1", row => row.Text());
        for (var times = 0; times < 2; times++)
        {
            await host.RunAsync(
                $"INSERT INTO campaign_terms VALUES ('{key}', 2, {Make.Noon.ToUnixTimeMilliseconds()}, '{{}}') ON CONFLICT (campaign_id, version) DO UPDATE SET since = excluded.since, terms = excluded.terms");
        }

        Assert.Equal(Version(campaign, 1, 0).Settings, terms);
        Assert.Equal(new SettingsVersion(campaign, 2, Make.Noon, "{}"), await Host.Get<ISettingsHistory>().FindAsync(campaign, 2));
    }
}
