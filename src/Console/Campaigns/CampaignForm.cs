using System.Collections.Immutable;
using OrleansLinks.Campaigns;
using OrleansLinks.Programs;
using OrleansLinks.WebConsole.Client;

namespace OrleansLinks.WebConsole.Campaigns;

/// <summary>
/// The form that a campaign is made or changed with: what was typed, and what is wrong with it by the rules that decide
/// when it is saved. A field says so as soon as it was typed in, or its step was left.
/// </summary>
public sealed class CampaignForm
{
    /// <summary>The steps, in their order.</summary>
    public static readonly ImmutableArray<string> Steps = ["overview", "compensation", "tracking", "landing", Review];

    /// <summary>The last step.</summary>
    public const string Review = "review";

    private static readonly ImmutableArray<string> Shown =
    [
        "name", "startsAt", "endsAt",
        "payForPerformance.terms.amount", "payForPerformance.terms.rate", "payForPerformance.terms.minPayout", "payForPerformance.terms.maxPayout", "payForPerformance.terms.cap",
        "tracking.attributionWindowDays", "tracking.lockingPeriodDays",
        "landing.savedPages",
    ];

    private readonly TimeProvider _clock;
    private readonly HashSet<string> _typed = [];
    private readonly HashSet<string> _left = [];
    private readonly Dictionary<string, UnreadTime> _unread = [];
    private ApiProblem? _problem;

