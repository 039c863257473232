-- Which appeal was merged into which, with its state before, and what leaving changed in its
-- tasks: rows exist as long as the merge does.
CREATE TABLE IF NOT EXISTS merges_merge (
	child_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	parent_id BIGINT UNSIGNED NOT NULL,
	merged_at BIGINT NOT NULL,
	by_kind TINYINT UNSIGNED NOT NULL,
	by_id BIGINT UNSIGNED NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	KEY merges_parent (parent_id, child_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS merges_task (
	child_id BIGINT UNSIGNED NOT NULL,
	task_id BIGINT UNSIGNED NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	left_by TINYINT UNSIGNED NOT NULL,
	left_at BIGINT NOT NULL,
	archive_at BIGINT NOT NULL,
	PRIMARY KEY (child_id, task_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
