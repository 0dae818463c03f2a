using System.Buffers.Binary;
using System.Text;
using OrleansLinks.Links;

namespace OrleansLinks.Clicks;

/// <summary>
/// A click as bytes: what the edge's journal keeps, and what travels from there to the ledger without being read and
/// written anew on the way.
/// </summary>
/// <remarks>
/// Version 2, numbers little-endian, ids as the 16 bytes of a UUID in network order:
/// <code>
/// 0   1   version (2)
/// 1   1   flags: 1 outside terms, 2 bot
/// 2   16  click id
/// 18  8   time, Unix milliseconds
/// 26  16  task     42  16  campaign     58  16  partner     74  16  program     90  16  visitor
/// 106     ten texts: link code, outside-terms reason, landing page, referrer, user agent, Sub ID 1, 2, 3, Shared ID, Param;
///         each 2 bytes of length and that much UTF-8; the length 65,535 stands for no text
/// and last, from version 2 on:
/// 0   2   country, two capitals of ASCII; zeros for none
/// 2   1   device
/// 3   1   target; 255 for none
/// 4   8   campaign version; 0 where the settings are not known    12  8   program version
/// </code>
/// Version 1 ends with the texts. Journals of before are read after an update, so that readers take both; a newer version
/// appends again. Those who read are to be updated before those who write: until then what these write waits in their journals.
/// </remarks>
public static class ClickFormat
{
    /// <summary>Most bytes that a click takes.</summary>
    public const int MaxLength = 16 * 1024;

    internal const int FixedLength = 106;
    internal const int FactsLength = 20;
    internal const byte FirstVersion = 1;
    internal const byte Version = 2;
    internal const byte NoTarget = byte.MaxValue;
    internal const byte OutsideTermsFlag = 1;
    internal const byte BotFlag = 2;
    internal const ushort NoText = ushort.MaxValue;

    /// <summary>Writes a click.</summary>
    /// <param name="click">The click; its ids must be well-formed.</param>
    /// <param name="destination">Room for <see cref="MaxLength"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="FormatException">An id is not well-formed.</exception>
    /// <exception cref="ArgumentException">The click is larger than <paramref name="destination"/>.</exception>
    public static int Write(Click click, Span<byte> destination)
    {
        destination[0] = Version;
        destination[1] = (byte)((click.Class == ClickClass.OutsideTerms ? OutsideTermsFlag : 0) | (click.IsBot ? BotFlag : 0));
        Put(click.Id, destination[2..]);
        BinaryPrimitives.WriteInt64LittleEndian(destination[18..], click.At.ToUnixTimeMilliseconds());
        Put(EntityId.Parse(click.TaskId, EntityId.Task), destination[26..]);
        Put(EntityId.Parse(click.CampaignId, EntityId.Campaign), destination[42..]);
        Put(EntityId.Parse(click.PartnerId, EntityId.Partner), destination[58..]);
        Put(EntityId.Parse(click.ProgramId, EntityId.Program), destination[74..]);
        Put(click.Visitor, destination[90..]);
        var length = FixedLength;
        Put(click.LinkCode, destination, ref length);
        Put(click.OutsideTermsReason, destination, ref length);
        Put(click.LandingPage, destination, ref length);
        Put(click.Referrer, destination, ref length);
        Put(click.UserAgent, destination, ref length);
        Put(click.Values.SubId1, destination, ref length);
        Put(click.Values.SubId2, destination, ref length);
        Put(click.Values.SubId3, destination, ref length);
        Put(click.Values.SharedId, destination, ref length);
        Put(click.Values.Param, destination, ref length);
        PutFacts(click, destination.Slice(length, FactsLength));
        return length + FactsLength;
    }

    /// <summary>The task of a click as bytes: what says which ledger it belongs to.</summary>
    public static Guid TaskOf(ReadOnlySpan<byte> click) => new(click.Slice(26, 16), bigEndian: true);

    /// <summary>When a click as bytes was answered.</summary>
    public static DateTimeOffset TimeOf(ReadOnlySpan<byte> click) =>
        DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(click[18..]));

    private static void PutFacts(Click click, Span<byte> destination)
    {
        var settings = click.Settings.GetValueOrDefault();
        destination[..2].Clear();
        if (click.Country is { } country && Encoding.ASCII.GetBytes(country, destination) != 2)
        {
            throw new FormatException($"'{country}' is no country's code of two letters.");
        }

        destination[2] = (byte)click.Device;
        destination[3] = settings.Target is { } target ? (byte)target : NoTarget;
        BinaryPrimitives.WriteInt64LittleEndian(destination[4..], settings.CampaignVersion);
        BinaryPrimitives.WriteInt64LittleEndian(destination[12..], settings.ProgramVersion);
    }

    private static void Put(Guid value, Span<byte> destination) => value.TryWriteBytes(destination, bigEndian: true, out _);

    private static void Put(string? text, Span<byte> destination, ref int length)
    {
        var bytes = text is null ? 0 : Encoding.UTF8.GetBytes(text, destination[(length + 2)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[length..], text is null ? NoText : checked((ushort)bytes));
        length += 2 + bytes;
    }
}

