-- Approved is a time and no act: who looks for conversions whose lock has come finds them by it. 1 is Pending.
CREATE INDEX conversions_locking ON conversions (locks_at, number) WHERE state = 1;

-- Up to where events have been made of entries, of locks that have come and of clicks (by rowid), and when clicks were last
-- looked at. turn grows with each step, so that two that make events at once cannot both take one.
CREATE TABLE webhook_feed (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  turn INTEGER NOT NULL,
  last_entry INTEGER NOT NULL,
  approved_at INTEGER NOT NULL,
  approved_number INTEGER NOT NULL,
  last_click INTEGER NOT NULL,
  clicks_at INTEGER NOT NULL
) STRICT;

INSERT INTO webhook_feed VALUES (1, 0, 0, 0, 0, 0, 0);

-- Who wants which events (the sum of WebhookEvents), as the feed and who sends need it; owner is the id of a program, or of
-- a partner where is_partners. wake_at says when there is something to send, null when there is nothing. failures are those since the last success.
CREATE TABLE webhooks (
  id BLOB PRIMARY KEY,
  owner BLOB NOT NULL,
  is_partners INTEGER NOT NULL,
  events INTEGER NOT NULL,
  enabled INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  wake_at INTEGER,
  failures INTEGER NOT NULL,
  failing_since INTEGER,
  last_success_at INTEGER,
  last_status INTEGER,
  last_error TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX webhooks_by_owner ON webhooks (owner) WHERE removed = 0;
-- 1 is the event of clicks, 126 the sum of those of conversions.
CREATE INDEX webhooks_wanting_clicks ON webhooks (id) WHERE events & 1 <> 0;
CREATE INDEX webhooks_wanting_conversions ON webhooks (id) WHERE events & 126 <> 0;
CREATE INDEX webhooks_to_wake ON webhooks (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX webhooks_removed ON webhooks (id) WHERE removed = 1;

-- An event on its way to a webhook. Numbers are in the order in which events were made. state is that of DeliveryState. Of the pending
-- ones of a subject (a conversion, a task) the first is the head, and only heads are sent.
CREATE TABLE webhook_deliveries (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  webhook BLOB NOT NULL,
  event_id BLOB NOT NULL,
  event INTEGER NOT NULL,
  subject BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  state INTEGER NOT NULL,
  is_head INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL,
  first_attempt_at INTEGER,
  last_attempt_at INTEGER,
  last_status INTEGER,
  last_error TEXT,
  body TEXT NOT NULL,
  UNIQUE (webhook, event_id)
) STRICT;

CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (webhook, state, number);
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (webhook, created_at, number);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook, subject, number) WHERE state = 0;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook, next_attempt_at, number) WHERE state = 0 AND is_head = 1;
