-- When a second factor began to wait for its first code, real time: it does not wait for ever.
-- Those that wait already are begun anew.
ALTER TABLE auth_factor
	ADD COLUMN IF NOT EXISTS pending_at BIGINT NOT NULL DEFAULT 0;
