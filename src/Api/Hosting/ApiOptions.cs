using System.ComponentModel.DataAnnotations;
using OrleansLinks.Access;
using OrleansLinks.Journal;

namespace OrleansLinks.Hosting;

/// <summary>Where data is kept (section <c>Data</c>).</summary>
internal sealed class DataOptions
{
    /// <summary>The folder that holds everything that is kept.</summary>
    [Required]
    public string Folder { get; set; } = "data";
}

/// <summary>What happens at the start (no section).</summary>
internal sealed class StartOptions
{
    /// <summary>Whether demo data is made at the start, and its keys are printed.</summary>
    public bool Demo { get; set; }

    /// <summary>The operator's key, 32 to 200 random letters, digits and signs of ASCII, instead of one that is made and printed.</summary>
    [ConfigurationKeyName("ORLEANSLINKS_OPERATOR_KEY")]
    [StringLength(AccessKeys.MaxLength, MinimumLength = AccessKeys.MinLength, ErrorMessage = "give {2} to {1} random characters.")]
    [RegularExpression("[!-~]*", ErrorMessage = "give letters, digits and signs of ASCII, without spaces: it is sent in a header.")]
    public string? OperatorKey
    {
        get;
        set => field = string.IsNullOrEmpty(value) ? null : value;
    }
}

/// <summary>Tracking links (section <c>Tracking</c>).</summary>
internal sealed class TrackingOptions
{
    /// <summary>
    /// Scheme and authority of tracking links of programs without a tracking host of their own, such as
    /// <c>https://go.example.com</c>; empty for the address that the program listens on.
    /// </summary>
    public string Origin { get; set; } = "";
}

/// <summary>What redirects keep in memory (section <c>Redirect</c>).</summary>
internal sealed class RedirectOptions
{
    /// <summary>How many links are kept in memory (at most 400 bytes each); the others are looked up when they are clicked.</summary>
    [Range(100, 100_000_000, ErrorMessage = "give a number from {1} to {2}.")]
    public int CachedLinks { get; set; } = 200_000;
}

/// <summary>How a visitor's country is told (section <c>Geo</c>).</summary>
internal sealed class GeoOptions
{
    /// <summary>
    /// A file in the MaxMind DB format that tells countries by addresses, as ip-location-db, GeoLite2 or DB-IP have them; empty for the
    /// one that comes with the program.
    /// </summary>
    public string Database { get; set; } = "";
}

/// <summary>How clicks are kept until the ledger has them (section <c>Clicks</c>).</summary>
internal sealed class ClickOptions
{
    /// <summary>Name of the journal's folder in the data folder.</summary>
    public const string JournalName = "journal";

    /// <summary>What a redirect waits for: <c>Disk</c>, <c>Ledger</c> or <c>Buffered</c>.</summary>
    public ClickDurability Durability { get; set; } = ClickDurability.Disk;

    /// <summary>The folder of the click journal; empty for <c>journal</c> in the data folder.</summary>
    public string JournalFolder { get; set; } = "";

    /// <summary>Most bytes of clicks that wait on disk for the ledger.</summary>
    [Range(JournalSettings.LeastBytes, long.MaxValue, ErrorMessage = "give at least {1} bytes.")]
    public long JournalMaxBytes { get; set; } = 8L * 1024 * 1024 * 1024;

    /// <summary>Most bytes of clicks that are held in memory while the journal cannot be written.</summary>
    [Range(JournalSettings.LeastBytes, long.MaxValue, ErrorMessage = "give at least {1} bytes.")]
    public long JournalMaxHeldBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>The same for the journal.</summary>
    /// <param name="dataFolder">The data folder.</param>
    public JournalSettings ToSettings(string dataFolder) => new(
        JournalFolder.Length > 0 ? JournalFolder : Path.Combine(dataFolder, JournalName), Durability, JournalMaxBytes, JournalMaxHeldBytes);
}
