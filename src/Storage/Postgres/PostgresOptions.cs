namespace OrleansLinks.Storage.Postgres;

/// <summary>How the database is reached, and how long it keeps what grows.</summary>
public sealed class PostgresOptions
{
    /// <summary>Name of the setting of <see cref="ConnectionString"/>, for messages.</summary>
    public const string ConnectionStringSetting = "Database:ConnectionString";

    /// <summary>Least that <see cref="ClickRetention"/> may be: clicks that come late and again must find themselves.</summary>
    public static readonly TimeSpan LeastClickRetention = TimeSpan.FromDays(2);

    /// <summary>Npgsql's connection string; what it says of the pool and of timeouts holds.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Most connections of this process, of all stores and of Orleans together, unless the connection string says otherwise.</summary>
    public int MaxConnections { get; init; } = 32;

    /// <summary>
    /// How long clicks are kept, counted from their ids' times and in whole UTC days; null for ever. Counters and rollups
    /// stay. At least <see cref="LeastClickRetention"/>.
    /// </summary>
    public TimeSpan? ClickRetention { get; init; }
}

/// <summary>The database cannot be used; the message says in one line why, and what to do.</summary>
public sealed class DatabaseException(string message, Exception? cause = null) : InvalidOperationException(message, cause);
