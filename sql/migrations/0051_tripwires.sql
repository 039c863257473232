-- Fraud tripwires: tasks that are still to be looked at, what was found, and which reply a
-- department gave where. A finding is two facts that contradict each other, each an event (or
-- with seq 0 none) of a task; it is found once for a task, whatever happens to it later.
CREATE TABLE IF NOT EXISTS accountability_waiting (
	task_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	since_at BIGINT NOT NULL,
	KEY accountability_since (since_at, task_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS accountability_finding (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	kind TINYINT UNSIGNED NOT NULL,
	task_id BIGINT UNSIGNED NOT NULL,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	found_at BIGINT NOT NULL,
	said_task BIGINT UNSIGNED NOT NULL,
	said_seq BIGINT UNSIGNED NOT NULL,
	against_task BIGINT UNSIGNED NOT NULL,
	against_seq BIGINT UNSIGNED NOT NULL,
	count BIGINT UNSIGNED NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	item_id BIGINT UNSIGNED NOT NULL,
	reason VARCHAR(2000) NULL,
	decided_at BIGINT NOT NULL,
	decided_by VARCHAR(64) NULL,
	UNIQUE KEY accountability_once (task_id, kind),
	KEY accountability_found (state, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS accountability_reply (
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	digest BINARY(32) NOT NULL,
	task_id BIGINT UNSIGNED NOT NULL,
	seq BIGINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	category VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
	PRIMARY KEY (department, digest, task_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
