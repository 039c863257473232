-- Exclusions from the figures (剔除): who asked on which ground with what evidence, and who
-- decided. What is published is the ground and `published`, never the rest.
CREATE TABLE IF NOT EXISTS exclusions_exclusion (
	task_id BIGINT UNSIGNED NOT NULL,
	n BIGINT UNSIGNED NOT NULL,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	ground VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	grounds_version BIGINT UNSIGNED NOT NULL,
	evidence VARCHAR(2000) NOT NULL,
	asked_at BIGINT NOT NULL,
	asked_by_kind TINYINT UNSIGNED NOT NULL,
	asked_by BIGINT UNSIGNED NOT NULL,
	is_open BOOLEAN NOT NULL,
	is_approved BOOLEAN NOT NULL,
	decided_at BIGINT NOT NULL,
	decided_by_kind TINYINT UNSIGNED NOT NULL,
	decided_by BIGINT UNSIGNED NOT NULL,
	reason VARCHAR(2000) NULL,
	published VARCHAR(500) NULL,
	PRIMARY KEY (task_id, n),
	KEY exclusions_open (is_open, asked_at, task_id),
	KEY exclusions_decided (decided_at, task_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
