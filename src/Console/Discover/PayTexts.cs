using System.Globalization;
using OrleansLinks.Campaigns;
using OrleansLinks.WebConsole.Layout;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole.Discover;

/// <summary>What a campaign pays, in words.</summary>
internal static class PayTexts
{
    /// <summary>What an order pays, such as "10% of the order".</summary>
    public static string Pay(this PageTexts texts, PayForPerformance pay)
    {
        if (!pay.Enabled || pay.Terms is not { } terms)
        {
            return texts["Discover.PaysNothing"];
        }

        var amount = terms.Model == PayoutModel.Fixed
            ? texts["Discover.PaysFixed", Viewer.Money(terms.Amount!)]
            : texts["Discover.PaysRate", Percent(terms.Rate ?? 0)];
        return (terms.MinPayout, terms.MaxPayout) switch
        {
            ({ } min, { } max) => texts["Discover.PaysBetween", amount, Viewer.Money(min), Viewer.Money(max)],
            ({ } min, null) => texts["Discover.PaysAtLeast", amount, Viewer.Money(min)],
            (null, { } max) => texts["Discover.PaysAtMost", amount, Viewer.Money(max)],
            _ => amount,
        };
    }

    /// <summary>Where it ends to pay; null where it does not.</summary>
    public static string? Cap(this PageTexts texts, PayForPerformance pay) => pay is { Enabled: true, Terms.Cap: { } cap }
        ? (cap.Conversions, cap.Payout) switch
        {
            ({ } orders, { } money) => texts["Discover.CapBoth", Viewer.Number(orders), Viewer.Money(money)],
            ({ } orders, null) => texts["Discover.CapOrders", Viewer.Number(orders)],
            (null, { } money) => texts["Discover.CapMoney", Viewer.Money(money)],
            _ => null,
        }
        : null;

    /// <summary>Percent with the digits that it has.</summary>
    private static string Percent(decimal rate)
    {
        var format = (NumberFormatInfo)CultureInfo.CurrentCulture.NumberFormat.Clone();
        format.PercentDecimalDigits = (rate / 1.000000000000000000000000000000m).Scale;
        return (rate / 100).ToString("P", format);
    }
}
