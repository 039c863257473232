-- Returns (退单) and disputes over refused ones: who wanted to give a task back, why, and what
-- was decided. decision: 1 accepted, 2 refused, 3 lapsed because the task was withdrawn.
CREATE TABLE IF NOT EXISTS tasks_return (
	task_id BIGINT UNSIGNED NOT NULL,
	n SMALLINT UNSIGNED NOT NULL,
	appeal_id BIGINT UNSIGNED NOT NULL,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	is_dispute BOOLEAN NOT NULL,
	reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	basis VARCHAR(2000) NOT NULL,
	propose VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
	asked_at BIGINT NOT NULL,
	asked_by_kind TINYINT UNSIGNED NOT NULL,
	asked_by_id BIGINT UNSIGNED NOT NULL,
	asked_by_name VARCHAR(64) NOT NULL,
	is_open BOOLEAN NOT NULL,
	decision TINYINT UNSIGNED NOT NULL,
	is_ruling BOOLEAN NOT NULL,
	decided_at BIGINT NOT NULL,
	decided_by_kind TINYINT UNSIGNED NOT NULL,
	decided_by_id BIGINT UNSIGNED NOT NULL,
	decided_by_name VARCHAR(64) NULL,
	decided_reason VARCHAR(2000) NULL,
	redispatched_to VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
	PRIMARY KEY (task_id, n),
	KEY tasks_return_asked (is_open, asked_at, task_id, n),
	KEY tasks_return_department (department, is_open, asked_at, task_id, n),
	KEY tasks_return_pair (asked_at, department, redispatched_to, propose, decision)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
