-- compatible from 8
-- What clicks and conversions add up to, for reports: parts of the rollup of a program's UTC day (days since 1970), column by
-- column (ReportSegment). Small ones are replaced by one that has them all. kind is a SegmentKind.
CREATE TABLE report_segments (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  program_id uuid NOT NULL,
  day integer NOT NULL,
  rows integer NOT NULL,
  kind smallint NOT NULL,
  body bytea NOT NULL
);

-- They are packed already.
ALTER TABLE report_segments ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX report_segments_by_day ON report_segments (program_id, day, kind, rows);

-- Up to which positions of a shard clicks and entries are in them.
CREATE TABLE report_shards (
  shard smallint PRIMARY KEY,
  folded_to bigint NOT NULL,
  entries_folded_to bigint NOT NULL
);

INSERT INTO report_shards SELECT shard, shard::bigint << 48, 0 FROM generate_series(0, 7) AS shard;

-- Of which days (by their ids) the clicks of positions are: who reads clicks by position then looks at the partitions of these days
-- alone. Of clicks from before nobody has noted it: they may be of any day that there is.
CREATE TABLE ledger_days (
  shard smallint NOT NULL,
  day integer NOT NULL,
  first_position bigint NOT NULL,
  last_position bigint NOT NULL,
  PRIMARY KEY (shard, day)
) WITH (fillfactor = 50);

INSERT INTO ledger_days
SELECT shard, day, shard::bigint << 48, last_position FROM ledger_shards CROSS JOIN (
  SELECT to_date(substring(inhrelid::regclass::text FROM 'clicks_(\d{8})$'), 'YYYYMMDD') - DATE '1970-01-01' AS day
  FROM pg_inherits WHERE inhparent = 'clicks'::regclass AND inhrelid::regclass::text ~ 'clicks_\d{8}$'
  UNION SELECT day_of_id(id) FROM clicks_default) days;

-- They have taken the place of the rows by hour and day that were moved with every click.
DROP TABLE task_hours;
DROP TABLE task_days;
DROP TABLE link_hours;
DROP TABLE audited_days;
