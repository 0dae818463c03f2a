-- What many clicks have in common is kept once, and clicks, counters and rollups name it by number: pages of the database
-- then hold several times as many of their rows, and a busy transaction writes so many pages less. Numbers are given in
-- the order of first clicks, so that what is clicked often lies together.

-- What counters are kept of: links, tasks, campaigns and partners' shares of these, by the names that the program gives them.
CREATE TABLE scopes (
  number INTEGER PRIMARY KEY,
  scope TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE click_programs (
  number INTEGER PRIMARY KEY,
  program_id BLOB NOT NULL UNIQUE
) STRICT;

-- A task and what it belongs to. These hardly ever differ between clicks of a task; should they, it has several numbers.
CREATE TABLE click_tasks (
  number INTEGER PRIMARY KEY,
  task_id BLOB NOT NULL,
  campaign_id BLOB NOT NULL,
  partner_id BLOB NOT NULL,
  program INTEGER NOT NULL,
  UNIQUE (task_id, campaign_id, partner_id, program)
) STRICT;

CREATE TABLE user_agents (
  number INTEGER PRIMARY KEY,
  user_agent TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO scopes (scope) SELECT scope FROM counters;
INSERT INTO scopes (scope) SELECT 'lnk_' || link_code FROM clicks WHERE link_code IS NOT NULL ON CONFLICT DO NOTHING;
INSERT INTO click_programs (program_id) SELECT program_id FROM clicks WHERE true ON CONFLICT DO NOTHING;
INSERT INTO click_tasks (task_id, campaign_id, partner_id, program)
SELECT c.task_id, c.campaign_id, c.partner_id, p.number FROM clicks c JOIN click_programs p USING (program_id) WHERE true ON CONFLICT DO NOTHING;
INSERT INTO user_agents (user_agent) SELECT user_agent FROM clicks WHERE user_agent IS NOT NULL ON CONFLICT DO NOTHING;

ALTER TABLE clicks RENAME TO clicks_2;
DROP INDEX clicks_by_task;

-- The id begins with its time (UUID version 7), so that both indexes are in the order of clicks. Not WITHOUT ROWID:
-- whole rows as keys of the tree would make it six levels deep at a million. link is a number of scopes, task one of
-- click_tasks, user_agent one of user_agents.
CREATE TABLE clicks (
  id BLOB PRIMARY KEY,
  link INTEGER,
  task INTEGER NOT NULL,
  at INTEGER NOT NULL,
  class INTEGER NOT NULL,
  outside_terms_reason TEXT,
  is_bot INTEGER NOT NULL,
  is_unique INTEGER NOT NULL,
  visitor BLOB NOT NULL,
  landing_page TEXT NOT NULL,
  referrer TEXT,
  user_agent INTEGER,
  sub_id1 TEXT,
  sub_id2 TEXT,
  sub_id3 TEXT,
  shared_id TEXT,
  param TEXT
) STRICT;

INSERT INTO clicks (
  rowid, id, link, task, at, class, outside_terms_reason, is_bot, is_unique, visitor, landing_page, referrer, user_agent,
  sub_id1, sub_id2, sub_id3, shared_id, param)
SELECT
  c.rowid, c.id, (SELECT number FROM scopes WHERE scope = 'lnk_' || c.link_code), t.number, c.at, c.class,
  c.outside_terms_reason, c.is_bot, c.is_unique, c.visitor, c.landing_page, c.referrer,
  (SELECT number FROM user_agents u WHERE u.user_agent = c.user_agent), c.sub_id1, c.sub_id2, c.sub_id3, c.shared_id, c.param
FROM clicks_2 c
CROSS JOIN click_programs p ON p.program_id = c.program_id
CROSS JOIN click_tasks t ON t.task_id = c.task_id AND t.campaign_id = c.campaign_id AND t.partner_id = c.partner_id AND t.program = p.number
ORDER BY c.rowid;

CREATE INDEX clicks_by_task ON clicks (task, id);

ALTER TABLE counters RENAME TO counters_2;

CREATE TABLE counters (
  scope INTEGER PRIMARY KEY,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

INSERT INTO counters
SELECT s.number, c.clicks, c.unique_clicks, c.bot_clicks, c.outside_terms_clicks, c.version, c.changed_at
FROM scopes s CROSS JOIN counters_2 c ON c.scope = s.scope ORDER BY s.number;

ALTER TABLE task_hours RENAME TO task_hours_2;
ALTER TABLE task_days RENAME TO task_days_2;
ALTER TABLE link_hours RENAME TO link_hours_2;

-- As before but by number: program is one of click_programs, task one of click_tasks, link one of scopes.
CREATE TABLE task_hours (
  program INTEGER NOT NULL,
  start INTEGER NOT NULL,
  task INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL,
  PRIMARY KEY (program, start, task)
) STRICT, WITHOUT ROWID;

CREATE TABLE task_days (
  program INTEGER NOT NULL,
  start INTEGER NOT NULL,
  task INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL,
  PRIMARY KEY (program, start, task)
) STRICT, WITHOUT ROWID;

CREATE TABLE link_hours (
  program INTEGER NOT NULL,
  start INTEGER NOT NULL,
  task INTEGER NOT NULL,
  link INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL,
  PRIMARY KEY (program, start, task, link)
) STRICT, WITHOUT ROWID;

INSERT INTO task_hours
SELECT p.number, h.start, t.number, h.clicks, h.unique_clicks, h.bot_clicks, h.outside_terms_clicks
FROM task_hours_2 h
CROSS JOIN click_programs p ON p.program_id = h.program_id
CROSS JOIN click_tasks t ON t.task_id = h.task_id AND t.campaign_id = h.campaign_id AND t.partner_id = h.partner_id AND t.program = p.number;

INSERT INTO task_days
SELECT p.number, d.start, t.number, d.clicks, d.unique_clicks, d.bot_clicks, d.outside_terms_clicks
FROM task_days_2 d
CROSS JOIN click_programs p ON p.program_id = d.program_id
CROSS JOIN click_tasks t ON t.task_id = d.task_id AND t.campaign_id = d.campaign_id AND t.partner_id = d.partner_id AND t.program = p.number;

-- From the clicks, since the old rows do not say what their task belongs to. Row by row and not by GROUP BY, which would
-- sort all clicks in memory.
INSERT INTO link_hours
SELECT t.program, c.at / 3600000 * 3600, c.task, c.link, 1, c.is_unique, c.is_bot, c.class = 1
FROM clicks c CROSS JOIN click_tasks t ON t.number = c.task WHERE c.link IS NOT NULL
ON CONFLICT DO UPDATE SET
  clicks = clicks + excluded.clicks,
  unique_clicks = unique_clicks + excluded.unique_clicks,
  bot_clicks = bot_clicks + excluded.bot_clicks,
  outside_terms_clicks = outside_terms_clicks + excluded.outside_terms_clicks;

DROP TABLE link_hours_2;
DROP TABLE task_days_2;
DROP TABLE task_hours_2;
DROP TABLE counters_2;
DROP TABLE clicks_2;

-- The auditor begins anew, and now keeps its folds by task. A print is a sum, modulo 2^61, of numbers that are drawn from
-- what a row belongs to: it tells that clicks are with others than they were, though their sums are the same.
DROP TABLE audited_counters;
DROP TABLE audited_hours;
DROP TABLE audited_ranges;
UPDATE audit_state SET last_rowid = 0;

CREATE TABLE audited_counters (
  scope INTEGER PRIMARY KEY,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL
) STRICT;

-- linked_… and link_print are of the clicks that have a link: what the rows of link_hours add up to.
CREATE TABLE audited_hours (
  program INTEGER NOT NULL,
  start INTEGER NOT NULL,
  task INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL,
  linked_clicks INTEGER NOT NULL,
  linked_unique_clicks INTEGER NOT NULL,
  linked_bot_clicks INTEGER NOT NULL,
  linked_outside_terms_clicks INTEGER NOT NULL,
  link_print INTEGER NOT NULL,
  PRIMARY KEY (program, start, task)
) STRICT, WITHOUT ROWID;

CREATE TABLE audited_ranges (
  number INTEGER PRIMARY KEY,
  clicks INTEGER NOT NULL,
  unique_clicks INTEGER NOT NULL,
  bot_clicks INTEGER NOT NULL,
  outside_terms_clicks INTEGER NOT NULL,
  print INTEGER NOT NULL
) STRICT;
