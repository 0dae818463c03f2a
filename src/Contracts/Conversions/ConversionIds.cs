using System.Security.Cryptography;
using System.Text;

namespace OrleansLinks.Conversions;

/// <summary>Ids of conversions.</summary>
public static class ConversionIds
{
    /// <summary>What happened where a report does not say.</summary>
    public const string DefaultEventType = "sale";

    /// <summary>
    /// The id of the one conversion that an order is: half of the SHA-256 of what identifies it, so that who reports an order
    /// again, wherever, meets the same actor and the same row.
    /// </summary>
    public static string Of(ConversionReport report)
    {
        // Neither a program's id nor an event type has a line break.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{report.ProgramId}\n{EventTypeOf(report)}\n{report.OrderId?.Trim()}"));
        return EntityId.From(EntityId.Conversion, new Guid(hash.AsSpan(0, 16), bigEndian: true));
    }

    /// <summary>What happened, in small letters, by a report that may not say: Sale and sale of an order are one conversion.</summary>
    public static string EventTypeOf(ConversionReport report) =>
        string.IsNullOrWhiteSpace(report.EventType) ? DefaultEventType : report.EventType.Trim().ToLowerInvariant();
}
