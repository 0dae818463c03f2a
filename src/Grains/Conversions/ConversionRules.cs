using System.Text.RegularExpressions;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Programs;

namespace OrleansLinks.Conversions;

/// <summary>A step to take, or none where nothing is to change; and the one to take instead where the campaign has paid all that it pays.</summary>
internal sealed record ConversionChoice(ConversionStep? Step, ConversionStep? BeyondCap = null, PayoutCap? Cap = null);

/// <summary>Decides what becomes of a conversion.</summary>
internal static partial class ConversionRules
{
    public const string CapReached = "cap_reached";
    public const string ClickNotFound = "click_not_found";
    public const string ClickOfOtherProgram = "click_of_other_program";
    public const string BeforeClick = "before_click";
    public const string OutsideWindow = "outside_window";
    public const string NoTerms = "no_terms";
    public const string ClickOutsideTerms = "click_outside_terms";

    private const int MaxOrderId = 255;
    private const int MaxReason = 500;

    /// <summary>For how long a conversion waits for its click.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    /// <summary>The longest attribution window, and so the oldest conversion that can be reported.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(366);

    /// <summary>Reads a report: a conversion that has no entry yet.</summary>
    public static Result<Conversion> Read(Guid id, ConversionReport report, ProgramInfo program, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        if (!EntityId.TryParse(report.ClickId, EntityId.Click, out var clickId))
        {
            errors.Add("clickId", $"clickId is required: the id (clk_…) that the landing page got in its parameter {program.ClickIdParameter}.");
        }

        var orderId = errors.Text("orderId", report.OrderId, MaxOrderId);
        var eventType = ConversionIds.EventTypeOf(report);
        if (!EventTypePattern().IsMatch(eventType))
        {
            errors.Add("eventType", "eventType has 1 to 64 characters of A-Z, a-z, 0-9, -, _ and ., and is sale unless set.");
        }

        CheckAmount(errors, report.Amount, program.Currency);
        var occurredAt = (report.OccurredAt ?? now).ToUniversalTime();
        if (occurredAt > now + ConversionReport.ClockDifference || occurredAt < now - MaxAge)
        {
            errors.Add("occurredAt", $"occurredAt is a time of the last {MaxAge.TotalDays:0} days.");
        }

        return errors.Any
            ? errors.ToRefusal()
            : new Conversion(
                id, 0, program.Id, eventType, orderId, clickId, ConversionState.WaitingForClick, null, ClickClass.InTerms, report.Amount!.Amount, 0m,
                program.Currency, ToMilliseconds(occurredAt), ToMilliseconds(now), report.CreationId, null);
    }

    /// <summary>The conversion with the click that it is reported with this time; null where that is the same, or it already belongs to one.</summary>
    public static Conversion? WithOtherClick(Conversion conversion, ConversionReport report) =>
        conversion.State is ConversionState.WaitingForClick or ConversionState.Unmatched
            && EntityId.TryParse(report.ClickId, EntityId.Click, out var clickId) && clickId != conversion.ClickId
            ? conversion with { ClickId = clickId, State = ConversionState.WaitingForClick, Reason = null }
            : null;

    /// <summary>Attributes a conversion that was just read or waits for its click.</summary>
    /// <param name="conversion">The conversion.</param>
    /// <param name="click">The click that it was reported with; null while it is not known.</param>
    /// <param name="terms">The terms that were in force at the click; null while it is not known.</param>
    /// <param name="program">The program.</param>
    /// <param name="now">Now.</param>
    public static ConversionChoice Attribute(Conversion conversion, Click? click, TermsVersion? terms, ProgramInfo program, DateTimeOffset now)
    {
        var kind = conversion.Sequence == 0 ? ConversionEntryKind.Reported : ConversionEntryKind.Attributed;
        if (click is null)
        {
            return new ConversionChoice(Next(conversion, kind, null, now));
        }

        if (WhyNot(conversion, click, terms) is { } reason)
        {
            return new ConversionChoice(Next(conversion with { State = ConversionState.Unmatched, Reason = reason }, kind, null, now));
        }

        var outside = click.Class == ClickClass.OutsideTerms ? click.OutsideTermsReason ?? ClickOutsideTerms : terms!.Pay is { Enabled: true, Terms: not null } ? null : NoTerms;
        var attributed = conversion with
        {
            State = ConversionState.Pending,
            Attribution = new Attribution(
                click.LinkCode,
                click.TaskId,
                click.CampaignId,
                click.PartnerId,
                click.At,
                ToMilliseconds(Payouts.LocksAt(conversion.OccurredAt, terms!.Tracking.LockingPeriodDays, program.TimeZone)),
                terms.Version,
                click.Country,
                click.Device,
                click.Values),
        };
        var unpaid = Count(attributed with { Class = ClickClass.OutsideTerms, Reason = outside ?? CapReached });
        if (outside is not null)
        {
            return new ConversionChoice(unpaid);
        }

        var paid = Count(attributed with { Payout = Payouts.Of(terms.Pay.Terms!, conversion.Amount, program.Currency) });
        return terms.Pay.Terms!.Cap is { } cap ? new ConversionChoice(paid, unpaid, cap) : new ConversionChoice(paid);

        ConversionStep Count(Conversion after) => Next(after, kind, null, now, 1, after.Amount, after.Payout);
    }

