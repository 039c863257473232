-- What is archived, and when (modules/archive.c).

-- name: archive_set :exec
-- doc: When the task is archived if nothing more happens to it. The version stays: whoever has
-- doc: read the task has read the same.
-- param: task_id u64
-- param: archive_at i64
-- param: outcome u32
UPDATE tasks_task SET archive_at = :archive_at, outcome = :outcome WHERE id = :task_id;

-- name: archive_put_off :write
-- doc: The task is looked at again later; fails when anything happened to it meanwhile.
-- param: id u64
-- param: version u64
-- param: was i64
-- param: archive_at i64
UPDATE tasks_task SET archive_at = :archive_at
WHERE id = :id AND version = :version AND archive_at = :was;

-- name: archive_due :many
-- doc: Tasks whose moment has come, oldest first, and how many visits of each still wait.
-- param: now_at i64
-- param: n u32
-- column: id u64
-- column: archive_at i64
-- column: visits u64
SELECT t.id, t.archive_at, (SELECT COUNT(*) FROM visits_due d
	WHERE d.task_id = t.id AND d.state <= 2) AS visits
FROM tasks_task t
WHERE t.archive_at > 0 AND t.archive_at <= :now_at
ORDER BY t.archive_at, t.id
LIMIT :n;

-- name: archive_next :one
-- doc: The earliest of these moments; no row when there is none.
-- column: archive_at i64
SELECT archive_at FROM tasks_task WHERE archive_at > 0 ORDER BY archive_at LIMIT 1;