    /// <summary>A form.</summary>
    /// <param name="program">The campaign's program.</param>
    /// <param name="kind">The campaign's kind.</param>
    /// <param name="original">The campaign that is changed; null for a new one.</param>
    /// <param name="clock">The clock.</param>
    public CampaignForm(ProgramInfo program, CampaignKind kind, CampaignInfo? original, TimeProvider clock)
    {
        _clock = clock;
        (Program, Kind, Original) = (program, kind, original);
        Draft = original is null ? new CampaignDraft() : CampaignDraft.Of(original);
        Zone = TimeZones.TryFind(program.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;
        Check();
    }

    /// <summary>Something was typed.</summary>
    public event Action? Changed;

    /// <summary>The campaign's program.</summary>
    public ProgramInfo Program { get; }

    /// <summary>The campaign's kind.</summary>
    public CampaignKind Kind { get; }

    /// <summary>The campaign as it was read; null for a new one.</summary>
    public CampaignInfo? Original { get; private set; }

    /// <summary>What was typed.</summary>
    public CampaignDraft Draft { get; }

    /// <summary>The program's time zone.</summary>
    public TimeZoneInfo Zone { get; }

    /// <summary>The campaign that will be; null while something is wrong.</summary>
    public CampaignInfo? Preview { get; private set; }

    /// <summary>Whether something was typed since it was read.</summary>
    public bool IsTouched { get; private set; }

    /// <summary>What is to be sent.</summary>
    public Dictionary<string, object?> Body => Write(Draft.ToChange(Original is null ? Kind : null, Program.Currency));

    /// <summary>What is wrong with a field whose time has come to say so, for <see cref="Texts.ProblemTexts"/>; null where nothing is.</summary>
    /// <param name="field">The field; fields within it count as well.</param>
    public (ApiProblem Problem, string Field)? ErrorOf(string field) =>
        (_typed.Contains(field) || _left.Contains(StepOf(field))) && _problem?.Errors?.Keys.FirstOrDefault(key => IsIn(key, field)) is { } found
            ? (_problem, found)
            : null;

    /// <summary>Whether something is wrong in a step.</summary>
    public bool HasErrors(string step) => _problem?.Errors?.Keys.Any(field => StepOf(field) == step) == true;

    /// <summary>Whether that has been said.</summary>
    public bool ShowsErrors(string step) => _left.Contains(step) && HasErrors(step);

    /// <summary>The first step in which something is wrong; null where nothing is.</summary>
    public string? FirstWrongStep => Steps.FirstOrDefault(HasErrors);

    /// <summary>Something was typed.</summary>
    /// <param name="field">In this field.</param>
    public void Type(string field)
    {
        _typed.Add(field);
        IsTouched = true;
        Check();
        Changed?.Invoke();
    }

    /// <summary>What was typed in a field and is no time; null where nothing is.</summary>
    public UnreadTime? UnreadOf(string field) => _unread.GetValueOrDefault(field);

    /// <summary>Something was typed that is no time, or no longer; while it is there nothing is saved.</summary>
    public void SetUnread(string field, UnreadTime? unread)
    {
        if (unread is null)
        {
            _unread.Remove(field);
        }
        else
        {
            _unread[field] = unread;
        }

        Type(field);
    }

    /// <summary>Somebody else has saved the campaign: what was typed is kept, and what was not is as it is now.</summary>
    /// <param name="newest">The campaign as it is now.</param>
    /// <returns>What differs.</returns>
    public Differences Renew(CampaignInfo newest)
    {
        var differences = new Differences();
        Draft.Renew(CampaignDraft.Of(Original!), CampaignDraft.Of(newest), differences);
        Original = newest;
        Check();
        return differences;
    }

    /// <summary>A step was left: what is wrong in it is said from now on.</summary>
    public void Leave(string step) => _left.Add(step);

    /// <summary>All steps were left.</summary>
    public void LeaveAll() => _left.UnionWith(Steps);

    /// <summary>It was saved: nothing is lost with the page.</summary>
    public void Saved() => IsTouched = false;

    /// <summary>The API refused it, which holds until something else is typed.</summary>
    public void Refuse(ApiProblem problem)
    {
        _problem = problem;
        LeaveAll();
    }

    /// <summary>Whether a field of the form says all of what is wrong.</summary>
    public static bool HasPlaceFor(ApiProblem problem) =>
        problem.Errors is { Count: > 0 } errors && errors.Keys.All(field => Shown.Any(shown => IsIn(field, shown)));

    private static string StepOf(string field) => field.Split('.', '[')[0] switch
    {
        "payForPerformance" => "compensation",
        "tracking" => "tracking",
        "landing" => "landing",
        _ => "overview",
    };

    private static bool IsIn(string key, string field) =>
        key.StartsWith(field, StringComparison.Ordinal) && (key.Length == field.Length || key[field.Length] is '.' or '[');

    private void Check()
    {
        var checkedNow = CampaignRules.Apply(
            Original?.Id ?? "", Original, Program.Id, Draft.ToChange(Original is null ? Kind : null, Program.Currency), Program.Currency, _clock);
        Preview = checkedNow.Value;
        _problem = checkedNow.Refusal is not { } refusal ? null : new ApiProblem(
            422,
            refusal.Code,
            refusal.Message,
            refusal.Errors.GroupBy(error => error.Field).ToDictionary(group => group.Key, group => group.Select(error => error.Message).ToArray()));
        if (_unread.Count > 0)
        {
            // The field itself says what is wrong.
            Preview = null;
            var errors = _problem?.Errors?.ToDictionary() ?? [];
            foreach (var field in _unread.Keys)
            {
                errors[field] = [];
            }

            _problem = new ApiProblem(422, _problem?.Code ?? "validation_failed", _problem?.Detail, errors);
        }
    }

    private static Dictionary<string, object?> Write(CampaignChange change)
    {
        var pay = new Dictionary<string, object?> { ["enabled"] = change.PayForPerformance.Value!.Enabled.Value };
        if (change.PayForPerformance.Value.Terms.IsSet)
        {
            pay["terms"] = change.PayForPerformance.Value.Terms.Value;
        }

        var body = new Dictionary<string, object?>
        {
            ["name"] = change.Name.Value,
            ["startsAt"] = change.StartsAt.Value,
            ["endsAt"] = change.EndsAt.Value,
            ["tracking"] = new
            {
                clicksAndConversions = change.Tracking.Value!.ClicksAndConversions.Value,
                attributionWindowDays = change.Tracking.Value.AttributionWindowDays.Value,
                lockingPeriodDays = change.Tracking.Value.LockingPeriodDays.Value,
            },
            ["payForPerformance"] = pay,
            ["landing"] = new { mode = change.Landing.Value!.Mode.Value, savedPages = change.Landing.Value.SavedPages.Value },
        };
        if (change.Kind.IsSet)
        {
            body["kind"] = change.Kind.Value;
        }

        return body;
    }
}