    /// <summary>Gives a conversion up that waits for its click.</summary>
    public static ConversionChoice GiveUp(Conversion conversion, DateTimeOffset now) => new(
        Next(conversion with { State = ConversionState.Unmatched, Reason = ClickNotFound }, ConversionEntryKind.GivenUp, null, now));

    /// <summary>Changes the amount; no choice where it already is that.</summary>
    /// <param name="conversion">The conversion.</param>
    /// <param name="amount">The new amount.</param>
    /// <param name="reason">The brand's words.</param>
    /// <param name="terms">The terms that pay it; null where it is not attributed.</param>
    /// <param name="now">Now.</param>
    public static Result<ConversionChoice> Adjust(Conversion conversion, Money? amount, string? reason, TermsVersion? terms, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        CheckAmount(errors, amount, conversion.Currency);
        var words = errors.OptionalText("reason", reason, MaxReason, lineBreaks: true);
        if (errors.Any)
        {
            return errors.ToRefusal();
        }

        if (WhyFixed(conversion, now) is { } refusal)
        {
            return refusal;
        }

        if (amount!.Amount == conversion.Amount)
        {
            return new ConversionChoice(null);
        }

        var adjusted = conversion with { Amount = amount.Amount };
        if (conversion.State == ConversionState.WaitingForClick)
        {
            return new ConversionChoice(Next(adjusted, ConversionEntryKind.Adjusted, words, now));
        }

        var payout = conversion.Class == ClickClass.InTerms && terms?.Pay.Terms is { } pay ? Payouts.Of(pay, amount.Amount, conversion.Currency) : 0m;
        var within = Move(adjusted with { Payout = payout });
        return terms?.Pay.Terms?.Cap is { } cap && payout > conversion.Payout
            ? new ConversionChoice(within, Move(adjusted), cap)
            : new ConversionChoice(within);

        ConversionStep Move(Conversion after) => Next(
            after, ConversionEntryKind.Adjusted, words, now, 0, after.Amount - conversion.Amount, after.Payout - conversion.Payout);
    }

    /// <summary>Takes the conversion back; no choice where it already is.</summary>
    public static Result<ConversionChoice> Reverse(Conversion conversion, string? reason, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        var words = errors.OptionalText("reason", reason, MaxReason, lineBreaks: true);
        if (errors.Any)
        {
            return errors.ToRefusal();
        }

        if (conversion.State == ConversionState.Reversed)
        {
            return new ConversionChoice(null);
        }

        if (WhyFixed(conversion, now) is { } refusal)
        {
            return refusal;
        }

        var reversed = conversion with { State = ConversionState.Reversed, Payout = 0m };
        return new ConversionChoice(conversion.Attribution is null
            ? Next(reversed, ConversionEntryKind.Reversed, words, now)
            : Next(reversed, ConversionEntryKind.Reversed, words, now, -1, -conversion.Amount, -conversion.Payout));
    }

    /// <summary>Why a conversion does not belong to its click; null where it does, and then there are terms.</summary>
    private static string? WhyNot(Conversion conversion, Click click, TermsVersion? terms) => true switch
    {
        _ when click.ProgramId != conversion.ProgramId => ClickOfOtherProgram,
        _ when conversion.OccurredAt < click.At - ConversionReport.ClockDifference => BeforeClick,
        _ when terms is not null && conversion.OccurredAt > click.At.AddDays(terms.Tracking.AttributionWindowDays) => OutsideWindow,
        _ when terms is null => NoTerms,
        _ => null,
    };

    private static Refusal? WhyFixed(Conversion conversion, DateTimeOffset now) => conversion.StateAt(now) switch
    {
        ConversionState.Approved => Refusal.Conflict("conversion_locked", $"The conversion is approved since {conversion.Attribution!.LocksAt:yyyy-MM-dd'T'HH:mm:ss'Z'} and no longer changes."),
        ConversionState.Reversed => Refusal.Conflict("conversion_reversed", "The conversion is reversed and no longer changes."),
        ConversionState.Unmatched => Refusal.Conflict("conversion_unmatched", "The conversion belongs to no click and counts nowhere."),
        _ => null,
    };

    private static void CheckAmount(FieldErrors errors, Money? amount, string currency)
    {
        if (amount is not { Amount: >= 0 and <= Currencies.MaxAmount, Amount.Scale: <= Currencies.MaxDecimals })
        {
            errors.Add("amount", $"amount is required: from 0 to {Currencies.MaxAmount:0}, with at most {Currencies.MaxDecimals} decimals, such as {{ \"amount\": \"49.90\", \"currency\": \"{currency}\" }}.");
        }
        else if (amount.Currency != currency)
        {
            errors.Add("amount.currency", $"The program's currency is {currency}.");
        }
    }

    private static ConversionStep Next(
        Conversion after, ConversionEntryKind kind, string? reason, DateTimeOffset now, int conversions = 0, decimal amount = 0m, decimal payout = 0m)
    {
        var sequence = after.Sequence + 1;
        return new ConversionStep(after with { Sequence = sequence }, new ConversionEntry(sequence, kind, ToMilliseconds(now), reason, conversions, amount, payout));
    }

    // As the ledger keeps times.
    private static DateTimeOffset ToMilliseconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex EventTypePattern();
}
