-- The truth: one row an event, numbered per appeal without a gap. history_appeal is the head
-- that follows from it; its version is the number of the last event.
CREATE TABLE IF NOT EXISTS history_appeal (
	appeal_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	version BIGINT UNSIGNED NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	KEY history_state (state, appeal_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS history_event (
	appeal_id BIGINT UNSIGNED NOT NULL,
	seq BIGINT UNSIGNED NOT NULL,
	kind TINYINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	by_kind TINYINT UNSIGNED NOT NULL,
	by_id BIGINT UNSIGNED NOT NULL,
	by_name VARCHAR(64) NOT NULL,
	task_id BIGINT UNSIGNED NOT NULL,
	data MEDIUMTEXT NOT NULL,
	digest BINARY(32) NOT NULL,
	PRIMARY KEY (appeal_id, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
