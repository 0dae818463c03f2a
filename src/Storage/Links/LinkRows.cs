using OrleansLinks.Storage;

namespace OrleansLinks.Links;

/// <summary>Links as rows, whichever database they are in.</summary>
internal static class LinkRows
{
    /// <summary>The columns that <see cref="Read"/> reads.</summary>
    public const string Columns =
        "code, form, task_id, campaign_id, partner_id, program_id, target, landing_page, saved_page_id, " +
        "sub_id1, sub_id2, sub_id3, shared_id, param, created_by, created_at, state, version, creation_id, disabled_by";

    // C# reads the columns from left to right: the order here is the order of Columns.
    public static Link Read(IRow row) => new(
        row.Text(),
        (LinkForm)row.Int32(),
        row.Id(EntityId.Task),
        row.Id(EntityId.Campaign),
        row.Id(EntityId.Partner),
        row.Id(EntityId.Program),
        (LinkTarget)row.Int32(),
        row.TextOrNull(),
        row.IdOrNull(EntityId.SavedPage),
        row.ReportingValues(),
        (LinkCreator)row.Int32(),
        row.Time(),
        (LinkState)row.Int32(),
        row.Int64(),
        row.Guid(),
        (LinkCreator?)row.Int32OrNull());

    /// <summary>The next five columns, which links and clicks keep their reporting values in.</summary>
    public static ReportingValues ReportingValues(this IRow row)
    {
        var values = new ReportingValues(
            row.TextOrNull(), row.TextOrNull(), row.TextOrNull(), row.TextOrNull(), row.TextOrNull());
        return values == Links.ReportingValues.None ? Links.ReportingValues.None : values;
    }

    /// <summary>A page out of the rows of a query for one more than the page takes, which tells whether another follows.</summary>
    public static StoredLinkPage Page(IReadOnlyCollection<(Link Link, long Seq)> rows, int limit)
    {
        var page = rows.Take(limit).ToArray();
        return new StoredLinkPage([.. page.Select(row => row.Link)], rows.Count > limit ? page[^1].Seq : null);
    }
}
