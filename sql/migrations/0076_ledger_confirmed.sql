-- When the signer last confirmed which checkpoint. It was a column of the checkpoint itself, whose
-- rows are added only.
ALTER TABLE ledger_standing
	ADD COLUMN IF NOT EXISTS confirmed_size BIGINT UNSIGNED NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS confirmed_at BIGINT NOT NULL DEFAULT 0;
