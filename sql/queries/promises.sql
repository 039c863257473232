-- Promises of departments, and what became of them.

-- name: promises_add :write
-- doc: A promise that was made.
-- param: id u64
-- param: task_id u64
-- param: seq u64
-- param: department str
-- param: promise_on i64
-- param: made_at i64
INSERT INTO promises_promise (id, task_id, seq, department, promise_on, made_at, state,
	decided_at, decided_by, note)
VALUES (:id, :task_id, :seq, :department, :promise_on, :made_at, 1, 0, NULL, NULL);

-- name: promises_due :many
-- doc: Promises of a task that wait for their check, of days before one.
-- param: task_id u64
-- param: day_start i64
-- param: n u32
-- column: seq u64
-- column: department str
-- column: promise_on i64
-- column: made_at i64
SELECT seq, department, promise_on, made_at FROM promises_promise
WHERE task_id = :task_id AND state = 1 AND promise_on < :day_start
ORDER BY seq
LIMIT :n;

-- name: promises_decide :write
-- doc: Kept or broken; fails when somebody else decided first.
-- param: task_id u64
-- param: seq u64
-- param: state u32
-- param: at i64
-- param: by_name str
-- param: note str?
UPDATE promises_promise SET state = :state, decided_at = :at, decided_by = :by_name,
	note = :note
WHERE task_id = :task_id AND seq = :seq AND state = 1;

-- name: promises_move :exec
-- doc: All promises of a task in one state go into another.
-- param: task_id u64
-- param: was u32
-- param: state u32
UPDATE promises_promise SET state = :state WHERE task_id = :task_id AND state = :was;

-- name: promises_page :many
-- doc: Promises for days from one moment until another, and before day_start, behind a key; ''
-- doc: and 0 ask for all.
-- param: t0 i64
-- param: t1 i64
-- param: department str
-- param: task_id u64
-- param: state u32
-- param: day_start i64
-- param: after_on i64
-- param: after_id u64
-- param: n u32
-- column: id u64
-- column: task_id u64
-- column: seq u64
-- column: department str
-- column: promise_on i64
-- column: made_at i64
-- column: state u32
-- column: decided_at i64
-- column: decided_by str?
-- column: note str?
SELECT id, task_id, seq, department, promise_on, made_at, state, decided_at, decided_by, note
FROM promises_promise
WHERE promise_on >= :t0 AND promise_on < :t1 AND promise_on < :day_start
	AND (promise_on > :after_on OR (promise_on = :after_on AND id > :after_id))
	AND (:department = '' OR department = :department)
	AND (:task_id = 0 OR task_id = :task_id) AND (:state = 0 OR state = :state)
ORDER BY promise_on, id
LIMIT :n;

-- name: promises_figures :many
-- doc: What became of the promises for the days from one moment until another, by department.
-- doc: due: their day is over, and nobody has checked.
-- param: t0 i64
-- param: t1 i64
-- param: department str
-- param: day_start i64
-- column: department str
-- column: made u32
-- column: kept u32
-- column: broken u32
-- column: lapsed u32
-- column: due u32
SELECT department, COUNT(*) AS made, COUNT(CASE WHEN state = 2 THEN 1 END) AS kept,
	COUNT(CASE WHEN state = 3 THEN 1 END) AS broken,
	COUNT(CASE WHEN state = 4 THEN 1 END) AS lapsed,
	COUNT(CASE WHEN state = 1 AND promise_on < :day_start THEN 1 END) AS due
FROM promises_promise
WHERE promise_on >= :t0 AND promise_on < :t1
	AND (:department = '' OR department = :department)
GROUP BY department
ORDER BY department;
