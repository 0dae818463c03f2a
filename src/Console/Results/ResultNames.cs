using OrleansLinks.Campaigns;
using OrleansLinks.Partners;
using OrleansLinks.Programs;
using OrleansLinks.WebConsole.Client;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole.Reports;

/// <summary>What something is called on the page.</summary>
/// <param name="Text">Its name.</param>
/// <param name="Href">Its page; null where there is none.</param>
/// <param name="Note">More of it; null for nothing.</param>
public sealed record ResultName(string Text, string? Href = null, string? Note = null);

/// <summary>Names of what a report is broken down by. What the API was asked for once is remembered as long as the page is open.</summary>
/// <param name="api">The API.</param>
/// <param name="texts">The console's texts.</param>
public sealed class ResultNames(ApiClient api, PageTexts texts)
{
    private const int AtOnce = 8;

    private readonly Dictionary<(Split, string), ResultName> _known = [];
    private readonly Dictionary<string, string> _programs = [];

    /// <summary>What a group is called; by its id as long as its name is not known.</summary>
    /// <param name="split">What the report is broken down by.</param>
    /// <param name="value">The value of a group; null where its clicks have none.</param>
    public ResultName Of(Split split, string? value) => Find(split, value) ?? new ResultName(value!);

    /// <summary>What a group is called; null as long as its name is not known.</summary>
    /// <param name="split">What the report is broken down by.</param>
    /// <param name="value">The value of a group; null where its clicks have none.</param>
    public ResultName? Find(Split split, string? value) => split switch
    {
        _ when value is null => new ResultName(texts.Find($"Results.None{split}") ?? texts["Results.NoneValue"]),
        Split.Country => new ResultName(texts.Find($"Countries.{value}") ?? value),
        Split.Device => new ResultName(texts[$"Results.Device{value}"]),
        _ when IsKnownById(split) => _known.GetValueOrDefault((split, value)),
        _ => new ResultName(value),
    };

    /// <summary>Whether groups have ids, whose names are to be asked for.</summary>
    public static bool IsKnownById(Split split) => split is Split.Program or Split.Campaign or Split.Task or Split.Partner or Split.Link;

    /// <summary>Asks for the names that are not known yet.</summary>
    /// <param name="split">What the report is broken down by.</param>
    /// <param name="ids">The ids.</param>
    /// <param name="partnerId">The partner who looks at the page; null for others.</param>
    /// <returns>Whether there are new ones.</returns>
    public async Task<bool> Read(Split split, IEnumerable<string?> ids, string? partnerId)
    {
        var unknown = IsKnownById(split) ? ids.OfType<string>().Where(id => !_known.ContainsKey((split, id))).Distinct().ToList() : [];
        foreach (var some in unknown.Chunk(AtOnce))
        {
            foreach (var (id, name) in await Task.WhenAll(some.Select(async id => (id, await Ask(split, id, partnerId)))))
            {
                if (name is not null)
                {
                    _known[(split, id)] = name;
                }
            }
        }

        return unknown.Count > 0;
    }

    private async Task<ResultName?> Ask(Split split, string id, string? partnerId)
    {
        var path = Uri.EscapeDataString(id);
        switch (split)
        {
            case Split.Campaign:
                var campaign = await api.Get<CampaignInfo>($"/campaigns/{path}");
                return NameOf(campaign, id, one => new ResultName(one.Name, $"{(partnerId is null ? "" : "discover/")}campaigns/{one.Id}"));
            case Split.Task:
                var task = await api.Get<TaskOf>($"/tasks/{path}");
                return NameOf(task, id, one => new ResultName(one.Name, $"tasks/{one.Id}"));
            case Split.Partner:
                return NameOf(await api.Get<PartnerInfo>($"/partners/{path}"), id, one => new ResultName(one.Name));
            case Split.Link:
                var link = await api.Get<TrackingLink>($"/links/{path}");
                return NameOf(link, id, one => new ResultName(one.ShareableUrl, $"tasks/{one.TaskId}", $"→ {one.LandingPage}"));
            default:
                return await ProgramName(id, partnerId) is { } name ? new ResultName(name) : null;
        }
    }

    /// <summary>A partner may not read programs, but its campaigns say what theirs are called.</summary>
    private async Task<string?> ProgramName(string id, string? partnerId)
    {
        if (partnerId is null)
        {
            return (await api.Get<ProgramInfo>($"/programs/{Uri.EscapeDataString(id)}")).Value?.Name;
        }

        for (string? cursor = null; !_programs.ContainsKey(id);)
        {
            var answer = await api.Get<PageOf<ParticipatingIn>>($"/partners/{partnerId}/campaigns?limit=500{(cursor is null ? "" : $"&cursor={cursor}")}");
            foreach (var campaign in answer.Value?.Items ?? [])
            {
                _programs[campaign.ProgramId] = campaign.ProgramName;
            }

            cursor = answer.Value?.NextCursor;
            if (cursor is null)
            {
                break;
            }
        }

        return _programs.GetValueOrDefault(id);
    }

    /// <summary>The name; the id of what is not there any more; null, to be asked for again, where the API did not answer.</summary>
    private static ResultName? NameOf<T>(ApiAnswer<T> answer, string id, Func<T, ResultName> name)
        where T : class => answer.IsOk ? name(answer.Value) : answer.Problem.IsPassing ? null : new ResultName(id);
}
