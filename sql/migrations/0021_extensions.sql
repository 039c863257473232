-- Requests for an extension and what was decided. amount is in working days, or in hours where
-- the limit runs day and night; decision: 0 none yet, 1 approved, 2 refused. due_after is 0
-- unless approved.
CREATE TABLE IF NOT EXISTS extensions_extension (
	task_id BIGINT UNSIGNED NOT NULL,
	n INT UNSIGNED NOT NULL,
	amount INT UNSIGNED NOT NULL,
	is_in_hours BOOLEAN NOT NULL,
	reason VARCHAR(2000) NOT NULL,
	plan VARCHAR(2000) NULL,
	asked_at BIGINT NOT NULL,
	asked_by_kind TINYINT UNSIGNED NOT NULL,
	asked_by BIGINT UNSIGNED NOT NULL,
	asked_by_name VARCHAR(64) NOT NULL,
	decision TINYINT UNSIGNED NOT NULL,
	decided_at BIGINT NOT NULL,
	decided_by_kind TINYINT UNSIGNED NOT NULL,
	decided_by BIGINT UNSIGNED NOT NULL,
	decided_by_name VARCHAR(64) NOT NULL,
	decided_reason VARCHAR(2000) NULL,
	due_before BIGINT NOT NULL,
	due_after BIGINT NOT NULL,
	PRIMARY KEY (task_id, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
