-- The weekly list, the monthly analysis and the quarterly summary.

-- name: reports_rhythm_read :one
-- doc: Who froze it and when.
-- param: kind u32
-- param: ends u32
-- column: made_at i64
-- column: made_by str?
SELECT made_at, made_by FROM reports_rhythm WHERE kind = :kind AND ends = :ends AND made_at > 0;

-- name: reports_rhythm_touch :exec
-- doc: Makes the row, if there is none.
-- param: kind u32
-- param: ends u32
INSERT IGNORE INTO reports_rhythm (kind, ends, made_at) VALUES (:kind, :ends, 0);

-- name: reports_rhythm_freeze :exec
-- doc: One of several gets a row.
-- param: kind u32
-- param: ends u32
-- param: at i64
-- param: by_name str
UPDATE reports_rhythm SET made_at = :at, made_by = :by_name
WHERE kind = :kind AND ends = :ends AND made_at = 0;

-- name: reports_mark_add :exec
-- doc: Something that happened to a task.
-- param: task_id u64
-- param: seq u64
-- param: mark u32
-- param: at i64
INSERT IGNORE INTO reports_mark (task_id, seq, mark, at) VALUES (:task_id, :seq, :mark, :at);

-- name: reports_rhythm_week :many
-- doc: The cases behind every number of a week, in the order of the sections (the list is in
-- doc: modules/reports/rhythm_content.c) and of what each is grouped by. In a further round
-- doc: redo_due is the due; what is paused or on account stands still. Items of the supervision
-- doc: ledger stand by their own numbers, but for inspections, which are hidden.
-- param: now_at i64
-- param: horizon i64
-- param: t0 i64
-- param: t1 i64
-- column: section u32
-- column: grouped str
-- column: task_id u64
-- column: department str
-- column: at i64
-- column: item str?
SELECT section, grouped, task_id, department, at, item FROM (
	SELECT 1 AS section, CONVERT(t.department USING utf8mb4) AS grouped, t.id AS task_id,
		t.department, IF(t.closed_at > 0, t.redo_due, t.due) AS at, NULL AS item
	FROM tasks_task t
	WHERE t.excluded_at = 0 AND t.state IN (1, 2, 3, 6)
		AND IF(t.closed_at > 0, t.redo_due, t.due) BETWEEN 1 AND :now_at - 1
		AND (t.state <> 6 OR t.submitted_at > IF(t.closed_at > 0, t.redo_due, t.due))
	UNION ALL
	SELECT 2, t.department, t.id, t.department, IF(t.closed_at > 0, t.redo_due, t.due),
		NULL
	FROM tasks_task t
	WHERE t.excluded_at = 0 AND t.state IN (1, 2, 3)
		AND IF(t.closed_at > 0, t.redo_due, t.due) BETWEEN :now_at AND :horizon
	UNION ALL
	SELECT 3, department, id, department, sign_due, NULL FROM tasks_task WHERE state = 1
	UNION ALL
	SELECT 4, department, task_id, department, asked_at, NULL FROM tasks_return
	WHERE is_open = 1 AND is_dispute
	UNION ALL
	SELECT 5, t.department, t.id, t.department, m.at, NULL
	FROM reports_mark m JOIN tasks_task t ON t.id = m.task_id
	WHERE m.mark = 1 AND m.at >= :t0 AND m.at < :t1
	UNION ALL
	SELECT 6, t.department, t.id, t.department, m.at, NULL
	FROM reports_mark m JOIN tasks_task t ON t.id = m.task_id
	WHERE m.mark = 2 AND m.at >= :t0 AND m.at < :t1
	UNION ALL
	SELECT 7, department, id, department, held_until, NULL FROM tasks_task
	WHERE state = 5 AND held_until <= :horizon
	UNION ALL
	SELECT 6 + state, department, task_id, department, promise_on, NULL
	FROM promises_promise
	WHERE state IN (2, 3) AND decided_at >= :t0 AND decided_at < :t1
	UNION ALL
	SELECT 19, department, task_id, department, due, CONCAT(ELT(kind, 'DC', 'JD', 'JY'), '-',
		year, '-', LPAD(n, GREATEST(4, CHAR_LENGTH(n)), '0'))
	FROM supervised_item WHERE state = 1 AND due < :now_at AND kind <> 4
) listed
ORDER BY section, grouped, at, task_id, item;

