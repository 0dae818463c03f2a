using OrleansLinks.Lists;

namespace OrleansLinks.Api.Tests.Lists;

public sealed class MadeUpCursorTests(RunningHost host)
{
    [Theory]
    [InlineData("links", "nonsense")]
    [InlineData("links", "99999999999999999999")]
    [InlineData("links", "-1")]
    [InlineData("clicks", "nonsense")]
    [InlineData("clicks", "clk_")]
    public async Task A_cursor_with_a_right_checksum_and_nonsense_in_it_is_refused(string list, string last)
    {
        var world = await World.Make(host);

        var answer = await world.Brand.Get($"/tasks/{world.TaskId}/{list}?cursor={Cursors.Write($"{list}:{world.TaskId}", last)}");

        answer.ExpectProblem(400, "cursor_invalid", "cursor");
    }
}
