using System.Collections.Immutable;
using OrleansLinks.Links;

namespace OrleansLinks.Campaigns;

/// <summary>Decides whether a campaign can be made, changed or moved so.</summary>
internal static class CampaignRules
{
    public const int MaxSavedPages = 500;
    private const int MaxDays = 365;
    private const int DefaultDays = 30;
    private const long MaxCappedConversions = 1_000_000_000;

    /// <summary>The campaign after the change; a new draft when there is no <paramref name="current"/>.</summary>
    /// <param name="id">The campaign's id.</param>
    /// <param name="current">The campaign as it is, or null.</param>
    /// <param name="programId">Its program.</param>
    /// <param name="change">The fields to set.</param>
    /// <param name="currency">The program's currency.</param>
    /// <param name="clock">Now, also for the ids of new saved pages.</param>
    public static Result<CampaignInfo> Apply(string id, CampaignInfo? current, string programId, CampaignChange change, string currency, TimeProvider clock)
    {
        if (current?.Status == CampaignStatus.Completed)
        {
            return Refusal.Conflict("campaign_completed", "A completed campaign can no longer be changed.");
        }

        var errors = new FieldErrors();
        var name = errors.Text("name", change.Name.Or(current?.Name), 200);
        var kind = change.Kind.Or(current?.Kind);
        if (kind is null)
        {
            errors.Add("kind", "kind is required: performance or creator.");
        }
        else if (current is not null && kind != current.Kind)
        {
            errors.Add("kind", "The kind of a campaign stays what it was made with.");
        }

        var startsAt = change.StartsAt.Or(current?.StartsAt);
        var endsAt = change.EndsAt.Or(current?.EndsAt);
        if (endsAt <= startsAt)
        {
            errors.Add("endsAt", "endsAt must be later than startsAt.");
        }

        var tracking = ApplyTracking(errors, Base(current?.Tracking, change.Tracking), change.Tracking);
        var pay = ApplyPay(errors, Base(current?.PayForPerformance, change.PayForPerformance), change.PayForPerformance, currency);
        var landing = ApplyLanding(errors, Base(current?.Landing, change.Landing), change.Landing, clock);
        if (errors.Any)
        {
            return errors.ToRefusal();
        }

        var next = new CampaignInfo(
            id,
            programId,
            name,
            kind!.Value,
            current?.Status ?? CampaignStatus.Draft,
            startsAt?.ToUniversalTime(),
            endsAt?.ToUniversalTime(),
            tracking,
            pay,
            landing,
            current?.CreatedAt ?? clock.GetUtcNow(),
            (current?.Version ?? 0) + 1);
        return next with { Version = next.Version - 1 } == current ? current : next;
    }

    /// <summary>The campaign in another status, if it can go there from where it is.</summary>
    public static Result<CampaignInfo> Move(CampaignInfo current, CampaignStatus to)
    {
        if (current.Status == to)
        {
            return current;
        }

        var allowed = (current.Status, to) switch
        {
            (CampaignStatus.Draft or CampaignStatus.Paused, CampaignStatus.Active) => true,
            (CampaignStatus.Active, CampaignStatus.Paused) => true,
            (not CampaignStatus.Completed, CampaignStatus.Completed) => true,
            _ => false,
        };
        if (allowed)
        {
            return current with { Status = to, Version = current.Version + 1 };
        }

        return current.Status == CampaignStatus.Completed
            ? Refusal.Conflict("campaign_completed", "A completed campaign stays completed.")
            : Refusal.Conflict("campaign_not_active", "Only an active campaign can be paused.");
    }

    /// <summary>What a group of fields is changed from: where it is, or where a new campaign begins when the group is set to null.</summary>
    private static T? Base<T, TChange>(T? current, Optional<TChange> change)
        where T : class
        where TChange : class => change is { IsSet: true, Value: null } ? null : current;

    private static CampaignTracking ApplyTracking(FieldErrors errors, CampaignTracking? current, Optional<CampaignTrackingChange> change)
    {
        var fields = change.Value ?? new CampaignTrackingChange();
        return new CampaignTracking(
            fields.ClicksAndConversions.Or(current?.ClicksAndConversions) ?? false,
            Days(errors, "tracking.attributionWindowDays", fields.AttributionWindowDays.Or(current?.AttributionWindowDays), 1),
            Days(errors, "tracking.lockingPeriodDays", fields.LockingPeriodDays.Or(current?.LockingPeriodDays), 0));
    }

    private static int Days(FieldErrors errors, string field, int? value, int min)
    {
        var days = value ?? DefaultDays;
        if (days < min || days > MaxDays)
        {
            errors.Add(field, $"{field} is a number of days from {min} to {MaxDays}.");
        }

        return days;
    }

