using System.Collections.Immutable;
using OrleansLinks.Campaigns;
using OrleansLinks.WebConsole.Client;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole.Campaigns;

/// <summary>A campaign as it is being typed.</summary>
public sealed class CampaignDraft
{
    // What is no number becomes one that no rule takes, so that the rule's own message stands beside the field.
    private const int NoNumber = -1;

    /// <summary>Its name.</summary>
    public string? Name { get; set; }

    /// <summary>When it starts; null for at once.</summary>
    public DateTimeOffset? StartsAt { get; set; }

    /// <summary>When it ends; null for never.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    /// <summary>Whether it pays for performance; a new one does, since links need it.</summary>
    public bool Pays { get; set; } = true;

    /// <summary>Fixed or percentage.</summary>
    public PayoutModel Model { get; set; }

    /// <summary>What an order pays, with fixed terms.</summary>
    public string? Amount { get; set; }

    /// <summary>Percent of an order's amount, with percentage terms.</summary>
    public string? Rate { get; set; }

    /// <summary>The least that an order pays.</summary>
    public string? MinPayout { get; set; }

    /// <summary>The most that an order pays.</summary>
    public string? MaxPayout { get; set; }

    /// <summary>The most that the campaign pays in all.</summary>
    public string? CapPayout { get; set; }

    /// <summary>How many conversions the campaign pays at most.</summary>
    public string? CapConversions { get; set; }

    /// <summary>Whether it tracks clicks and conversions; a new one does, since links need it.</summary>
    public bool Tracks { get; set; } = true;

    /// <summary>Days after a click within which a conversion is attributed to it.</summary>
    public string? AttributionWindowDays { get; set; } = "30";

    /// <summary>Days after which a conversion can no longer be changed.</summary>
    public string? LockingPeriodDays { get; set; } = "30";

    /// <summary>Who decides on the landing page.</summary>
    public LandingMode Mode { get; set; }

    /// <summary>The saved pages, in their order.</summary>
    public List<SavedPageDraft> Pages { get; } = [];

    /// <summary>A campaign that is there, to be changed.</summary>
    public static CampaignDraft Of(CampaignInfo campaign)
    {
        var terms = campaign.PayForPerformance.Terms;
        var draft = new CampaignDraft
        {
            Name = campaign.Name,
            StartsAt = campaign.StartsAt,
            EndsAt = campaign.EndsAt,
            Pays = campaign.PayForPerformance.Enabled,
            Model = terms?.Model ?? PayoutModel.Fixed,
            Amount = Write(terms?.Amount?.Amount),
            Rate = Write(terms?.Rate),
            MinPayout = Write(terms?.MinPayout?.Amount),
            MaxPayout = Write(terms?.MaxPayout?.Amount),
            CapPayout = Write(terms?.Cap?.Payout?.Amount),
            CapConversions = Write(terms?.Cap?.Conversions),
            Tracks = campaign.Tracking.ClicksAndConversions,
            AttributionWindowDays = Write(campaign.Tracking.AttributionWindowDays),
            LockingPeriodDays = Write(campaign.Tracking.LockingPeriodDays),
            Mode = campaign.Landing.Mode,
        };
        draft.Pages.AddRange(campaign.Landing.SavedPages.Select(page => new SavedPageDraft { Id = page.Id, Name = page.Name, Url = page.Url }));
        return draft;
    }

    /// <summary>What is to be set. While nothing is paid, terms stay what they are.</summary>
    /// <param name="kind">The kind of a new campaign; null for one that is there.</param>
    /// <param name="currency">The program's currency.</param>
    public CampaignChange ToChange(CampaignKind? kind, string currency) => new()
    {
        Name = Name ?? "",
        Kind = kind is null ? default(Optional<CampaignKind?>) : kind,
        StartsAt = StartsAt,
        EndsAt = EndsAt,
        Tracking = new CampaignTrackingChange
        {
            ClicksAndConversions = Tracks,
            AttributionWindowDays = ReadDays(AttributionWindowDays),
            LockingPeriodDays = ReadDays(LockingPeriodDays),
        },
        PayForPerformance = new PayForPerformanceChange { Enabled = Pays, Terms = Pays ? ReadTerms(currency) : default(Optional<PayoutTerms>) },
        Landing = new CampaignLandingChange
        {
            Mode = Mode,
            SavedPages = Pages.Select(page => new SavedPageChange(page.Id, page.Name, page.Url)).ToImmutableArray<SavedPageChange?>(),
        },
    };

