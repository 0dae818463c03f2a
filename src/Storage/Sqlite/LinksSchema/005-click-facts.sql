-- What a click knows of its visitor, and the settings that it was decided by: device and target are the numbers of DeviceClass
-- and LinkTarget. Rows from before are not touched; they know none of it.
ALTER TABLE clicks ADD COLUMN country TEXT;
ALTER TABLE clicks ADD COLUMN device INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clicks ADD COLUMN campaign_version INTEGER;
ALTER TABLE clicks ADD COLUMN program_version INTEGER;
ALTER TABLE clicks ADD COLUMN target INTEGER;

-- A conversion takes along what its click knows, since clicks may be gone when conversions are reported on.
ALTER TABLE conversions ADD COLUMN country TEXT;
ALTER TABLE conversions ADD COLUMN device INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversions ADD COLUMN sub_id1 TEXT;
ALTER TABLE conversions ADD COLUMN sub_id2 TEXT;
ALTER TABLE conversions ADD COLUMN sub_id3 TEXT;
ALTER TABLE conversions ADD COLUMN shared_id TEXT;
ALTER TABLE conversions ADD COLUMN param TEXT;

-- All versions of the settings of campaigns and programs, of which the terms are a part. Rows from before are of campaigns, and
-- have the terms alone.
ALTER TABLE campaign_terms RENAME TO settings_history;
ALTER TABLE settings_history RENAME COLUMN campaign_id TO id;
ALTER TABLE settings_history RENAME COLUMN terms TO settings;