/// <summary>Reads a click as bytes from its beginning to its end, in place.</summary>
public ref struct ClickReader
{
    private readonly ReadOnlySpan<byte> _click;
    private readonly ReadOnlySpan<byte> _facts;
    private int _next;

    /// <summary>Begins to read.</summary>
    /// <param name="click">A click as <see cref="ClickFormat"/> has it.</param>
    /// <exception cref="FormatException">It is of a newer version, or too short.</exception>
    public ClickReader(ReadOnlySpan<byte> click)
    {
        var version = click.IsEmpty ? 0 : click[0];
        var texts = click.Length - (version == ClickFormat.FirstVersion ? 0 : ClickFormat.FactsLength);
        if (texts < ClickFormat.FixedLength || version is < ClickFormat.FirstVersion or > ClickFormat.Version)
        {
            throw new FormatException($"A click of {click.Length} bytes and version {version} cannot be read; this program knows versions {ClickFormat.FirstVersion} to {ClickFormat.Version}.");
        }

        _click = click[..texts];
        _facts = click[texts..];
        _next = ClickFormat.FixedLength;
    }

    /// <summary>The click's id.</summary>
    public readonly Guid Id => ReadGuid(2);

    /// <summary>When it was answered, Unix milliseconds.</summary>
    public readonly long At => BinaryPrimitives.ReadInt64LittleEndian(_click[18..]);

    /// <summary>Its task.</summary>
    public readonly Guid Task => ReadGuid(26);

    /// <summary>Its campaign.</summary>
    public readonly Guid Campaign => ReadGuid(42);

    /// <summary>Its partner.</summary>
    public readonly Guid Partner => ReadGuid(58);

    /// <summary>Its program.</summary>
    public readonly Guid Program => ReadGuid(74);

    /// <summary>Its visitor.</summary>
    public readonly Guid Visitor => ReadGuid(90);

    /// <summary>Whether it counts for payment.</summary>
    public readonly ClickClass Class => (_click[1] & ClickFormat.OutsideTermsFlag) != 0 ? ClickClass.OutsideTerms : ClickClass.InTerms;

    /// <summary>Whether a crawler made it.</summary>
    public readonly bool IsBot => (_click[1] & ClickFormat.BotFlag) != 0;

    /// <summary>Its visitor's country, two letters of ASCII; empty where it is not known.</summary>
    public readonly ReadOnlySpan<byte> Country => _facts.IsEmpty || _facts[0] == 0 ? default : _facts[..2];

    /// <summary>What it was made with.</summary>
    public readonly DeviceClass Device => _facts.IsEmpty ? DeviceClass.Unknown : (DeviceClass)_facts[2];

    /// <summary>The settings that it was decided by; null where they are not known.</summary>
    public readonly ClickSettings? Settings =>
        !_facts.IsEmpty && BinaryPrimitives.ReadInt64LittleEndian(_facts[4..]) is var campaign and not 0
            ? new ClickSettings(
                campaign, BinaryPrimitives.ReadInt64LittleEndian(_facts[12..]), _facts[3] == ClickFormat.NoTarget ? null : (LinkTarget)_facts[3])
            : null;

    /// <summary>The next of its ten texts as UTF-8, in the order of <see cref="ClickFormat"/>; false where there is none.</summary>
    public bool NextText(out ReadOnlySpan<byte> text)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(_click[_next..]);
        _next += 2;
        if (length == ClickFormat.NoText)
        {
            text = default;
            return false;
        }

        text = _click.Slice(_next, length);
        _next += length;
        return true;
    }

    /// <summary>The whole click; to be called before any text is read.</summary>
    public Click Read() => new(
        Id,
        Text(),
        EntityId.From(EntityId.Task, Task),
        EntityId.From(EntityId.Campaign, Campaign),
        EntityId.From(EntityId.Partner, Partner),
        EntityId.From(EntityId.Program, Program),
        DateTimeOffset.FromUnixTimeMilliseconds(At),
        Class,
        Text(),
        IsBot,
        Visitor,
        Text() ?? "",
        Text(),
        Text(),
        new ReportingValues(Text(), Text(), Text(), Text(), Text()),
        Country.IsEmpty ? null : Encoding.ASCII.GetString(Country),
        Device,
        Settings);

    private string? Text() => NextText(out var text) ? Encoding.UTF8.GetString(text) : null;

    private readonly Guid ReadGuid(int at) => new(_click.Slice(at, 16), bigEndian: true);
}
