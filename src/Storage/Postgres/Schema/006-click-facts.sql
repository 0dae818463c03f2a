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

-- All versions of the settings of campaigns and programs, of which the terms are a part. Rows from before are of campaigns, and
-- have the terms alone, as have those of older programs beside: these find all terms, and keep theirs, under the name of before.
ALTER TABLE campaign_terms RENAME TO settings_history;
ALTER TABLE settings_history RENAME COLUMN campaign_id TO id;
ALTER TABLE settings_history RENAME COLUMN terms TO settings;
CREATE VIEW campaign_terms AS SELECT id AS campaign_id, version, since, settings AS terms FROM settings_history;
