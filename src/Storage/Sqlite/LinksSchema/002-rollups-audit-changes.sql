-- Folds of clicks by time, moved in the transaction that keeps them. start is the Unix second at which the UTC hour or
-- day of the click's own time begins. Reports read them by program and range of time; days of another time zone are put
-- together from hours. Clicks of links that were put together by hand have no code and are in the task's rows only; a
-- link's campaign and partner are its task's, and its days are the sums of its hours: rows by link and day would be
-- moved nearly as often as there are clicks.
CREATE TABLE task_hours (
  program_id BLOB NOT NULL,
  start INTEGER NOT NULL,
  task_id BLOB NOT NULL,
  campaign_id BLOB NOT NULL,
  partner_id BLOB NOT NULL,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL,
  PRIMARY KEY (program_id, start, task_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE task_days (
  program_id BLOB NOT NULL,
  start INTEGER NOT NULL,
  task_id BLOB NOT NULL,
  campaign_id BLOB NOT NULL,
  partner_id BLOB NOT NULL,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL,
  PRIMARY KEY (program_id, start, task_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE link_hours (
  program_id BLOB NOT NULL,
  start INTEGER NOT NULL,
  task_id BLOB NOT NULL,
  link_code TEXT NOT NULL,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL,
  PRIMARY KEY (program_id, start, task_id, link_code)
) STRICT, WITHOUT ROWID;

-- Row by row and not by GROUP BY, which would sort all clicks in memory.
INSERT INTO task_hours
SELECT program_id, at / 3600000 * 3600, task_id, campaign_id, partner_id, 1, is_unique, is_bot, class = 1 FROM clicks WHERE true
ON CONFLICT DO UPDATE SET
  clicks = clicks + excluded.clicks,
  unique_clicks = unique_clicks + excluded.unique_clicks,
  bot_clicks = bot_clicks + excluded.bot_clicks,
  outside_terms_clicks = outside_terms_clicks + excluded.outside_terms_clicks;

INSERT INTO link_hours
SELECT program_id, at / 3600000 * 3600, task_id, link_code, 1, is_unique, is_bot, class = 1
FROM clicks WHERE link_code IS NOT NULL
ON CONFLICT DO UPDATE SET
  clicks = clicks + excluded.clicks,
  unique_clicks = unique_clicks + excluded.unique_clicks,
  bot_clicks = bot_clicks + excluded.bot_clicks,
  outside_terms_clicks = outside_terms_clicks + excluded.outside_terms_clicks;

INSERT INTO task_days
SELECT program_id, start / 86400 * 86400, task_id, campaign_id, partner_id, clicks, unique_clicks, bot_clicks, outside_terms_clicks
FROM task_hours WHERE true
ON CONFLICT DO UPDATE SET
  clicks = clicks + excluded.clicks,
  unique_clicks = unique_clicks + excluded.unique_clicks,
  bot_clicks = bot_clicks + excluded.bot_clicks,
  outside_terms_clicks = outside_terms_clicks + excluded.outside_terms_clicks;

-- Visits are written a range of keys at a time, some clicks later. Those of clicks up to this rowid all are in visits;
-- those after it are found in the clicks themselves.
CREATE TABLE visits_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  merged_rowid INTEGER NOT NULL
) STRICT;

INSERT INTO visits_state SELECT 1, coalesce(max(rowid), 0) FROM clicks;

-- The auditor's own folds of the click rows up to last_rowid, which share no code path with the counters' moves but the
-- rows themselves: by counter, by program and hour, and by range of 65,536 rowids, so that old rows can be read again
-- bit by bit.
CREATE TABLE audit_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_rowid INTEGER NOT NULL
) STRICT;

INSERT INTO audit_state VALUES (1, 0);

CREATE TABLE audited_counters (
  scope TEXT PRIMARY KEY,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- linked_… are of the clicks that have a link's code: what the rows of link_hours add up to.
CREATE TABLE audited_hours (
  program_id BLOB NOT NULL,
  start INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL,
  linked_clicks INTEGER NOT NULL,
  linked_unique_clicks INTEGER NOT NULL,
  linked_bot_clicks INTEGER NOT NULL,
  linked_outside_terms_clicks INTEGER NOT NULL,
  PRIMARY KEY (program_id, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE audited_ranges (
  number INTEGER PRIMARY KEY,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL
) STRICT;

-- The feed of changes. Old rows are forgotten; AUTOINCREMENT goes on all the same, so that readers can tell.
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
