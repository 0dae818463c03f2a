-- compatible from 1
-- The click ledger. All of a task's clicks are of one shard (LedgerOrder.ShardOf), whose row is locked by whoever records
-- some of them, until they are committed: positions are therefore in the order of commits within a shard, and what one
-- batch knows of earlier visits is complete. The shard's number is in the high bits of its positions.
CREATE TABLE ledger_shards (
  shard smallint PRIMARY KEY,
  last_position bigint NOT NULL
) WITH (fillfactor = 50);

INSERT INTO ledger_shards SELECT shard, shard::bigint << 48 FROM generate_series(0, 7) AS shard;

-- The id begins with its time (UUID version 7), and so names its partition, a UTC day. Days are made ahead; what is of no
-- day that there is goes to the default partition. Columns are in the order that packs them best.
CREATE TABLE clicks (
  position bigint NOT NULL,
  at bigint NOT NULL,
  id uuid NOT NULL PRIMARY KEY,
  task_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  partner_id uuid NOT NULL,
  program_id uuid NOT NULL,
  visitor uuid NOT NULL,
  class smallint NOT NULL,
  is_bot boolean NOT NULL,
  is_unique boolean NOT NULL,
  link_code text,
  outside_terms_reason text,
  landing_page text NOT NULL,
  referrer text,
  user_agent text,
  sub_id1 text,
  sub_id2 text,
  sub_id3 text,
  shared_id text,
  param text
) PARTITION BY RANGE (id);

CREATE INDEX clicks_by_task ON clicks (task_id, id);
CREATE INDEX clicks_by_position ON clicks (position);
CREATE TABLE clicks_default PARTITION OF clicks DEFAULT;

-- Clicks of days before this one (days since 1970, by their ids) may have been dropped.
CREATE TABLE clicks_retention (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  first_day integer NOT NULL
);

INSERT INTO clicks_retention (first_day) VALUES (0);

-- Folds of clicks, moved in the transaction that keeps them. A scope is a letter and what it is of: t and a task's id, c
-- and a campaign's, p and a campaign's and a partner's, l and a link's code.
CREATE TABLE counters (
  scope bytea PRIMARY KEY,
  clicks bigint NOT NULL,
  unique_clicks bigint NOT NULL,
  bot_clicks bigint NOT NULL,
  outside_terms_clicks bigint NOT NULL,
  version bigint NOT NULL,
  changed_at bigint NOT NULL
) WITH (fillfactor = 70);

-- Folds by time. start is the Unix second at which the UTC hour or day of the click's own time begins. Clicks of links
-- that were put together by hand have no code and are in the task's rows only; a link's campaign and partner are its
-- task's, and its days are the sums of its hours.
CREATE TABLE task_hours (
  program_id uuid NOT NULL,
  start bigint NOT NULL,
  task_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  partner_id uuid NOT NULL,
  clicks bigint NOT NULL,
  unique_clicks bigint NOT NULL,
  bot_clicks bigint NOT NULL,
  outside_terms_clicks bigint NOT NULL,
  PRIMARY KEY (program_id, start, task_id)
) WITH (fillfactor = 70);

CREATE TABLE task_days (LIKE task_hours INCLUDING INDEXES) WITH (fillfactor = 70);

CREATE TABLE link_hours (
  program_id uuid NOT NULL,
  start bigint NOT NULL,
  task_id uuid NOT NULL,
  link_code text COLLATE "C" NOT NULL,
  clicks bigint NOT NULL,
  unique_clicks bigint NOT NULL,
  bot_clicks bigint NOT NULL,
  outside_terms_clicks bigint NOT NULL,
  PRIMARY KEY (program_id, start, task_id, link_code)
) WITH (fillfactor = 70);

-- When visitors clicked links (the key is a hash of both), a table for every eighth hour: an hour that begins empties its
-- table, which costs nothing, however many rows there are. Rows are only ever added; the latest of a key counts.
DO $$
BEGIN
  FOR slot IN 0..7 LOOP
    EXECUTE format('CREATE TABLE visits_%s (key bigint NOT NULL, last_at bigint NOT NULL) WITH (autovacuum_enabled = off)', slot);
    EXECUTE format('CREATE INDEX visits_%s_by_key ON visits_%s (key)', slot, slot);
  END LOOP;
END
$$;

-- The hour since 1970 that a table of visits was last emptied for.
CREATE TABLE visit_slots (
  slot smallint PRIMARY KEY,
  hour bigint NOT NULL
);

INSERT INTO visit_slots SELECT slot, 0 FROM generate_series(0, 7) AS slot;
