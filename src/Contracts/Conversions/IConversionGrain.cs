using Orleans.Concurrency;

namespace OrleansLinks.Conversions;

/// <summary>What a brand reports.</summary>
/// <param name="ProgramId">Its program.</param>
/// <param name="ClickId">The click id (<c>clk_…</c>) that the landing page got.</param>
/// <param name="OrderId">The brand's id of the order, 1 to 255 characters.</param>
/// <param name="EventType">What happened; null for <c>sale</c>.</param>
/// <param name="Amount">The order's amount, in the program's currency.</param>
/// <param name="OccurredAt">When it happened; null for now.</param>
/// <param name="CreationId">Names the request.</param>
[GenerateSerializer, Immutable, Alias("ConversionReport")]
public sealed record ConversionReport(
    [property: Id(0)] string ProgramId,
    [property: Id(1)] string? ClickId,
    [property: Id(2)] string? OrderId,
    [property: Id(3)] string? EventType,
    [property: Id(4)] Money? Amount,
    [property: Id(5)] DateTimeOffset? OccurredAt,
    [property: Id(6)] Guid CreationId)
{
    /// <summary>By how much a shop's clock may differ from ours.</summary>
    public static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(5);
}

/// <summary>What a report came to.</summary>
/// <param name="IsNew">Whether this request made the conversion; another report of the order does not, and changes nothing.</param>
/// <param name="Details">The conversion.</param>
[GenerateSerializer, Immutable, Alias("ReportedConversion")]
public sealed record ReportedConversion([property: Id(0)] bool IsNew, [property: Id(1)] ConversionDetails Details);

/// <summary>A conversion; its key is the conversion's id (<c>cnv_…</c>), of which an order has one.</summary>
[Alias("IConversionGrain")]
public interface IConversionGrain : IGrainWithStringKey
{
    /// <summary>Takes the brand's report, once: a repeat answers the conversion that is there.</summary>
    [Alias("Report")]
    Task<Result<ReportedConversion>> Report(ConversionReport report);

    /// <summary>The conversion, or null when it was never reported.</summary>
    [Alias("Get")]
    Task<ConversionDetails?> Get();

    /// <summary>Why the conversion is what it is, or null when it was never reported.</summary>
    [Alias("Explain")]
    Task<ExplainedConversion?> Explain();

    /// <summary>Changes the order's amount, and with it the payout.</summary>
    /// <param name="amount">The new amount, in the program's currency.</param>
    /// <param name="reason">The brand's words, at most 500 characters.</param>
    [Alias("Adjust")]
    Task<Result<ConversionDetails>> Adjust(Money? amount, string? reason);

    /// <summary>Takes the conversion back; a repeat changes nothing.</summary>
    /// <param name="reason">The brand's words, at most 500 characters.</param>
    [Alias("Reverse")]
    Task<Result<ConversionDetails>> Reverse(string? reason);

    /// <summary>Attributes the conversion if it waits for its click and that is there by now; gives it up if it has waited for too long.</summary>
    [Alias("Match"), OneWay]
    Task Match();
}
