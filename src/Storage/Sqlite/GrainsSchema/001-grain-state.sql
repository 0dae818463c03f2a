-- What the ADO.NET grain storage of Orleans reads and writes: it fixes the names of the first table, of the queries,
-- of their parameters and of their columns. The version is the ETag. Each query is one statement, so that nothing can
-- leave a pooled connection inside a transaction; no row returned means that the ETag was stale.

CREATE TABLE IF NOT EXISTS OrleansQuery (
  QueryKey TEXT PRIMARY KEY,
  QueryText TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Of two activations that both believe to write first, the unique key lets one.
CREATE TABLE IF NOT EXISTS GrainState (
  IdHash INTEGER NOT NULL,
  TypeHash INTEGER NOT NULL,
  IdN0 INTEGER NOT NULL,
  IdN1 INTEGER NOT NULL,
  IdText TEXT NOT NULL,
  Type TEXT NOT NULL,
  Service TEXT NOT NULL,
  Payload BLOB,
  ModifiedAt INTEGER NOT NULL,
  Version INTEGER NOT NULL,
  UNIQUE (IdHash, TypeHash, IdN0, IdN1, IdText, Type, Service)
) STRICT;

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', '
SELECT Payload AS PayloadBinary, Version
FROM GrainState
WHERE IdHash = @GrainIdHash AND TypeHash = @GrainTypeHash AND IdN0 = @GrainIdN0 AND IdN1 = @GrainIdN1
  AND IdText = COALESCE(@GrainIdExtensionString, '''') AND Type = @GrainTypeString AND Service = @ServiceId
'),
-- A first write (no ETag) inserts; any other needs the row of its ETag to be there, and then updates it.
('WriteToStorageKey', '
INSERT INTO GrainState (IdHash, TypeHash, IdN0, IdN1, IdText, Type, Service, Payload, ModifiedAt, Version)
SELECT @GrainIdHash, @GrainTypeHash, @GrainIdN0, @GrainIdN1, COALESCE(@GrainIdExtensionString, ''''), @GrainTypeString,
  @ServiceId, @PayloadBinary, CAST(unixepoch(''subsec'') * 1000 AS INTEGER), 1
WHERE @GrainStateVersion IS NULL OR EXISTS (
  SELECT 1 FROM GrainState
  WHERE IdHash = @GrainIdHash AND TypeHash = @GrainTypeHash AND IdN0 = @GrainIdN0 AND IdN1 = @GrainIdN1
    AND IdText = COALESCE(@GrainIdExtensionString, '''') AND Type = @GrainTypeString AND Service = @ServiceId)
ON CONFLICT (IdHash, TypeHash, IdN0, IdN1, IdText, Type, Service) DO UPDATE
SET Payload = excluded.Payload, ModifiedAt = excluded.ModifiedAt, Version = Version + 1
WHERE Version = @GrainStateVersion
RETURNING Version AS NewGrainStateVersion
'),
('ClearStorageKey', '
UPDATE GrainState
SET Payload = NULL, ModifiedAt = CAST(unixepoch(''subsec'') * 1000 AS INTEGER), Version = Version + 1
WHERE IdHash = @GrainIdHash AND TypeHash = @GrainTypeHash AND IdN0 = @GrainIdN0 AND IdN1 = @GrainIdN1
  AND IdText = COALESCE(@GrainIdExtensionString, '''') AND Type = @GrainTypeString AND Service = @ServiceId
  AND Version = @GrainStateVersion
RETURNING Version AS NewGrainStateVersion
'),
('DeleteStorageKey', '
DELETE FROM GrainState
WHERE IdHash = @GrainIdHash AND TypeHash = @GrainTypeHash AND IdN0 = @GrainIdN0 AND IdN1 = @GrainIdN1
  AND IdText = COALESCE(@GrainIdExtensionString, '''') AND Type = @GrainTypeString AND Service = @ServiceId
  AND Version = @GrainStateVersion
RETURNING Version + 1 AS NewGrainStateVersion
')
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText;
