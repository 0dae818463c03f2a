-- compatible from 1
-- Conversions are counted where clicks are. Money is in ten-thousandths of the currency's unit. New columns have a constant
-- default, so that no row is rewritten, and older programs go on beside: they count clicks alone.
ALTER TABLE counters ADD COLUMN conversions bigint NOT NULL DEFAULT 0, ADD COLUMN revenue bigint NOT NULL DEFAULT 0, ADD COLUMN payout bigint NOT NULL DEFAULT 0;
ALTER TABLE task_hours ADD COLUMN conversions bigint NOT NULL DEFAULT 0, ADD COLUMN revenue bigint NOT NULL DEFAULT 0, ADD COLUMN payout bigint NOT NULL DEFAULT 0;
ALTER TABLE task_days ADD COLUMN conversions bigint NOT NULL DEFAULT 0, ADD COLUMN revenue bigint NOT NULL DEFAULT 0, ADD COLUMN payout bigint NOT NULL DEFAULT 0;
ALTER TABLE link_hours ADD COLUMN conversions bigint NOT NULL DEFAULT 0, ADD COLUMN revenue bigint NOT NULL DEFAULT 0, ADD COLUMN payout bigint NOT NULL DEFAULT 0;
ALTER TABLE audited_counters ADD COLUMN conversions bigint NOT NULL DEFAULT 0, ADD COLUMN revenue bigint NOT NULL DEFAULT 0, ADD COLUMN payout bigint NOT NULL DEFAULT 0;
ALTER TABLE audited_days ADD COLUMN conversions bigint NOT NULL DEFAULT 0, ADD COLUMN revenue bigint NOT NULL DEFAULT 0, ADD COLUMN payout bigint NOT NULL DEFAULT 0;
ALTER TABLE audited_hours ADD COLUMN conversions bigint NOT NULL DEFAULT 0, ADD COLUMN revenue bigint NOT NULL DEFAULT 0, ADD COLUMN payout bigint NOT NULL DEFAULT 0;
ALTER TABLE audited_ranges ADD COLUMN conversions bigint NOT NULL DEFAULT 0, ADD COLUMN revenue bigint NOT NULL DEFAULT 0, ADD COLUMN payout bigint NOT NULL DEFAULT 0;
ALTER TABLE audited_hours ADD COLUMN linked_conversions bigint NOT NULL DEFAULT 0, ADD COLUMN linked_revenue bigint NOT NULL DEFAULT 0, ADD COLUMN linked_payout bigint NOT NULL DEFAULT 0;

-- Entries of conversions have positions as clicks have, but of their own: in the order of commits within a shard, whose row
-- is locked by whoever adds one.
ALTER TABLE ledger_shards ADD COLUMN last_entry bigint NOT NULL DEFAULT 0;
ALTER TABLE audit_shards ADD COLUMN entries_folded_to bigint NOT NULL DEFAULT 0;

-- The id is drawn from program, event type and order id, so that an order is one row. What it is attributed to is null until
-- it is, and stays. state, class and kind are the numbers of ConversionState, ClickClass and ConversionEntryKind.
CREATE TABLE conversions (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  amount bigint NOT NULL,
  payout bigint NOT NULL,
  occurred_at bigint NOT NULL,
  reported_at bigint NOT NULL,
  clicked_at bigint,
  locks_at bigint,
  terms_version bigint,
  id uuid NOT NULL UNIQUE,
  program_id uuid NOT NULL,
  click_id uuid NOT NULL,
  creation_id uuid NOT NULL,
  task_id uuid,
  campaign_id uuid,
  partner_id uuid,
  sequence integer NOT NULL,
  state integer NOT NULL,
  class integer NOT NULL,
  event_type text NOT NULL,
  order_id text NOT NULL,
  reason text,
  currency text NOT NULL,
  link_code text
);

CREATE INDEX conversions_by_campaign ON conversions (campaign_id, number) WHERE campaign_id IS NOT NULL;
CREATE INDEX conversions_by_partner ON conversions (campaign_id, partner_id, number) WHERE campaign_id IS NOT NULL;
CREATE INDEX conversions_unmatched ON conversions (program_id, number) WHERE state IN (0, 4);
CREATE INDEX conversions_waiting ON conversions (click_id) WHERE state = 0;
CREATE INDEX conversions_waiting_by_number ON conversions (number) WHERE state = 0;

-- Rows are only ever added; what a conversion is, and what is counted of it, is the sum of its entries. Those that count
-- nowhere have no place. start is the hour in which an entry counts.
CREATE TABLE conversion_entries (
  conversion bigint NOT NULL,
  at bigint NOT NULL,
  revenue bigint NOT NULL,
  payout bigint NOT NULL,
  start bigint NOT NULL,
  position bigint,
  program_id uuid NOT NULL,
  task_id uuid,
  campaign_id uuid,
  partner_id uuid,
  sequence integer NOT NULL,
  kind integer NOT NULL,
  conversions integer NOT NULL,
  shard smallint,
  link_code text,
  reason text,
  PRIMARY KEY (conversion, sequence)
);

CREATE UNIQUE INDEX conversion_entries_by_position ON conversion_entries (shard, position) WHERE shard IS NOT NULL;

-- What a campaign has paid in all, for its cap.
CREATE TABLE campaign_spending (
  campaign_id uuid PRIMARY KEY,
  conversions bigint NOT NULL,
  payout bigint NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE campaign_terms (
  campaign_id uuid NOT NULL,
  version bigint NOT NULL,
  since bigint NOT NULL,
  terms text NOT NULL,
  PRIMARY KEY (campaign_id, version)
);
