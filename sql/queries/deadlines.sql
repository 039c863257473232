-- Deadlines: what falls due next, per task and limit.

-- name: deadlines_insert :write
-- doc: A limit of a new task.
-- param: task_id u64
-- param: limit_kind u32
-- param: appeal_id u64
-- param: stage u32
-- param: next_at i64
-- param: due i64
INSERT INTO deadlines_deadline (
	task_id, limit_kind, appeal_id, stage, next_at, due
) VALUES (
	:task_id, :limit_kind, :appeal_id, :stage, :next_at, :due
);

-- name: deadlines_stop :exec
-- doc: The limit is kept or no longer runs: nothing more will happen.
-- param: task_id u64
-- param: limit_kind u32
UPDATE deadlines_deadline SET next_at = 0
WHERE task_id = :task_id AND limit_kind = :limit_kind;

-- name: deadlines_stop_all :exec
-- doc: The task has ended: none of its limits runs any more.
-- param: task_id u64
UPDATE deadlines_deadline SET next_at = 0 WHERE task_id = :task_id;

-- name: deadlines_move :write
-- doc: A stage has happened; fails when another server was first.
-- param: task_id u64
-- param: limit_kind u32
-- param: was u32
-- param: stage u32
-- param: next_at i64
UPDATE deadlines_deadline SET stage = :stage, next_at = :next_at
WHERE task_id = :task_id AND limit_kind = :limit_kind AND stage = :was;

-- name: deadlines_due :many
-- doc: What is due by now, oldest first.
-- param: now_at i64
-- param: n u32
-- column: task_id u64
-- column: limit_kind u32
-- column: stage u32
-- column: next_at i64
-- column: due i64
SELECT task_id, limit_kind, stage, next_at, due FROM deadlines_deadline
WHERE next_at > 0 AND next_at <= :now_at
ORDER BY next_at, task_id, limit_kind
LIMIT :n;

-- name: deadlines_next :one
-- doc: The earliest moment at which something is due; no row when nothing is.
-- column: next_at i64
SELECT next_at FROM deadlines_deadline WHERE next_at > 0 ORDER BY next_at LIMIT 1;

-- name: deadlines_one :one
-- doc: One limit of a task.
-- param: task_id u64
-- param: limit_kind u32
-- column: stage u32
-- column: due i64
SELECT stage, due FROM deadlines_deadline
WHERE task_id = :task_id AND limit_kind = :limit_kind;
