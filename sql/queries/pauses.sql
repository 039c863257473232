-- Pauses and stays on account: intervals of tasks.

-- name: pauses_insert :write
-- doc: The work on a task stops.
-- param: task_id u64
-- param: n u32
-- param: kind u32
-- param: from_at i64
-- param: until_at i64
-- param: ground str?
-- param: plan str?
-- param: note str?
-- param: by_kind u32
-- param: by_id u64
-- param: by_name str
-- param: due_before i64
INSERT INTO pauses_pause (
	task_id, n, kind, from_at, until_at, to_at, ground, plan, note, by_kind, by_id, by_name,
	ended_by_kind, ended_by, ended_by_name, due_before, due_after
) VALUES (
	:task_id, :n, :kind, :from_at, :until_at, 0, :ground, :plan, :note, :by_kind, :by_id,
	:by_name, 0, 0, '', :due_before, 0
);

-- name: pauses_end :write
-- doc: The work goes on; fails when somebody ended it meanwhile.
-- param: task_id u64
-- param: from_at i64
-- param: to_at i64
-- param: ended_by_kind u32
-- param: ended_by u64
-- param: ended_by_name str
-- param: due_before i64
-- param: due_after i64
UPDATE pauses_pause SET to_at = :to_at, ended_by_kind = :ended_by_kind, ended_by = :ended_by,
	ended_by_name = :ended_by_name, due_before = :due_before, due_after = :due_after
WHERE task_id = :task_id AND from_at = :from_at AND to_at = 0;

-- name: pauses_leave :exec
-- doc: The task was withdrawn while it was on hold.
-- param: task_id u64
-- param: to_at i64
-- param: ended_by_kind u32
-- param: ended_by u64
-- param: ended_by_name str
UPDATE pauses_pause SET to_at = :to_at, ended_by_kind = :ended_by_kind, ended_by = :ended_by,
	ended_by_name = :ended_by_name
WHERE task_id = :task_id AND to_at = 0;

-- name: pauses_return :exec
-- doc: The task is on hold again, as if it had never been withdrawn.
-- param: task_id u64
-- param: from_at i64
UPDATE pauses_pause SET to_at = 0, ended_by_kind = 0, ended_by = 0, ended_by_name = ''
WHERE task_id = :task_id AND from_at = :from_at AND due_after = 0;

-- name: pauses_last :one
-- doc: The number of a task's newest one.
-- param: task_id u64
-- column: n u32
SELECT n FROM pauses_pause WHERE task_id = :task_id ORDER BY n DESC LIMIT 1;

-- name: pauses_over :many
-- doc: What has run out by a moment, the earliest first.
-- param: before_at i64
-- param: n u32
-- column: task_id u64
-- column: from_at i64
-- column: until_at i64
SELECT task_id, from_at, until_at FROM pauses_pause
WHERE to_at = 0 AND until_at < :before_at
ORDER BY until_at, task_id LIMIT :n;

-- name: pauses_next :one
-- doc: The last second of the one that runs out first; no row when nothing is on hold.
-- column: until_at i64
SELECT until_at FROM pauses_pause WHERE to_at = 0 ORDER BY until_at LIMIT 1;

-- name: pauses_list :many
-- doc: The pauses and stays on account of a task, oldest first.
-- param: task_id u64
-- column: n u32
-- column: kind u32
-- column: from_at i64
-- column: until_at i64
-- column: to_at i64
-- column: ground str?
-- column: plan str?
-- column: note str?
-- column: by_name str
-- column: ended_by_name str
-- column: due_before i64
-- column: due_after i64
SELECT n, kind, from_at, until_at, to_at, ground, plan, note, by_name, ended_by_name, due_before,
	due_after
FROM pauses_pause WHERE task_id = :task_id ORDER BY n;
