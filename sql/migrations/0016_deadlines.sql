-- One row a limit of a task. next_at is the next moment at which something is due to happen
-- (a warning, the overdue mark, a red card), 0 when nothing more will; stage counts what has
-- happened, so that each thing happens once whatever is killed in between.
CREATE TABLE IF NOT EXISTS deadlines_deadline (
	task_id BIGINT UNSIGNED NOT NULL,
	limit_kind TINYINT UNSIGNED NOT NULL,
	appeal_id BIGINT UNSIGNED NOT NULL,
	stage TINYINT UNSIGNED NOT NULL,
	next_at BIGINT NOT NULL,
	due BIGINT NOT NULL,
	PRIMARY KEY (task_id, limit_kind),
	KEY deadlines_next (next_at, task_id, limit_kind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
