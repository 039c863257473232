-- Exact search by the last four digits of a phone, by a keyed hash (modules/finding.h). Rows from
-- before have 0 until the job callers.tails has come by; 1 is a caller without a phone.
ALTER TABLE callers_caller
	ADD COLUMN IF NOT EXISTS phone_tail INT UNSIGNED NOT NULL DEFAULT 0,
	ADD KEY IF NOT EXISTS callers_tail (phone_tail, appeal_id);
