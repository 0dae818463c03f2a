-- compatible from 1
-- What a click knows of its visitor, and the settings that it was decided by: device and target are the numbers of DeviceClass
-- and LinkTarget. The parent's columns are its partitions' too, those of days to come among them. Nothing is rewritten, and
-- older programs go on beside.
ALTER TABLE clicks
  ADD COLUMN country text,
  ADD COLUMN device smallint NOT NULL DEFAULT 0,
  ADD COLUMN campaign_version bigint,
  ADD COLUMN program_version bigint,
  ADD COLUMN target smallint;

-- A conversion takes along what its click knows, since clicks may be gone when conversions are reported on.
ALTER TABLE conversions
  ADD COLUMN country text,
  ADD COLUMN device smallint NOT NULL DEFAULT 0,
  ADD COLUMN sub_id1 text,
  ADD COLUMN sub_id2 text,
  ADD COLUMN sub_id3 text,
  ADD COLUMN shared_id text,
  ADD COLUMN param text;
