-- When the identity behind an appeal that is over is retired: by config/retention.tsv at the
-- moment at which it ended, moved on by a hold. A row goes with the identity, or when the appeal
-- is taken up again.
CREATE TABLE IF NOT EXISTS vault_retirement (
	appeal_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	retire_at BIGINT NOT NULL,
	retention_version BIGINT UNSIGNED NOT NULL,
	KEY vault_retirement_due (retire_at, appeal_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Legal holds: until then nothing of the appeal's identity is erased. The newest row counts.
CREATE TABLE IF NOT EXISTS vault_hold (
	appeal_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	until_at BIGINT NOT NULL,
	reason VARCHAR(500) NOT NULL,
	at BIGINT NOT NULL,
	by_kind TINYINT UNSIGNED NOT NULL,
	by_id BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Requests to erase a person, and the decision of a second one. state: 1 asked, 2 done,
-- 3 refused. phone_index finds appeals that came meanwhile, and goes with the decision. appeals is
-- a JSON array of ids.
CREATE TABLE IF NOT EXISTS vault_erasure (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	state TINYINT UNSIGNED NOT NULL,
	reason VARCHAR(500) NOT NULL,
	phone_index BINARY(16) NULL,
	appeals TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	erased INT UNSIGNED NOT NULL,
	asked_at BIGINT NOT NULL,
	asked_by_kind TINYINT UNSIGNED NOT NULL,
	asked_by BIGINT UNSIGNED NOT NULL,
	decided_at BIGINT NOT NULL,
	decided_by_kind TINYINT UNSIGNED NOT NULL,
	decided_by BIGINT UNSIGNED NOT NULL,
	answer VARCHAR(500) NULL,
	KEY vault_erasure_state (state, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
