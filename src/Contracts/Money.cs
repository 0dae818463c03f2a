namespace OrleansLinks;

/// <summary>An amount of money; never floating point.</summary>
/// <param name="Amount">The amount, in units of the currency (not cents).</param>
/// <param name="Currency">ISO 4217 code, such as <c>EUR</c>.</param>
[GenerateSerializer, Immutable, Alias("Money")]
public sealed record Money([property: Id(0)] decimal Amount, [property: Id(1)] string Currency)
{
    /// <summary>As a text, such as <c>12.50 EUR</c>.</summary>
    public string ToText() => $"{ApiTexts.Amount(Amount)} {Currency}";
}
