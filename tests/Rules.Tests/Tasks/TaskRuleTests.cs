using OrleansLinks.Tasks;

namespace OrleansLinks.Rules.Tests.Tasks;

/// <summary>What a task may be.</summary>
public sealed class TaskRuleTests
{
    private static readonly TaskChange Least = new() { PartnerId = Given.PartnerId, Name = "Post a story" };

    [Fact]
    public void A_task_needs_a_partner_and_a_name() =>
        Assert.Equal(
            new TaskInfo(Given.TaskId, Given.CampaignId, Given.ProgramId, Given.PartnerId, "Post a story", null, null, Given.Now, 1),
            Make(Least).Ok());

    [Fact]
    public void Every_required_field_that_is_missing_is_named() => Make(new TaskChange()).InvalidIn("partnerId", "name");

    [Fact]
    public void Every_field_that_is_not_valid_is_named() =>
        Make(new TaskChange { PartnerId = "Ann", Name = new string('x', 201), Description = "a\0b" }).InvalidIn("partnerId", "name", "description");

    [Theory]
    [InlineData("")]
    [InlineData("prt_")]
    [InlineData("prt_1")]
    [InlineData(Given.TaskId)]
    [InlineData("prt_01JZ00000000000000000000R1")]
    [InlineData("prt_01jz00000000000000000000ri")]
    [InlineData(" " + Given.PartnerId)]
    [InlineData("prt_81jz00000000000000000000r1")]
    public void The_partner_is_named_by_its_id(string id) => Make(Least with { PartnerId = id }).InvalidIn("partnerId");

    [Fact]
    public void The_partner_of_a_task_stays()
    {
        Change(new TaskChange { PartnerId = Given.OtherPartnerId }).InvalidIn("partnerId");
        Change(new TaskChange { PartnerId = null }).InvalidIn("partnerId");
        Assert.Equal(Given.PartnerId, Change(new TaskChange { PartnerId = Given.PartnerId }).Ok().PartnerId);
    }

    [Fact]
    public void A_change_leaves_the_fields_that_it_does_not_set_and_the_version_when_it_sets_none()
    {
        var before = Given.Task with { Description = "Two slides", DueAt = Given.Now.AddDays(9) };

        Assert.Equal(before with { Name = "Post a reel", Version = before.Version + 1 }, Change(new TaskChange { Name = "Post a reel" }, before).Ok());
        Assert.Equal(before, Change(new TaskChange(), before).Ok());
    }

    [Fact]
    public void Null_clears_the_fields_that_a_task_can_do_without()
    {
        var after = Change(new TaskChange { Description = null, DueAt = null }, Given.Task with { Description = "Two slides", DueAt = Given.Now }).Ok();

        Assert.Null(after.Description);
        Assert.Null(after.DueAt);
    }

    [Fact]
    public void Null_does_not_clear_the_name() => Change(new TaskChange { Name = null }).InvalidIn("name");

    [Fact]
    public void A_name_has_1_to_200_characters_in_one_line()
    {
        Make(Least with { Name = new string('x', 200) }).Ok();
        Make(Least with { Name = "a\nb" }).InvalidIn("name");
        Make(Least with { Name = "   " }).InvalidIn("name");
    }

    [Fact]
    public void A_description_has_at_most_10000_characters_in_as_many_lines_as_it_takes()
    {
        Assert.Equal("One\r\n\ttwo\nthree", Make(Least with { Description = "One\r\n\ttwo\nthree\n" }).Ok().Description);
        Make(Least with { Description = new string('x', 10_000) }).Ok();
        Make(Least with { Description = new string('x', 10_001) }).InvalidIn("description");
        Make(Least with { Description = "a\u001Bb" }).InvalidIn("description");
        Make(Least with { Description = "a\uDE00b" }).InvalidIn("description");
        Assert.Null(Make(Least with { Description = "  \n " }).Ok().Description);
    }

    [Fact]
    public void A_due_time_is_kept_in_UTC()
    {
        var due = Make(Least with { DueAt = new DateTimeOffset(2026, 6, 1, 9, 0, 0, TimeSpan.FromHours(9)) }).Ok().DueAt;

        Assert.Equal(TimeSpan.Zero, due?.Offset);
        Assert.Equal(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), due);
    }

    private static Result<TaskInfo> Make(TaskChange settings) =>
        TaskRules.Apply(Given.TaskId, null, Given.CampaignId, Given.ProgramId, settings, Given.Now);

    private static Result<TaskInfo> Change(TaskChange change, TaskInfo? current = null) =>
        TaskRules.Apply(Given.TaskId, current ?? Given.Task, Given.CampaignId, Given.ProgramId, change, Given.Now);
}
