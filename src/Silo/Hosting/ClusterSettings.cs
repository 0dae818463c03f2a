using System.ComponentModel.DataAnnotations;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Hosting;

/// <summary>What keeps the data.</summary>
public enum DatabaseProvider
{
    /// <summary>SQLite files in the data folder, for one process.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server, for any number of processes.</summary>
    Postgres,
}

/// <summary>The database (section <c>Database</c>).</summary>
public sealed class DatabaseOptions
{
    /// <summary>What keeps the data: <c>Sqlite</c> or <c>Postgres</c>.</summary>
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Sqlite;

    /// <summary>With <c>Postgres</c>: the connection string, as Npgsql reads it.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>With <c>Postgres</c>: most connections of one process, unless the connection string says otherwise.</summary>
    [Range(4, 1000, ErrorMessage = "give a number from {1} to {2}.")]
    public int MaxConnections { get; set; } = 32;

    /// <summary>With <c>Postgres</c>: for how many days clicks are kept, counters staying; 0 for ever.</summary>
    [Range(0, 36500, ErrorMessage = "give a number from {1} to {2}.")]
    public int ClickRetentionDays { get; set; }

    /// <summary>The same for the storage.</summary>
    /// <exception cref="StartupException">There is no connection string, or clicks would be kept for too short.</exception>
    public PostgresOptions ToPostgres()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString))
        {
            throw new StartupException($"The setting {PostgresOptions.ConnectionStringSetting} is missing: it names the PostgreSQL database, like 'Host=127.0.0.1;Database=orleanslinks;Username=orleanslinks;Password=…'.");
        }

        var retention = TimeSpan.FromDays(ClickRetentionDays);
        if (ClickRetentionDays > 0 && retention < PostgresOptions.LeastClickRetention)
        {
            throw new StartupException($"The setting Database:ClickRetentionDays is not valid: give {PostgresOptions.LeastClickRetention.Days} or more, or 0 for ever.");
        }

        return new PostgresOptions { ConnectionString = ConnectionString, MaxConnections = MaxConnections, ClickRetention = ClickRetentionDays > 0 ? retention : null };
    }
}

/// <summary>Where the actors of an edge are.</summary>
public enum ClusterMode
{
    /// <summary>In the process of the API.</summary>
    Embedded,

    /// <summary>In silos, which are processes of their own.</summary>
    Client,
}

/// <summary>How processes find each other (section <c>Cluster</c>); with SQLite there is one, and none of it matters.</summary>
public sealed class ClusterSettings
{
    /// <summary>Where the actors of an edge are: <c>Embedded</c> in its process, or in silos, whose <c>Client</c> it is.</summary>
    public ClusterMode Mode { get; set; } = ClusterMode.Embedded;

    /// <summary>Name of the cluster: processes of the same name that share a database find each other.</summary>
    [Required]
    [StringLength(150, ErrorMessage = "give at most {1} characters.")]
    public string ClusterId { get; set; } = "orleanslinks";

    /// <summary>Name of the service, under which actors' state is kept; it must stay the same as long as the data does.</summary>
    [Required]
    [StringLength(150, ErrorMessage = "give at most {1} characters.")]
    public string ServiceId { get; set; } = "orleanslinks";

    /// <summary>The address of a silo's process under which other silos and edges reach it; it listens there.</summary>
    [Required]
    public string AdvertisedAddress { get; set; } = "127.0.0.1";

    /// <summary>The port of a silo's process for other silos; 0 lets the system choose one.</summary>
    [Range(0, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>The port of a silo's process for edges; 0 lets the system choose one.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; } = 30000;
}

/// <summary>How a program ends when it is asked to (section <c>Shutdown</c>).</summary>
public sealed class ShutdownOptions
{
    /// <summary>
    /// For how many seconds a program that was asked to end goes on as before, but says that it is not ready, so that load
    /// balancers send no more.
    /// </summary>
    [Range(0, 600, ErrorMessage = "give a number from {1} to {2}.")]
    public int DrainSeconds { get; set; }

    /// <summary>Within how many seconds after that it ends: answers what it has taken in, ships its clicks, hands its actors over.</summary>
    [Range(1, 600, ErrorMessage = "give a number from {1} to {2}.")]
    public int TimeoutSeconds { get; set; } = 20;
}
