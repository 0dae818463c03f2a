using System.Collections.Immutable;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;

namespace OrleansLinks.Conversions;

/// <summary>
/// Tells the decisions of <see cref="ConversionRules"/> again, in their order, up to the one that ended it, with what each rests on.
/// The outcomes are those that were kept, so that it can never tell another story than the payout.
/// </summary>
internal static class ConversionExplanation
{
    /// <summary>Explains a conversion.</summary>
    /// <param name="conversion">The conversion.</param>
    /// <param name="click">Its click; null where it is not known, or no longer kept.</param>
    /// <param name="terms">The terms that were in force at the click; null where it is not attributed to one of this program.</param>
    /// <param name="timeZone">The program's time zone.</param>
    /// <param name="now">Now.</param>
    public static ImmutableArray<DecisionStep> Explain(Conversion conversion, Click? click, TermsVersion? terms, string timeZone, DateTimeOffset now)
    {
        var steps = ImmutableArray.CreateBuilder<DecisionStep>();
        var isUnmatched = conversion.State == ConversionState.Unmatched;
        var clickId = new DecisionInput("clickId", EntityId.From(EntityId.Click, conversion.ClickId));
        if (conversion.Attribution is null && (conversion.State == ConversionState.WaitingForClick || conversion.Reason == ConversionRules.ClickNotFound || click is null))
        {
            steps.Add(Step("click", conversion.Reason ?? "waiting", null, clickId, new("waitsUntil", conversion.ReportedAt + ConversionRules.LongestWait)));
            return steps.ToImmutable();
        }

        if (isUnmatched && conversion.Reason == ConversionRules.ClickOfOtherProgram)
        {
            // Of somebody else's click there is no more to be told.
            steps.Add(Step("click", "found", null, clickId));
            steps.Add(Step("program", ConversionRules.ClickOfOtherProgram, null));
            return steps.ToImmutable();
        }

        var clickedAt = conversion.Attribution?.ClickedAt ?? click!.At;
        steps.Add(Step("click", "found", null, clickId, new("clickedAt", clickedAt)));
        steps.Add(Step("program", "same", null, new DecisionInput("programId", conversion.ProgramId)));
        if (terms is null)
        {
            return steps.ToImmutable();
        }

        var days = terms.Tracking.AttributionWindowDays;
        steps.Add(Step(
            "attributionWindow", isUnmatched ? conversion.Reason! : "within", terms.Version,
            new("clickedAt", clickedAt), new("occurredAt", conversion.OccurredAt), new("days", days), new("until", clickedAt.AddDays(days))));
        if (conversion.Attribution is not { } attribution)
        {
            return steps.ToImmutable();
        }

        var isOutside = conversion.Class == ClickClass.OutsideTerms;
        var isByCap = isOutside && conversion.Reason == ConversionRules.CapReached;
        var isByTerms = isOutside && conversion.Reason == ConversionRules.NoTerms;
        steps.Add(Step("clickClass", isOutside && !isByCap && !isByTerms ? conversion.Reason! : "inTerms", null));
        var pay = terms.Pay.Terms;
        if (pay is not null)
        {
            steps.Add(Step("terms", isByTerms ? ConversionRules.NoTerms : pay.Model == PayoutModel.Fixed ? "fixed" : "percentage", terms.Version, [.. Describe(pay, terms)]));
        }

        if (pay?.Cap is { } cap && (isByCap || !isOutside))
        {
            // What an adjustment would have paid beyond the cap stays unpaid.
            var full = Payouts.Of(pay, conversion.Amount, conversion.Currency);
            var isCut = !isByCap && conversion.State != ConversionState.Reversed && conversion.Payout < full;
            IEnumerable<DecisionInput> wanted = isCut ? [new DecisionInput("payoutWithoutCap", new Money(full, conversion.Currency))] : [];
            steps.Add(Step("cap", isByCap || isCut ? ConversionRules.CapReached : "within", terms.Version, [.. Describe(cap), .. wanted]));
        }

        steps.Add(Step("payout", new Money(conversion.Payout, conversion.Currency).ToText(), terms.Version, new DecisionInput("amount", new Money(conversion.Amount, conversion.Currency))));
        var state = conversion.StateAt(now);
        steps.Add(Step(
            "lock", state.ToString().ToLowerInvariant(), attribution.TermsVersion,
            [new("occurredAt", conversion.OccurredAt), new("lockingPeriodDays", terms.Tracking.LockingPeriodDays), .. Zone(attribution.LocksAt == Payouts.LocksAt(conversion.OccurredAt, terms.Tracking.LockingPeriodDays, timeZone)), new("locksAt", attribution.LocksAt)]));
        return steps.ToImmutable();

        // The program may have moved to another time zone since.
        IEnumerable<DecisionInput> Zone(bool isStillIts) => isStillIts ? [new("timeZone", timeZone)] : [];
    }

    private static IEnumerable<DecisionInput> Describe(PayoutTerms pay, TermsVersion terms)
    {
        yield return new DecisionInput("versionSince", terms.Since);
        if (pay.Amount is { } amount)
        {
            yield return new DecisionInput("amount", amount);
        }

        if (pay.Rate is { } rate)
        {
            yield return new DecisionInput("rate", ApiTexts.Rate(rate));
        }

        if (pay.MinPayout is { } min)
        {
            yield return new DecisionInput("minPayout", min);
        }

        if (pay.MaxPayout is { } max)
        {
            yield return new DecisionInput("maxPayout", max);
        }
    }

    private static IEnumerable<DecisionInput> Describe(PayoutCap cap)
    {
        if (cap.Conversions is { } conversions)
        {
            yield return new DecisionInput("conversions", conversions);
        }

        if (cap.Payout is { } payout)
        {
            yield return new DecisionInput("payout", payout);
        }
    }

    private static DecisionStep Step(string rule, string outcome, long? version, params ImmutableArray<DecisionInput> inputs) => new(rule, outcome, inputs, version);
}
