-- The life of a month's figures. A month without a row is open; state: 0 open, 1 preview,
-- 2 frozen, 3 published. What is frozen stands in the ledger, here is only who and when.
CREATE TABLE IF NOT EXISTS reports_month (
	month INT UNSIGNED NOT NULL PRIMARY KEY,
	state TINYINT UNSIGNED NOT NULL,
	previewed_at BIGINT NOT NULL,
	previewed_by VARCHAR(64) NULL,
	frozen_at BIGINT NOT NULL,
	frozen_by VARCHAR(64) NULL,
	published_at BIGINT NOT NULL,
	published_by VARCHAR(64) NULL,
	corrections INT UNSIGNED NOT NULL,
	corrected_at BIGINT NOT NULL,
	compared_at BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What departments object to in a preview, and the answers. decision: 0 none yet, 1 accepted,
-- 2 refused.
CREATE TABLE IF NOT EXISTS reports_objection (
	month INT UNSIGNED NOT NULL,
	n INT UNSIGNED NOT NULL,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	task_id BIGINT UNSIGNED NOT NULL,
	measure VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
	text VARCHAR(2000) NOT NULL,
	at BIGINT NOT NULL,
	by_name VARCHAR(64) NOT NULL,
	decision TINYINT UNSIGNED NOT NULL,
	decided_at BIGINT NOT NULL,
	decided_by VARCHAR(64) NULL,
	answer VARCHAR(2000) NULL,
	PRIMARY KEY (month, n),
	KEY reports_objection_open (month, decision)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The right of reply: a department's own words beside a bad figure of its own.
CREATE TABLE IF NOT EXISTS reports_statement (
	month INT UNSIGNED NOT NULL,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	measure VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	text VARCHAR(200) NOT NULL,
	at BIGINT NOT NULL,
	by_name VARCHAR(64) NOT NULL,
	PRIMARY KEY (month, department, measure)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- For other modules: the months whose figures do not change any more.
CREATE OR REPLACE VIEW reports_frozen_view AS
	SELECT month, frozen_at FROM reports_month WHERE state >= 2;
