using System.Collections.Immutable;
using OrleansLinks.Clicks;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Transfer;

/// <summary>Moves what a data folder of SQLite databases has into an empty PostgreSQL database.</summary>
public interface IDataImport
{
    /// <summary>Looks whether an import can begin, and changes nothing. All of the folder's databases is read for damage.</summary>
    /// <param name="folder">The data folder, which nobody changes.</param>
    /// <exception cref="DataFolderException">The folder cannot be imported.</exception>
    /// <exception cref="DatabaseException">The database does not answer, is not empty, or a silo runs on it.</exception>
    /// <exception cref="SchemaVersionException">A newer program wrote the one or the other.</exception>
    Task CheckAsync(string folder);

    /// <summary>
    /// Imports all of it in one transaction, which is committed only when what has arrived is what was there and the audit of the ledger
    /// finds no difference. Programs that are started on the database meanwhile wait for its end.
    /// </summary>
    /// <param name="folder">The data folder, which nobody changes; nothing is written to it.</param>
    /// <param name="serviceId">The service under which actors' states are kept from now on.</param>
    /// <exception cref="DataFolderException">The folder cannot be imported.</exception>
    /// <exception cref="DatabaseException">The database is not empty, a silo runs on it, or something failed: nothing was imported.</exception>
    /// <exception cref="SchemaVersionException">A newer program wrote the one or the other.</exception>
    Task<ImportReport> RunAsync(string folder, string serviceId);
}

/// <summary>What was imported.</summary>
/// <param name="Database">The database, as messages name it.</param>
/// <param name="Measures">Counts and sums of both sides, which are equal.</param>
/// <param name="Audit">What the audit of the ledger says of it, whose drift is 0.</param>
public sealed record ImportReport(string Database, ImmutableArray<ImportedMeasure> Measures, LedgerAudit Audit);

/// <summary>A count or a sum.</summary>
/// <param name="Name">What it is of.</param>
/// <param name="Exported">What it is in the data folder.</param>
/// <param name="Imported">What it is in the database.</param>
public sealed record ImportedMeasure(string Name, long Exported, long Imported);
