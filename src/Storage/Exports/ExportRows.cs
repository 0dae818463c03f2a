using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Directory;

namespace OrleansLinks.Exports;

/// <summary>What exports have in common, whichever database they are read from.</summary>
internal static class ExportRows
{
    /// <summary>Characters of text in a page, about: a click has some hundred, and may have 5,000.</summary>
    private const int MaxCharacters = 500_000;

    /// <summary>A click's id is made when the redirect is, and not at the very moment that is its time.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(1);

    /// <summary>The ids that the clicks of a page are among: from the first, and before the end.</summary>
    public static (Guid Begin, Guid End) IdsOf(ExportScope scope, Guid? after)
    {
        var begin = after is { } id ? LedgerOrder.After(id) : Guid.Empty;
        if (scope.From is { } from && LedgerOrder.FirstAt(Milliseconds(from) - (long)Apart.TotalMilliseconds) is var first && first > begin)
            begin = first;

        return (begin, scope.To is { } to ? LedgerOrder.FirstAt(Milliseconds(to) + (long)Apart.TotalMilliseconds) : Guid.AllBitsSet);
    }

    /// <summary>When the conversions of a page were reported, in Unix milliseconds: from, and before.</summary>
    public static (long From, long To) TimesOf(ExportScope scope) =>
        (scope.From is { } from ? Milliseconds(from) : long.MinValue, scope.To is { } to ? Milliseconds(to) : long.MaxValue);

    /// <summary>The columns by which the conversions of a scope are found, and its value.</summary>
    public static (string Column, Guid Value) HolderOf(ExportScope scope) =>
        scope.IsPartners ? ("partner_id", EntityId.Parse(scope.PartnerId!, EntityId.Partner))
        : scope.CampaignId is { } campaign ? ("campaign_id", EntityId.Parse(campaign, EntityId.Campaign))
        : ("program_id", EntityId.Parse(scope.ProgramId!, EntityId.Program));

    /// <summary>The lists that the tasks of a scope are on, all of them: of tasks, and of campaigns whose tasks they are.</summary>
    public static (string? OfCampaign, string? CampaignsOfProgram, string? OfPartner) ListsOf(ExportScope scope) =>
    (
        scope.CampaignId is { } campaign ? DirectoryLists.TasksOf(campaign) : null,
        scope is { CampaignId: null, ProgramId: { } program } ? DirectoryLists.CampaignsOf(program) : null,
        scope.PartnerId is { } partner ? DirectoryLists.TasksOf(partner) : null);

    /// <summary>A page of the clicks that were read.</summary>
    /// <param name="scope">What is exported.</param>
    /// <param name="rows">The clicks, in the order of their ids.</param>
    /// <param name="hasMore">Whether there may be more behind them.</param>
    public static ExportPage<ClickRecord> Page(ExportScope scope, IReadOnlyList<ClickRecord> rows, bool hasMore)
    {
        var taken = 0;
        for (var characters = 0; taken < rows.Count && characters < MaxCharacters; taken++)
            characters += CharactersOf(rows[taken].Click);

        Guid? next = taken < rows.Count || (hasMore && taken > 0) ? rows[taken - 1].Click.Id : null;
        return new ExportPage<ClickRecord>([.. rows.Take(taken).Where(record => scope.Has(record.Click))], next);
    }

    /// <summary>A page of the conversions that were read, of which there were at most so many.</summary>
    public static ExportPage<Conversion> Page(ExportScope scope, IReadOnlyList<Conversion> rows, int limit) =>
        new([.. rows.Where(scope.Has)], rows.Count == limit ? rows[^1].Id : null);

    private static int CharactersOf(Click click) => click.LandingPage.Length + (click.Referrer?.Length ?? 0) + (click.UserAgent?.Length ?? 0)
        + (click.Values.SubId1?.Length ?? 0) + (click.Values.SubId2?.Length ?? 0) + (click.Values.SubId3?.Length ?? 0)
        + (click.Values.SharedId?.Length ?? 0) + (click.Values.Param?.Length ?? 0);

    /// <summary>The first millisecond that is not before a time.</summary>
    private static long Milliseconds(DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) < time ? milliseconds + 1 : milliseconds;
    }
}
