-- What the measures need beside the task's own row: when it was sent into a redo (a reopening is
-- none), and every submission of its first rounds, up to and with the first that passed.
-- outcome: 0 not reviewed, 1 passed, 2 refused. seq is the number of the event.
ALTER TABLE tasks_task
	ADD COLUMN IF NOT EXISTS redo_at BIGINT NOT NULL DEFAULT 0;

CREATE TABLE IF NOT EXISTS reports_submission (
	task_id BIGINT UNSIGNED NOT NULL,
	seq BIGINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	outcome TINYINT UNSIGNED NOT NULL,
	PRIMARY KEY (task_id, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Both from the history. Kinds: 6 completed, 7 refused, 8 passed, 10 redo.
UPDATE tasks_task t
JOIN history_event e ON e.appeal_id = t.appeal_id AND e.task_id = t.id AND e.kind = 10
SET t.redo_at = e.at
WHERE t.round > 1 AND t.redo_at = 0;

INSERT IGNORE INTO reports_submission (task_id, seq, at, outcome)
SELECT task_id, seq, at, CASE next_kind WHEN 8 THEN 1 WHEN 7 THEN 2 ELSE 0 END
FROM (
	SELECT task_id, seq, at, kind,
		LEAD(kind) OVER (PARTITION BY task_id ORDER BY seq) AS next_kind,
		SUM(kind = 8) OVER (PARTITION BY task_id ORDER BY seq
			ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS passed
	FROM history_event WHERE kind IN (6, 7, 8)
) step
WHERE kind = 6 AND passed = 0;