    private static PayForPerformance ApplyPay(FieldErrors errors, PayForPerformance? current, Optional<PayForPerformanceChange> change, string currency)
    {
        var fields = change.Value ?? new PayForPerformanceChange();
        var enabled = fields.Enabled.Or(current?.Enabled) ?? false;
        var terms = fields.Terms.Or(current?.Terms);
        const string Field = "payForPerformance.terms";
        switch (terms)
        {
            case null when enabled:
                errors.Add(Field, $"{Field} are required when pay for performance is enabled.");
                break;
            case { Model: PayoutModel.Fixed } when terms.Rate is not null:
                errors.Add($"{Field}.rate", "Fixed terms have an amount, not a rate.");
                break;
            case { Model: PayoutModel.Fixed } when terms.Amount is not { Amount: > 0 and <= Currencies.MaxAmount }:
                errors.Add($"{Field}.amount", "Fixed terms need an amount above 0, such as { \"amount\": \"5.00\", \"currency\": \"EUR\" }.");
                break;
            case { Model: PayoutModel.Fixed } when terms.Amount.Currency != currency:
                errors.Add($"{Field}.amount.currency", $"The program's currency is {currency}.");
                break;
            case { Model: PayoutModel.Fixed } when terms.Amount.Amount.Scale > Currencies.MaxDecimals:
                errors.Add($"{Field}.amount.amount", "An amount has at most 4 decimals.");
                break;
            case { Model: PayoutModel.Percentage } when terms.Amount is not null:
                errors.Add($"{Field}.amount", "Percentage terms have a rate, not an amount.");
                break;
            case { Model: PayoutModel.Percentage } when terms.Rate is not (> 0 and <= 100) || terms.Rate.Value.Scale > 4:
                errors.Add($"{Field}.rate", "Percentage terms need a rate in percent above 0 and at most 100, with at most 4 decimals.");
                break;
        }

        CheckLimits(errors, Field, terms, currency);
        return new PayForPerformance(enabled, terms);
    }

    private static void CheckLimits(FieldErrors errors, string field, PayoutTerms? terms, string currency)
    {
        CheckLimit($"{field}.minPayout", terms?.MinPayout);
        CheckLimit($"{field}.maxPayout", terms?.MaxPayout);
        CheckLimit($"{field}.cap.payout", terms?.Cap?.Payout);
        if (terms is { MinPayout: { } min, MaxPayout: { } max } && max.Amount < min.Amount)
        {
            errors.Add($"{field}.maxPayout", "maxPayout must not be less than minPayout.");
        }

        if (terms?.Cap is { Conversions: null, Payout: null })
        {
            errors.Add($"{field}.cap", "A cap has a number of conversions, a payout, or both; leave it out for no cap.");
        }
        else if (terms?.Cap?.Conversions is not (null or (>= 1 and <= MaxCappedConversions)))
        {
            errors.Add($"{field}.cap.conversions", $"cap.conversions is a number from 1 to {MaxCappedConversions}.");
        }

        void CheckLimit(string limit, Money? money)
        {
            if (money is null)
            {
                return;
            }

            if (money is not { Amount: > 0 and <= Currencies.MaxAmount, Amount.Scale: <= Currencies.MaxDecimals })
            {
                errors.Add($"{limit}.amount", "The amount is above 0, with at most 4 decimals.");
            }
            else if (money.Currency != currency)
            {
                errors.Add($"{limit}.currency", $"The program's currency is {currency}.");
            }
        }
    }

    private static CampaignLanding ApplyLanding(FieldErrors errors, CampaignLanding? current, Optional<CampaignLandingChange> change, TimeProvider clock)
    {
        var fields = change.Value ?? new CampaignLandingChange();
        var mode = fields.Mode.Or(current?.Mode) ?? LandingMode.PartnerChoice;
        var pages = fields.SavedPages.IsSet
            ? ApplyPages(errors, current?.SavedPages ?? [], fields.SavedPages.Value ?? [], clock)
            : current?.SavedPages ?? [];
        return new CampaignLanding(mode, pages);
    }

    private static ImmutableArray<SavedPage> ApplyPages(
        FieldErrors errors, ImmutableArray<SavedPage> current, ImmutableArray<SavedPageChange?> given, TimeProvider clock)
    {
        const string Field = "landing.savedPages";
        if (given.Length > MaxSavedPages)
        {
            errors.Add(Field, $"{Field} has {given.Length} entries; at most {MaxSavedPages} are allowed.");
            return [];
        }

        var pages = ImmutableArray.CreateBuilder<SavedPage>(given.Length);
        for (var i = 0; i < given.Length; i++)
        {
            var item = given[i] ?? new SavedPageChange();
            var name = errors.Text($"{Field}[{i}].name", item.Name, 200);
            if (!LandingPage.TryParse(item.Url, out var page, out var error))
            {
                errors.Add($"{Field}[{i}].url", error);
            }

            if (item.Id is not null && !current.Any(saved => saved.Id == item.Id))
            {
                errors.Add($"{Field}[{i}].id", "There is no saved page by that id on this campaign; leave id out for a new one.");
            }
            else if (item.Id is not null && pages.Any(saved => saved.Id == item.Id))
            {
                errors.Add($"{Field}[{i}].id", "That id is there twice.");
            }

            pages.Add(new SavedPage(item.Id ?? EntityId.New(EntityId.SavedPage, clock), name, page.Url));
        }

        return pages.ToImmutable();
    }
}
