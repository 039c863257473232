-- A due time is a function: the one first set, then these changes in the order of n. kind: 1
-- extended by amount, 2 paused and 3 on account in [from_at, to_at), 4 another calendar. Each is
-- reckoned by calendar_version, so that it can be reckoned again.
CREATE TABLE IF NOT EXISTS deadlines_change (
	task_id BIGINT UNSIGNED NOT NULL,
	n INT UNSIGNED NOT NULL,
	kind TINYINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	amount INT UNSIGNED NOT NULL,
	from_at BIGINT NOT NULL,
	to_at BIGINT NOT NULL,
	calendar_version BIGINT UNSIGNED NOT NULL,
	due_before BIGINT NOT NULL,
	due_after BIGINT NOT NULL,
	PRIMARY KEY (task_id, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- In the row of the limit for the work of an open task: the calendar that its due times follow.
-- 0 in all other rows. So the open tasks, and those that an older calendar holds for, are found
-- by the key.
ALTER TABLE deadlines_deadline
	ADD COLUMN IF NOT EXISTS calendar_version BIGINT UNSIGNED NOT NULL DEFAULT 0,
	ADD KEY IF NOT EXISTS deadlines_open (calendar_version, task_id);

UPDATE deadlines_deadline d JOIN tasks_task t ON t.id = d.task_id
SET d.calendar_version = t.calendar_version
WHERE d.limit_kind = 5 AND t.closed_at = 0;

-- The nightly check, one row a night: where it stands in deadlines_open, what it has found.
CREATE TABLE IF NOT EXISTS deadlines_check (
	night_at BIGINT NOT NULL PRIMARY KEY,
	started_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	after_version BIGINT UNSIGNED NOT NULL,
	after_task BIGINT UNSIGNED NOT NULL,
	compared BIGINT UNSIGNED NOT NULL,
	mismatches BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Tasks whose stored due times are not what follows from their rows. ended_at 0 while it lasts;
-- seen_at is the night that found it last.
CREATE TABLE IF NOT EXISTS deadlines_alarm (
	task_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	since BIGINT NOT NULL,
	seen_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	due BIGINT NOT NULL,
	due_by_rows BIGINT NOT NULL,
	original_due BIGINT NOT NULL,
	original_due_by_rows BIGINT NOT NULL,
	KEY deadlines_alarm_open (ended_at, since, task_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
