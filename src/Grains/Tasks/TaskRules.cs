namespace OrleansLinks.Tasks;

/// <summary>Decides whether a task can be made or changed so.</summary>
internal static class TaskRules
{
    /// <summary>The task after the change; a new one when there is no <paramref name="current"/>.</summary>
    public static Result<TaskInfo> Apply(string id, TaskInfo? current, string campaignId, string programId, TaskChange change, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        var partnerId = change.PartnerId.Or(current?.PartnerId) ?? "";
        if (current is not null && partnerId != current.PartnerId)
        {
            errors.Add("partnerId", "The partner of a task stays; make a task of its own for another partner.");
        }
        else if (!EntityId.IsWellFormed(partnerId, EntityId.Partner))
        {
            errors.Add("partnerId", "partnerId is required: the id (prt_…) of the partner that the task is assigned to.");
        }

        var name = errors.Text("name", change.Name.Or(current?.Name), 200);
        var description = errors.OptionalText("description", change.Description.Or(current?.Description), 10_000, lineBreaks: true);
        if (errors.Any)
        {
            return errors.ToRefusal();
        }

        var next = new TaskInfo(
            id,
            campaignId,
            programId,
            partnerId,
            name,
            description,
            change.DueAt.Or(current?.DueAt)?.ToUniversalTime(),
            current?.CreatedAt ?? now,
            (current?.Version ?? 0) + 1);
        return next with { Version = next.Version - 1 } == current ? current : next;
    }
}
