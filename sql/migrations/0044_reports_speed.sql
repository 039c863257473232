-- A report's work must not grow with what lies before and after its period. ended_at is when a
-- task was over for the first time, by its close or by leaving for good (a stay on account is no
-- end); 0 while it is open.
ALTER TABLE tasks_task
	ADD COLUMN IF NOT EXISTS ended_at BIGINT AS (
		IF(closed_at <> 0, closed_at, IF(left_by IN (1, 2, 3), left_at, 0))
	) PERSISTENT,
	ADD KEY IF NOT EXISTS tasks_ended (ended_at, dispatched_at),
	DROP KEY IF EXISTS tasks_closed;

-- Tasks that were open at the beginning of a month (202603) and have ended since. May hold more:
-- a task that came back stays here, and readers look at its row.
CREATE TABLE IF NOT EXISTS reports_carried (
	month INT UNSIGNED NOT NULL,
	task_id BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (month, task_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Months of local time, which has been UTC+8 in every year of the records.
INSERT IGNORE INTO reports_carried (month, task_id)
WITH RECURSIVE span AS (
	SELECT id, EXTRACT(YEAR_MONTH FROM DATE_ADD('1970-01-01 08:00:00',
			INTERVAL dispatched_at DIV 1000000 SECOND)) AS month,
		EXTRACT(YEAR_MONTH FROM DATE_ADD('1970-01-01 08:00:00',
			INTERVAL ended_at DIV 1000000 SECOND)) AS last_month
	FROM tasks_task WHERE ended_at > dispatched_at
	UNION ALL
	SELECT id, PERIOD_ADD(month, 1), last_month FROM span WHERE month < last_month
)
SELECT span.month, span.id
FROM span JOIN tasks_task t ON t.id = span.id
WHERE span.month > EXTRACT(YEAR_MONTH FROM DATE_ADD('1970-01-01 08:00:00',
	INTERVAL t.dispatched_at DIV 1000000 SECOND));
