-- Conversions are counted where clicks are. Money is in ten-thousandths of the currency's unit.
ALTER TABLE counters ADD COLUMN conversions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN revenue INTEGER NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN payout INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task_hours ADD COLUMN conversions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task_hours ADD COLUMN revenue INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task_hours ADD COLUMN payout INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task_days ADD COLUMN conversions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task_days ADD COLUMN revenue INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task_days ADD COLUMN payout INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link_hours ADD COLUMN conversions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link_hours ADD COLUMN revenue INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link_hours ADD COLUMN payout INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audited_counters ADD COLUMN conversions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audited_counters ADD COLUMN revenue INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audited_counters ADD COLUMN payout INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audited_hours ADD COLUMN conversions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audited_hours ADD COLUMN revenue INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audited_hours ADD COLUMN payout INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audited_hours ADD COLUMN linked_conversions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audited_hours ADD COLUMN linked_revenue INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audited_hours ADD COLUMN linked_payout INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audited_ranges ADD COLUMN conversions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audited_ranges ADD COLUMN revenue INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audited_ranges ADD COLUMN payout INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit_state ADD COLUMN last_entry INTEGER NOT NULL DEFAULT 0;

-- The id is drawn from program, event type and order id, so that an order is one row. What it is attributed to is null until
-- it is, and stays. state, class and kind are the numbers of ConversionState, ClickClass and ConversionEntryKind.
CREATE TABLE conversions (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  sequence INTEGER NOT NULL,
  program_id BLOB NOT NULL,
  event_type TEXT NOT NULL,
  order_id TEXT NOT NULL,
  click_id BLOB NOT NULL,
  state INTEGER NOT NULL,
  reason TEXT,
  class INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  payout INTEGER NOT NULL,
  currency TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  reported_at INTEGER NOT NULL,
  creation_id BLOB NOT NULL,
  link_code TEXT,
  task_id BLOB,
  campaign_id BLOB,
  partner_id BLOB,
  clicked_at INTEGER,
  locks_at INTEGER,
  terms_version INTEGER
) STRICT;

CREATE INDEX conversions_by_campaign ON conversions (campaign_id, number) WHERE campaign_id IS NOT NULL;
CREATE INDEX conversions_by_partner ON conversions (campaign_id, partner_id, number) WHERE campaign_id IS NOT NULL;
CREATE INDEX conversions_unmatched ON conversions (program_id, number) WHERE state IN (0, 4);
CREATE INDEX conversions_waiting ON conversions (click_id) WHERE state = 0;
CREATE INDEX conversions_waiting_by_number ON conversions (number) WHERE state = 0;

-- Rows are only ever added; what a conversion is, and what is counted of it, is the sum of its entries. task is a number of
-- click_tasks and link one of scopes, both null for an entry that counts nowhere; start is the hour in which it counts.
CREATE TABLE conversion_entries (
  number INTEGER PRIMARY KEY,
  conversion INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT,
  conversions INTEGER NOT NULL,
  revenue INTEGER NOT NULL,
  payout INTEGER NOT NULL,
  link INTEGER,
  task INTEGER,
  start INTEGER NOT NULL,
  UNIQUE (conversion, sequence)
) STRICT;

-- What a campaign has paid in all, for its cap.
CREATE TABLE campaign_spending (
  campaign_id BLOB PRIMARY KEY,
  conversions INTEGER NOT NULL,
  payout INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign_terms (
  campaign_id BLOB NOT NULL,
  version INTEGER NOT NULL,
  since INTEGER NOT NULL,
  terms TEXT NOT NULL,
  PRIMARY KEY (campaign_id, version)
) STRICT, WITHOUT ROWID;
