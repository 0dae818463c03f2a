-- compatible from 1
-- Approved is a time and no act: who looks for conversions whose lock has come finds them by it. 1 is Pending.
CREATE INDEX conversions_locking ON conversions (locks_at, number) WHERE state = 1;

-- Entries of conversions that are not attributed have no task and so no shard. For the sake of their order they have shards of their own,
-- 8 to 15, which nothing is counted in and the audit does not look at. Programs of before this leave these entries without a place;
-- no events are made of them.
INSERT INTO ledger_shards (shard, last_position) SELECT shard, shard::bigint << 48 FROM generate_series(8, 15) AS shard;

-- Up to where events have been made of entries (by shard), of locks that have come and of clicks (by shard), and when clicks were last
-- looked at. turn grows with each step, so that two that make events at once cannot both take one.
CREATE TABLE webhook_feed (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  turn bigint NOT NULL,
  entries bigint[] NOT NULL,
  approved_at bigint NOT NULL,
  approved_number bigint NOT NULL,
  clicks bigint[] NOT NULL,
  clicks_at bigint NOT NULL
) WITH (fillfactor = 50);

INSERT INTO webhook_feed (turn, entries, approved_at, approved_number, clicks, clicks_at)
VALUES (0, array_fill(0::bigint, ARRAY[16]), 0, 0, array_fill(0::bigint, ARRAY[8]), 0);

-- Who wants which events (the sum of WebhookEvents), as the feed and who sends need it; owner is the id of a program, or of
-- a partner where is_partners. wake_at says when there is something to send, null when there is nothing. failures are those since the last success.
-- Whoever adds, completes or replays deliveries of a webhook locks its row first.
CREATE TABLE webhooks (
  id uuid PRIMARY KEY,
  owner uuid NOT NULL,
  wake_at bigint,
  failing_since bigint,
  last_success_at bigint,
  events integer NOT NULL,
  failures integer NOT NULL,
  last_status integer,
  is_partners boolean NOT NULL,
  enabled boolean NOT NULL,
  removed boolean NOT NULL,
  last_error text
) WITH (fillfactor = 70);

CREATE INDEX webhooks_by_owner ON webhooks (owner) WHERE NOT removed;
-- 1 is the event of clicks, 126 the sum of those of conversions.
CREATE INDEX webhooks_wanting_clicks ON webhooks (id) WHERE events & 1 <> 0;
CREATE INDEX webhooks_wanting_conversions ON webhooks (id) WHERE events & 126 <> 0;
CREATE INDEX webhooks_to_wake ON webhooks (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX webhooks_removed ON webhooks (id) WHERE removed;

-- An event on its way to a webhook. Numbers are in the order in which events were made. state is that of DeliveryState. Of the pending
-- ones of a subject (a conversion, a task) the first is the head, and only heads are sent.
CREATE TABLE webhook_deliveries (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at bigint NOT NULL,
  queued_at bigint NOT NULL,
  next_attempt_at bigint NOT NULL,
  first_attempt_at bigint,
  last_attempt_at bigint,
  webhook uuid NOT NULL,
  event_id uuid NOT NULL,
  subject uuid NOT NULL,
  event integer NOT NULL,
  state integer NOT NULL,
  attempts integer NOT NULL,
  last_status integer,
  is_head boolean NOT NULL,
  last_error text,
  body text NOT NULL,
  UNIQUE (webhook, event_id)
) WITH (fillfactor = 80);

CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (webhook, state, number);
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (webhook, created_at, number);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook, subject, number) WHERE state = 0;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook, next_attempt_at, number) WHERE state = 0 AND is_head;
