-- compatible from 1
-- Exports read conversions in the order in which they were reported, of a program, a campaign or a partner.
CREATE INDEX conversions_reported_to_program ON conversions (program_id, reported_at, number);
CREATE INDEX conversions_reported_to_campaign ON conversions (campaign_id, reported_at, number) WHERE campaign_id IS NOT NULL;
CREATE INDEX conversions_reported_to_partner ON conversions (partner_id, reported_at, number) WHERE partner_id IS NOT NULL;
