-- compatible from 1
-- What Orleans' ADO.NET storage and clustering read and write: they fix the name of the table of queries, the names of the
-- queries, of their parameters and of their columns. Each query is one statement.
CREATE TABLE OrleansQuery (
  QueryKey text PRIMARY KEY,
  QueryText text NOT NULL
);

-- States of actors. The version is the ETag. Of two activations that both believe to write first, the key lets one.
CREATE TABLE grain_state (
  id_hash integer NOT NULL,
  type_hash integer NOT NULL,
  id_n0 bigint NOT NULL,
  id_n1 bigint NOT NULL,
  id_text text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  service text COLLATE "C" NOT NULL,
  payload bytea,
  modified_at timestamptz NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (id_hash, type_hash, id_n0, id_n1, id_text, type, service)
);

-- Silos. The version of a cluster moves with each change of its members but their signs of life.
CREATE TABLE cluster_version (
  cluster text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL,
  changed_at timestamptz NOT NULL
);

CREATE TABLE cluster_members (
  cluster text COLLATE "C" NOT NULL REFERENCES cluster_version,
  address text NOT NULL,
  port integer NOT NULL,
  generation integer NOT NULL,
  silo_name text NOT NULL,
  host_name text NOT NULL,
  status integer NOT NULL,
  proxy_port integer NOT NULL,
  suspect_times text,
  start_time timestamptz NOT NULL,
  i_am_alive_time timestamptz NOT NULL,
  PRIMARY KEY (cluster, address, port, generation)
);

