namespace OrleansLinks.Host;

public sealed class FirstStartTests
{
    [Fact]
    public async Task The_first_start_shows_an_operator_key_that_works_and_the_second_shows_none()
    {
        using var folder = new TemporaryFolder();
        string key;
        await using (var first = await Instance.Start(folder.Path, operatorKey: null))
        {
            key = Assert.Single(KeysIn(first.Child.Output));
            using var client = new Client(first.Origin, key);
            Assert.StartsWith("prg_", (await client.Post("/programs", Scene.NewProgram)).Id(), StringComparison.Ordinal);
            await first.Stop();
            Assert.Single(KeysIn(first.Child.Output));
        }

        await using var second = await Instance.Start(folder.Path, operatorKey: null);
        using var again = new Client(second.Origin, key);
        Assert.Single((await again.Get("/programs")).GetProperty("items").EnumerateArray());
        await second.Stop();
        Assert.Empty(KeysIn(second.Child.Output));
    }

    [Fact]
    public async Task An_operator_key_that_is_given_works_and_is_not_shown()
    {
        using var folder = new TemporaryFolder();
        await using var instance = await Instance.Start(folder.Path);
        await Scene.Make(instance.Operator);
        await instance.Stop();
        Assert.Empty(KeysIn(instance.Child.Output));
        Assert.DoesNotContain(instance.Child.Output, line => line.Contains(Instance.OperatorKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_demo_has_keys_that_work_and_a_campaign_of_each_kind_and_landing_mode()
    {
        using var folder = new TemporaryFolder();
        await using var instance = await Instance.Start(folder.Path, arguments: ["--demo", "true"]);
        await instance.Child.WaitForOutput("which tasks the demo has", line => line.Contains("tsk_", StringComparison.Ordinal), count: 12);

        var (program, brandKey) = Find(instance, "brand");
        using var brand = new Client(instance.Origin, brandKey);
        Assert.Equal(program, (await brand.Get($"/programs/{program}")).Id());
        var campaigns = await brand.List($"/programs/{program}/campaigns");
        Assert.All(campaigns, campaign => Assert.Equal("active", campaign.Text("status")));
        Assert.Equal(
            ["creator programDefault", "creator partnerChoice", "creator savedPages", "performance programDefault", "performance partnerChoice", "performance savedPages"],
            campaigns.Select(campaign => $"{campaign.Text("kind")} {campaign.GetProperty("landing").Text("mode")}").ToHashSet());
        Assert.Equal(6, campaigns.Count);

        foreach (var who in new[] { "partner", "creator" })
        {
            var (id, key) = Find(instance, who);
            using var partner = new Client(instance.Origin, key);
            var tasks = await partner.List($"/partners/{id}/tasks");
            Assert.Equal(campaigns.Select(campaign => campaign.Id()).ToHashSet(), tasks.Select(task => task.Text("campaignId")).ToHashSet());
            foreach (var task in tasks)
            {
                Assert.True((await partner.Get($"/tasks/{task.Id()}")).GetProperty("linkSettings").GetProperty("canCreate").GetBoolean());
            }
        }
    }

    private static (string Id, string Key) Find(Instance instance, string who) => instance.Child.Output
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words is [_, _, "key", _] && words[0] == who)
        .Select(words => (words[1], words[3]))
        .Single();

    private static IEnumerable<string> KeysIn(IEnumerable<string> lines) => lines
        .SelectMany(line => line.Split(' '))
        .Where(word => word.StartsWith("olk_", StringComparison.Ordinal));
}
