-- Pauses (kind 1) and stays on account (kind 2) of tasks: [from_at, to_at), to_at 0 while it
-- lasts; until_at is the last second it may last. due_after is 0 until it has ended, and stays 0
-- where the task was withdrawn meanwhile.
CREATE TABLE IF NOT EXISTS pauses_pause (
	task_id BIGINT UNSIGNED NOT NULL,
	n INT UNSIGNED NOT NULL,
	kind TINYINT UNSIGNED NOT NULL,
	from_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	to_at BIGINT NOT NULL,
	ground VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
	plan VARCHAR(2000) NULL,
	note VARCHAR(2000) NULL,
	by_kind TINYINT UNSIGNED NOT NULL,
	by_id BIGINT UNSIGNED NOT NULL,
	by_name VARCHAR(64) NOT NULL,
	ended_by_kind TINYINT UNSIGNED NOT NULL,
	ended_by BIGINT UNSIGNED NOT NULL,
	ended_by_name VARCHAR(64) NOT NULL,
	due_before BIGINT NOT NULL,
	due_after BIGINT NOT NULL,
	PRIMARY KEY (task_id, n),
	KEY pauses_running (to_at, until_at, task_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
