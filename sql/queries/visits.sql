-- Return visits.

-- name: visits_insert :write
-- doc: An attempt or an answer.
-- param: task_id u64
-- param: n u64
-- param: at i64
-- param: round u32
-- param: channel u32
-- param: is_reached bool
-- param: contacted u32
-- param: solved u32
-- param: result u32
-- param: attitude u32
-- param: truthful u32
-- param: reason u32
-- param: note str?
-- param: by_kind u32
-- param: by_id u64
INSERT INTO visits_visit (
	task_id, n, at, round, channel, is_reached, contacted, solved, result, attitude,
	truthful, reason, note, by_kind, by_id
) VALUES (
	:task_id, :n, :at, :round, :channel, :is_reached, :contacted, :solved, :result,
	:attitude, :truthful, :reason, :note, :by_kind, :by_id
);

-- name: visits_count :one
-- doc: How many a task has.
-- param: task_id u64
-- column: n u64
SELECT COUNT(*) AS n FROM visits_visit WHERE task_id = :task_id;

-- name: visits_of :many
-- doc: All visits of a task, oldest first.
-- param: task_id u64
-- column: n u64
-- column: at i64
-- column: round u32
-- column: channel u32
-- column: is_reached bool
-- column: contacted u32
-- column: solved u32
-- column: result u32
-- column: attitude u32
-- column: truthful u32
-- column: reason u32
-- column: note str?
SELECT n, at, round, channel, is_reached, contacted, solved, result, attitude, truthful,
	reason, note
FROM visits_visit WHERE task_id = :task_id ORDER BY n;
