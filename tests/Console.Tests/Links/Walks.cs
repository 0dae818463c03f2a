using Microsoft.Playwright;

namespace OrleansLinks.ConsoleTests.Links;

/// <summary>How users come to where links are created, by the words on the pages.</summary>
internal static class Walks
{
    /// <summary>Campaign Manager → Performance or Creators → Active → Manage Campaign → Tasks → View Task Details.</summary>
    /// <param name="window">A brand's window.</param>
    /// <param name="kind">The text that the kind of campaign is called by.</param>
    /// <param name="task">The task.</param>
    public static async Task<TaskPage> ThroughCampaignManager(this Window window, string kind, NewTask task)
    {
        var words = window.Words;
        await window.Go("");
        await window.Follow(words["Nav.CampaignManager"]);
        await window.Main.GetByRole(AriaRole.Link, new() { Name = words[kind], Exact = true }).ClickAsync();
        await Assertions.Expect(window.Main.GetByRole(AriaRole.Link, new() { Name = words[kind], Exact = true })).ToHaveAttributeAsync("aria-current", "page");
        await window.Follow(words["Campaigns.StatusActive"]);
        await window.Search(words["Campaigns.Search"], task.CampaignName);
        await window.Follow($"{words["Campaigns.Manage"]}: {task.CampaignName}");
        await window.Follow(words["Campaigns.Tab.tasks"]);
        await window.Follow($"{words["Campaigns.TaskDetails"]}: {task.Name}");
        return await window.IsAt(task);
    }

    /// <summary>Find Campaigns → Participating → Manage Tasks → My Campaign Tasks → View Task Details.</summary>
    public static async Task<TaskPage> ThroughFindCampaigns(this Window window, NewTask task)
    {
        var words = window.Words;
        await window.Go("");
        await window.Follow(words["Nav.FindCampaigns"]);
        await Assertions.Expect(window.Main.GetByRole(AriaRole.Link, new() { Name = words["Discover.Participating"], Exact = true })).ToHaveAttributeAsync("aria-current", "page");
        await window.Search(words["Discover.SearchCampaigns"], task.CampaignName);
        await window.Follow(words["Discover.ManageTasksOf", task.CampaignName]);
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = words["Nav.MyTasks"], Exact = true })).ToBeVisibleAsync();
        await window.Follow(words["Discover.ViewTaskOf", task.Name]);
        return await window.IsAt(task);
    }

    /// <summary>Dashboard → Create a link → campaign → task.</summary>
    public static async Task<TaskPage> ThroughTheWidget(this Window window, NewTask task)
    {
        var words = window.Words;
        await window.Go("");
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = words["Dashboard.CreateLink"], Exact = true })).ToBeVisibleAsync();

        // The only program, and the only task of the campaign, are chosen by themselves.
        await window.Choose(words["Dashboard.Campaign"], task.CampaignName);
        await Assertions.Expect(window.Main.GetByRole(AriaRole.Combobox, new() { Name = words["Dashboard.Task"], Exact = true })).ToHaveValueAsync(task.Name);
        return new TaskPage(window);
    }

    public static async Task<TaskPage> IsAt(this Window window, NewTask task)
    {
        await window.Page.WaitForURLAsync($"**/console/tasks/{task.Id}");
        await window.IsThere();
        var page = new TaskPage(window);
        await Assertions.Expect(page.Heading).ToHaveTextAsync(task.Name);
        return page;
    }
}
