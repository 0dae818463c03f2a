-- Ids of the API (tsk_…, cmp_…) are kept as the 16 bytes that they spell; times are Unix milliseconds.

-- seq is the order of creation and the cursor of lists. Rows are never deleted, so that no code is issued twice.
CREATE TABLE IF NOT EXISTS links (
  seq INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  form INTEGER NOT NULL,
  task_id BLOB NOT NULL,
  campaign_id BLOB NOT NULL,
  partner_id BLOB NOT NULL,
  program_id BLOB NOT NULL,
  target INTEGER NOT NULL,
  landing_page TEXT,
  saved_page_id BLOB,
  sub_id1 TEXT,
  sub_id2 TEXT,
  sub_id3 TEXT,
  shared_id TEXT,
  param TEXT,
  created_by INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  state INTEGER NOT NULL,
  version INTEGER NOT NULL,
  creation_id BLOB NOT NULL,
  disabled_by INTEGER
) STRICT;

-- Ends in the rowid, which is seq.
CREATE INDEX IF NOT EXISTS links_by_task ON links (task_id);

-- The id begins with its time (UUID version 7), so that both of its indexes are in the order of clicks. Not WITHOUT
-- ROWID: rows of 400 bytes as keys of the tree would make it six levels deep at a million.
CREATE TABLE IF NOT EXISTS clicks (
  id BLOB PRIMARY KEY,
  link_code TEXT,
  task_id BLOB NOT NULL,
  campaign_id BLOB NOT NULL,
  partner_id BLOB NOT NULL,
  program_id BLOB NOT NULL,
  at INTEGER NOT NULL,
  class INTEGER NOT NULL,
  outside_terms_reason TEXT,
  is_bot INTEGER NOT NULL,
  visitor BLOB NOT NULL,
  landing_page TEXT NOT NULL,
  referrer TEXT,
  user_agent TEXT,
  sub_id1 TEXT,
  sub_id2 TEXT,
  sub_id3 TEXT,
  shared_id TEXT,
  param TEXT,
  is_unique INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS clicks_by_task ON clicks (task_id, id);

-- Folds of clicks, moved in the transaction that keeps them.
CREATE TABLE IF NOT EXISTS counters (
  scope TEXT PRIMARY KEY,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When a visitor last clicked a link (the key is a hash of both); forgotten some time after the window in which clicks
-- are not unique. A row is as small as can be, since busy times touch as many of these pages as there are clicks.
CREATE TABLE IF NOT EXISTS visits (
  key INTEGER PRIMARY KEY,
  last_at INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS directory (
  list TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (list, id)
) STRICT, WITHOUT ROWID;

-- seq is the order of arrival, in which requests are forgotten.
CREATE TABLE IF NOT EXISTS idempotency (
  seq INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  seed BLOB NOT NULL,
  body_hash BLOB NOT NULL,
  status INTEGER,
  body BLOB,
  location TEXT,
  etag TEXT,
  created_at INTEGER NOT NULL
) STRICT;
