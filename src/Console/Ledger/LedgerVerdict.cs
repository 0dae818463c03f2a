namespace OrleansLinks.WebConsole.Ledgers;

/// <summary>What the state of the ledger comes to; the gravest comes first.</summary>
/// <param name="Name">Its name among the texts.</param>
/// <param name="Look">How it is marked.</param>
internal sealed record LedgerVerdict(string Name, string Look)
{
    public static readonly LedgerVerdict Unwritable = new("Unwritable", "bad");
    public static readonly LedgerVerdict Drifts = new("Drifts", "bad");
    public static readonly LedgerVerdict HasLost = new("HasLost", "bad");
    public static readonly LedgerVerdict Trails = new("Trails", "wait");
    public static readonly LedgerVerdict Unknown = new("Unknown", "wait");
    public static readonly LedgerVerdict Well = new("Well", "good");

    // Under load clicks gather for a moment before they are counted: that is no trailing.
    private const long UsualMs = 2000;

    public static LedgerVerdict Of(Client.Ledger ledger) => ledger switch
    {
        { Trouble: not null } => Unwritable,
        { Drift: not (null or 0) } => Drifts,
        { Lost: > 0 } => HasLost,
        { OldestUnappliedMs: > UsualMs } => Trails,
        { Drift: null } => Unknown,
        _ => Well,
    };
}
