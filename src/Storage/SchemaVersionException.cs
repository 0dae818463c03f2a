namespace OrleansLinks.Storage;

/// <summary>The database was written by a newer program.</summary>
/// <param name="path">The database.</param>
/// <param name="found">Its schema version.</param>
/// <param name="known">The newest schema version that this program knows.</param>
public sealed class SchemaVersionException(string path, int found, int known) : InvalidOperationException(
    $"{path} has schema version {found}, but this program knows versions up to {known}: start the newer program that wrote it, or restore a backup from before.");