-- Changes a member, if the cluster is at the version that the caller knows; whether it did.
CREATE FUNCTION change_cluster_member(
  of_cluster text, known integer, of_address text, of_port integer, of_generation integer,
  new_status integer, new_suspect_times text, new_i_am_alive_time timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE cluster_version SET version = version + 1, changed_at = now()
  WHERE cluster = of_cluster AND version = known AND EXISTS (
    SELECT 1 FROM cluster_members
    WHERE cluster = of_cluster AND address = of_address AND port = of_port AND generation = of_generation);
  IF NOT FOUND THEN
    RETURN false;
  END IF;

  UPDATE cluster_members SET status = new_status, suspect_times = new_suspect_times, i_am_alive_time = new_i_am_alive_time
  WHERE cluster = of_cluster AND address = of_address AND port = of_port AND generation = of_generation;
  RETURN true;
END
$$;

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', '
SELECT payload AS PayloadBinary, version AS Version
FROM grain_state
WHERE id_hash = @GrainIdHash AND type_hash = @GrainTypeHash AND id_n0 = @GrainIdN0 AND id_n1 = @GrainIdN1
  AND id_text = coalesce(@GrainIdExtensionString, '''') AND type = @GrainTypeString AND service = @ServiceId
'),
-- A first write (no ETag) inserts; any other needs the row of its ETag to be there, and then updates it. No row returned
-- means that the ETag was stale.
('WriteToStorageKey', '
INSERT INTO grain_state AS s (id_hash, type_hash, id_n0, id_n1, id_text, type, service, payload, modified_at, version)
SELECT @GrainIdHash, @GrainTypeHash, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''''), @GrainTypeString,
  @ServiceId, @PayloadBinary, now(), 1
WHERE @GrainStateVersion IS NULL OR EXISTS (
  SELECT 1 FROM grain_state
  WHERE id_hash = @GrainIdHash AND type_hash = @GrainTypeHash AND id_n0 = @GrainIdN0 AND id_n1 = @GrainIdN1
    AND id_text = coalesce(@GrainIdExtensionString, '''') AND type = @GrainTypeString AND service = @ServiceId)
ON CONFLICT (id_hash, type_hash, id_n0, id_n1, id_text, type, service) DO UPDATE
SET payload = excluded.payload, modified_at = excluded.modified_at, version = s.version + 1
WHERE s.version = @GrainStateVersion
RETURNING version AS NewGrainStateVersion
'),
('ClearStorageKey', '
UPDATE grain_state SET payload = NULL, modified_at = now(), version = version + 1
WHERE id_hash = @GrainIdHash AND type_hash = @GrainTypeHash AND id_n0 = @GrainIdN0 AND id_n1 = @GrainIdN1
  AND id_text = coalesce(@GrainIdExtensionString, '''') AND type = @GrainTypeString AND service = @ServiceId
  AND version = @GrainStateVersion
RETURNING version AS NewGrainStateVersion
'),
('DeleteStorageKey', '
DELETE FROM grain_state
WHERE id_hash = @GrainIdHash AND type_hash = @GrainTypeHash AND id_n0 = @GrainIdN0 AND id_n1 = @GrainIdN1
  AND id_text = coalesce(@GrainIdExtensionString, '''') AND type = @GrainTypeString AND service = @ServiceId
  AND version = @GrainStateVersion
RETURNING version + 1 AS NewGrainStateVersion
'),
('InsertMembershipVersionKey', '
WITH added AS (
  INSERT INTO cluster_version (cluster, version, changed_at) VALUES (@DeploymentId, 0, now())
  ON CONFLICT (cluster) DO NOTHING RETURNING 1)
SELECT EXISTS (SELECT 1 FROM added)
'),
-- Who moves the version holds its row until the end: of two changes that know the same version, the second finds it moved.
('InsertMembershipKey', '
WITH moved AS (
  UPDATE cluster_version SET version = version + 1, changed_at = now()
  WHERE cluster = @DeploymentId AND version = @Version AND NOT EXISTS (
    SELECT 1 FROM cluster_members
    WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
  RETURNING 1),
added AS (
  INSERT INTO cluster_members (cluster, address, port, generation, silo_name, host_name, status, proxy_port, start_time, i_am_alive_time)
  SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
  FROM moved RETURNING 1)
SELECT EXISTS (SELECT 1 FROM added)
'),
('UpdateMembershipKey', '
SELECT change_cluster_member(@DeploymentId, @Version, @Address, @Port, @Generation, @Status, @SuspectTimes, @IAmAliveTime)
'),
('UpdateIAmAlivetimeKey', '
UPDATE cluster_members SET i_am_alive_time = @IAmAliveTime
WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
'),
('MembershipReadRowKey', '
SELECT v.cluster AS DeploymentId, m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName,
  m.host_name AS HostName, m.status AS Status, m.proxy_port AS ProxyPort, m.suspect_times AS SuspectTimes,
  m.start_time AS StartTime, m.i_am_alive_time AS IAmAliveTime, v.version AS Version
FROM cluster_version v
LEFT JOIN cluster_members m ON m.cluster = v.cluster AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
WHERE v.cluster = @DeploymentId
'),
('MembershipReadAllKey', '
SELECT v.cluster AS DeploymentId, m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName,
  m.host_name AS HostName, m.status AS Status, m.proxy_port AS ProxyPort, m.suspect_times AS SuspectTimes,
  m.start_time AS StartTime, m.i_am_alive_time AS IAmAliveTime, v.version AS Version
FROM cluster_version v LEFT JOIN cluster_members m ON m.cluster = v.cluster
WHERE v.cluster = @DeploymentId
'),
('GatewaysQueryKey', '
SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation
FROM cluster_members WHERE cluster = @DeploymentId AND status = @Status AND proxy_port > 0
'),
('DeleteMembershipTableEntriesKey', '
WITH gone AS (DELETE FROM cluster_members WHERE cluster = @DeploymentId)
DELETE FROM cluster_version WHERE cluster = @DeploymentId
'),
-- Of silos that are dead (6) alone, and only what nothing has touched since the provider looked.
('CleanupDefunctSiloEntriesKey', '
DELETE FROM cluster_members
WHERE cluster = @DeploymentId AND status = 6 AND i_am_alive_time < @IAmAliveTime AND start_time < @IAmAliveTime
'),
('CleanupDefunctSiloEntryKey', '
DELETE FROM cluster_members
WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation AND status = 6
  AND start_time = @StartTime AND i_am_alive_time = @IAmAliveTime AND suspect_times IS NOT DISTINCT FROM @SuspectTimes
');
