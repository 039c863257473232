-- When a process last told that it claims, real time; those that ended stay for a while, since
-- what they sent last still counts where a receiver bounds how often it is asked.
ALTER TABLE outbox_run
	ADD COLUMN IF NOT EXISTS seen_at BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS is_gone TINYINT UNSIGNED NOT NULL DEFAULT 0;