-- name: reports_rhythm_month :many
-- doc: The same of a month. Matters and places are those of the appeals of the month, whose
-- doc: tasks have ids in between; the span is that in which a caller comes again.
-- param: t0 i64
-- param: t1 i64
-- param: first_task u64
-- param: last_task u64
-- param: span i64
-- column: section u32
-- column: grouped str
-- column: task_id u64
-- column: department str
-- column: at i64
SELECT section, grouped, task_id, department, at FROM (
	SELECT 10 AS section, CONVERT(a.category USING utf8mb4) AS grouped, t.id AS task_id,
		t.department, t.dispatched_at AS at
	FROM tasks_task t JOIN intake_appeal a ON a.id = t.appeal_id
	WHERE t.role = 1 AND t.id BETWEEN :first_task AND :last_task
	UNION ALL
	SELECT 11, a.area, t.id, t.department, t.dispatched_at
	FROM tasks_task t JOIN intake_appeal a ON a.id = t.appeal_id
	WHERE t.role = 1 AND t.id BETWEEN :first_task AND :last_task
	UNION ALL
	SELECT 12, a.category, t.id, t.department, t.closed_at
	FROM tasks_task t
	JOIN callers_caller c ON c.appeal_id = t.appeal_id
	JOIN intake_appeal a ON a.id = t.appeal_id
	WHERE t.role = 1 AND t.ended_at >= :t0 AND t.ended_at < :t1 AND t.closed_at > 0
		AND EXISTS (SELECT 1 FROM callers_caller again
			JOIN intake_appeal b ON b.id = again.appeal_id
			WHERE again.phone_index = c.phone_index AND again.appeal_id > t.appeal_id
				AND b.category = a.category AND b.received_at > t.closed_at
				AND b.received_at <= t.closed_at + :span)
	UNION ALL
	SELECT 13, ELT(1 + COALESCE((SELECT v.reason FROM visits_visit v
			WHERE v.task_id = t.id AND v.at <= m.at AND v.is_reached
			ORDER BY v.n DESC LIMIT 1), 0),
			'none', 'result', 'attitude', 'speed', 'policy', 'other_unit'),
		t.id, t.department, m.at
	FROM reports_mark m JOIN tasks_task t ON t.id = m.task_id
	WHERE m.mark = 3 AND m.at >= :t0 AND m.at < :t1
	UNION ALL
	SELECT 14, ground, task_id, department, decided_at FROM exclusions_exclusion
	WHERE is_approved AND decided_at >= :t0 AND decided_at < :t1
) listed
ORDER BY section, grouped, at, task_id;

-- name: reports_rhythm_quarter :many
-- doc: The same of a quarter.
-- param: t0 i64
-- param: t1 i64
-- column: section u32
-- column: grouped str
-- column: task_id u64
-- column: department str
-- column: at i64
SELECT section, grouped, task_id, department, at FROM (
	SELECT 6 + state AS section, CONVERT(department USING utf8mb4) AS grouped, task_id,
		department, promise_on AS at
	FROM promises_promise
	WHERE state IN (2, 3) AND decided_at >= :t0 AND decided_at < :t1
	UNION ALL
	SELECT 15, t.department, t.id, t.department, m.at
	FROM reports_mark m JOIN tasks_task t ON t.id = m.task_id
	WHERE m.mark = 6 AND m.at >= :t0 AND m.at < :t1
	UNION ALL
	SELECT 16, t.department, t.id, t.department, m.at
	FROM reports_mark m JOIN tasks_task t ON t.id = m.task_id
	WHERE m.mark = 7 AND m.at >= :t0 AND m.at < :t1
	UNION ALL
	SELECT 17, department, id, department, held_since FROM tasks_task WHERE state = 5
	UNION ALL
	SELECT 18, t.department, t.id, t.department, m.at
	FROM reports_mark m JOIN tasks_task t ON t.id = m.task_id
	WHERE m.mark = 4 AND m.at >= :t0 AND m.at < :t1
) listed
ORDER BY section, grouped, at, task_id;
