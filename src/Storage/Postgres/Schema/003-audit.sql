-- compatible from 1
-- The auditor's own folds of the click rows up to a position of each shard, which share nothing with the counters' moves
-- but the rows themselves.
CREATE TABLE audit_shards (
  shard smallint PRIMARY KEY,
  folded_to bigint NOT NULL,
  clicks bigint NOT NULL
);

INSERT INTO audit_shards SELECT shard, shard::bigint << 48, 0 FROM generate_series(0, 7) AS shard;

CREATE TABLE audited_counters (
  scope bytea PRIMARY KEY,
  clicks bigint NOT NULL,
  unique_clicks bigint NOT NULL,
  bot_clicks bigint NOT NULL,
  outside_terms_clicks bigint NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE audited_days (
  program_id uuid NOT NULL,
  start bigint NOT NULL,
  task_id uuid NOT NULL,
  clicks bigint NOT NULL,
  unique_clicks bigint NOT NULL,
  bot_clicks bigint NOT NULL,
  outside_terms_clicks bigint NOT NULL,
  PRIMARY KEY (program_id, start, task_id)
) WITH (fillfactor = 70);

-- linked_… are of the clicks that have a link's code: what the rows of link_hours add up to.
CREATE TABLE audited_hours (
  LIKE audited_days INCLUDING INDEXES,
  linked_clicks bigint NOT NULL,
  linked_unique_clicks bigint NOT NULL,
  linked_bot_clicks bigint NOT NULL,
  linked_outside_terms_clicks bigint NOT NULL
) WITH (fillfactor = 70);

-- By 65,536 positions, so that old clicks can be read again bit by bit, and by the day of the id, whose clicks are dropped
-- together.
CREATE TABLE audited_ranges (
  number bigint NOT NULL,
  day integer NOT NULL,
  clicks bigint NOT NULL,
  unique_clicks bigint NOT NULL,
  bot_clicks bigint NOT NULL,
  outside_terms_clicks bigint NOT NULL,
  PRIMARY KEY (number, day)
);

-- The day since 1970 of a UUID version 7.
CREATE FUNCTION day_of_id(id uuid) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (('x' || encode(substring(uuid_send(id) FOR 6), 'hex'))::bit(48)::bigint / 86400000)::integer $$;

-- The greatest multiple of the unit up to the value, which may be negative.
CREATE FUNCTION floor_to(value bigint, unit bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT value - mod(mod(value, unit) + unit, unit) $$;
