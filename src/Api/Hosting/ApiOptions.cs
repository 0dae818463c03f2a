using System.ComponentModel.DataAnnotations;
using OrleansLinks.Access;

namespace OrleansLinks.Hosting;

/// <summary>Where the program listens (section <c>Http</c>).</summary>
internal sealed class HttpOptions
{
    /// <summary>The address to listen on; <c>0.0.0.0</c> for all.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port to listen on; 0 lets the system choose one.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 8080;

    /// <summary>
    /// Addresses and networks (CIDR) of reverse proxies, separated by commas, whose <c>X-Forwarded-For</c> and
    /// <c>X-Forwarded-Proto</c> are believed.
    /// </summary>
    public string TrustedProxies { get; set; } = "";
}

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

    /// <summary>The operator's key, 32 to 200 random characters, instead of one that is made and printed.</summary>
    [ConfigurationKeyName("ORLEANSLINKS_OPERATOR_KEY")]
    [StringLength(AccessKeys.MaxLength, MinimumLength = AccessKeys.MinLength, ErrorMessage = "give {2} to {1} random characters.")]
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