    /// <summary>Takes over what somebody else has saved to fields that were left alone.</summary>
    /// <param name="seen">The campaign as it was read.</param>
    /// <param name="newest">The campaign as it is now.</param>
    /// <param name="differences">Takes what differs.</param>
    internal void Renew(CampaignDraft seen, CampaignDraft newest, Differences differences)
    {
        Name = differences.Keep("Campaigns.Name", Name, seen.Name, newest.Name);
        StartsAt = differences.Keep("Campaigns.Start", StartsAt, seen.StartsAt, newest.StartsAt);
        EndsAt = differences.Keep("Campaigns.End", EndsAt, seen.EndsAt, newest.EndsAt);
        Pays = differences.Keep("Campaigns.Pay", Pays, seen.Pays, newest.Pays);
        Model = differences.Keep("Campaigns.Model", Model, seen.Model, newest.Model);
        Amount = differences.Keep("Campaigns.Amount", Amount, seen.Amount, newest.Amount);
        Rate = differences.Keep("Campaigns.Rate", Rate, seen.Rate, newest.Rate);
        MinPayout = differences.Keep("Campaigns.MinPayout", MinPayout, seen.MinPayout, newest.MinPayout);
        MaxPayout = differences.Keep("Campaigns.MaxPayout", MaxPayout, seen.MaxPayout, newest.MaxPayout);
        CapPayout = differences.Keep("Campaigns.CapPayout", CapPayout, seen.CapPayout, newest.CapPayout);
        CapConversions = differences.Keep("Campaigns.CapConversions", CapConversions, seen.CapConversions, newest.CapConversions);
        Tracks = differences.Keep("Campaigns.Track", Tracks, seen.Tracks, newest.Tracks);
        AttributionWindowDays = differences.Keep("Campaigns.Window", AttributionWindowDays, seen.AttributionWindowDays, newest.AttributionWindowDays);
        LockingPeriodDays = differences.Keep("Campaigns.Locking", LockingPeriodDays, seen.LockingPeriodDays, newest.LockingPeriodDays);
        Mode = differences.Keep("Campaigns.LandingPages", Mode, seen.Mode, newest.Mode);

        // The list stays as it is on the page, with pages that are gone as new ones; or it is the newest as a whole.
        var kept = differences.Keep("Campaigns.Pages", new PageList(Pages), new PageList(seen.Pages), new PageList(newest.Pages));
        var there = newest.Pages.Select(page => page.Id).ToHashSet();
        SavedPageDraft[] pages = [.. kept.Pages.Select(page => page.Id is null || there.Contains(page.Id) ? page : new SavedPageDraft { Name = page.Name, Url = page.Url })];
        Pages.Clear();
        Pages.AddRange(pages);
    }

    private PayoutTerms ReadTerms(string currency)
    {
        var cap = new PayoutCap(ReadWhole(CapConversions), ReadMoney(CapPayout, currency));
        return new PayoutTerms(
            Model,
            Model == PayoutModel.Fixed ? ReadMoney(Amount, currency) : null,
            Model == PayoutModel.Percentage ? ReadNumber(Rate) : null,
            ReadMoney(MinPayout, currency),
            ReadMoney(MaxPayout, currency),
            cap is { Conversions: null, Payout: null } ? null : cap);
    }

    private static Money? ReadMoney(string? text, string currency) => ReadNumber(text) is { } amount ? new Money(amount, currency) : null;

    private static int? ReadDays(string? text) => ReadWhole(text) is { } days ? days <= int.MaxValue ? (int)days : NoNumber : null;

    private static long? ReadWhole(string? text) =>
        ReadNumber(text) is not { } number ? null : decimal.IsInteger(number) && number is >= 0 and <= long.MaxValue ? (long)number : NoNumber;

    private static decimal? ReadNumber(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : TypedNumber.TryRead(text, out var number) ? number : NoNumber;

    private static string? Write(decimal? number) => TypedNumber.Write(number);

    /// <summary>Pages that are the same when all that is in them is.</summary>
    private sealed record PageList(IReadOnlyList<SavedPageDraft> Pages)
    {
        public bool Equals(PageList? other) => other is not null && Texts.SequenceEqual(other.Texts);

        public override int GetHashCode() => Pages.Count;

        private IEnumerable<(string?, string?, string?)> Texts => Pages.Select(page => (page.Id, page.Name, page.Url));
    }
}

/// <summary>A saved page as it is being typed.</summary>
public sealed class SavedPageDraft
{
    /// <summary>Its id; null for a new one.</summary>
    public string? Id { get; init; }

    /// <summary>What people see in the list.</summary>
    public string? Name { get; set; }

    /// <summary>Where it leads.</summary>
    public string? Url { get; set; }
}
