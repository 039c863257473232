-- The deadline board: how the tasks in work stand to their limit, and what was done about each.
-- A task counts from its dispatch, or from the start of its redo while that runs; amber and red begin
-- at those percent of the time used.

-- name: board_counts :many
-- doc: Of a JSON array of departments, each that has tasks in work.
-- param: departments str
-- param: now i64
-- param: amber u32
-- param: red u32
-- column: department str
-- column: overdue u64
-- column: red u64
-- column: amber u64
-- column: calm u64
SELECT s.department, CAST(SUM(s.stage = 1) AS UNSIGNED) AS overdue,
	CAST(SUM(s.stage = 2) AS UNSIGNED) AS red, CAST(SUM(s.stage = 3) AS UNSIGNED) AS amber,
	CAST(SUM(s.stage = 4) AS UNSIGNED) AS calm
FROM (
	SELECT w.department, CASE
		WHEN w.due < :now THEN 1
		WHEN 100 * (:now - w.start) >= :red * (w.due - w.start) THEN 2
		WHEN 100 * (:now - w.start) >= :amber * (w.due - w.start) THEN 3
		ELSE 4 END AS stage
	FROM (
		SELECT t.department, IF(t.redo_at > 0, t.redo_at, t.dispatched_at) AS start,
			IF(t.redo_due > 0, t.redo_due, t.due) AS due
		FROM JSON_TABLE(:departments, '$[*]' COLUMNS (department VARCHAR(16)
			CHARACTER SET ascii COLLATE ascii_bin PATH '$')) wanted
		STRAIGHT_JOIN tasks_task t FORCE INDEX (tasks_inbox)
			ON t.department = wanted.department AND t.state IN (1, 2, 3) AND t.due > 0
	) w
) s
GROUP BY s.department;

-- name: board_page :many
-- doc: Tasks in work by due time, behind one; of one stage (1 overdue, 2 red, 3 amber), or with 0
-- doc: of these three.
-- param: departments str
-- param: now i64
-- param: amber u32
-- param: red u32
-- param: stage u32
-- param: after_due i64
-- param: after_id u64
-- param: n u32
-- column: id u64
-- column: start i64
-- column: due i64
-- column: stage u32
SELECT s.id, s.start, s.due, COALESCE(s.stage, 4) AS stage FROM (
	SELECT w.id, w.start, w.due, CASE
		WHEN w.due < :now THEN 1
		WHEN 100 * (:now - w.start) >= :red * (w.due - w.start) THEN 2
		WHEN 100 * (:now - w.start) >= :amber * (w.due - w.start) THEN 3
		ELSE 4 END AS stage
	FROM (
		SELECT t.id, IF(t.redo_at > 0, t.redo_at, t.dispatched_at) AS start,
			IF(t.redo_due > 0, t.redo_due, t.due) AS due
		FROM JSON_TABLE(:departments, '$[*]' COLUMNS (department VARCHAR(16)
			CHARACTER SET ascii COLLATE ascii_bin PATH '$')) wanted
		STRAIGHT_JOIN tasks_task t FORCE INDEX (tasks_inbox)
			ON t.department = wanted.department AND t.state IN (1, 2, 3) AND t.due > 0
	) w
) s
WHERE s.stage < 4 AND (:stage = 0 OR s.stage = :stage)
	AND (s.due > :after_due OR (s.due = :after_due AND s.id > :after_id))
ORDER BY s.due, s.id
LIMIT :n;

-- name: board_ladders :many
-- doc: Events of the kinds (bits) of some tasks, given as a JSON list of ids, in order.
-- param: ids str
-- param: kinds u64
-- column: task_id u64
-- column: seq u64
-- column: kind u32
-- column: at i64
-- column: by_name str
-- column: data str
SELECT e.task_id, e.seq, e.kind, e.at, e.by_name, e.data
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN history_event e FORCE INDEX (PRIMARY) ON e.appeal_id = wanted.id DIV 100
	AND e.task_id = wanted.id
WHERE (:kinds >> e.kind) & 1 = 1
ORDER BY e.task_id, e.seq;
