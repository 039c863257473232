-- Merges that are in force.

-- name: merges_insert :write
-- doc: An appeal is merged into another.
-- param: child_id u64
-- param: parent_id u64
-- param: merged_at i64
-- param: by_kind u32
-- param: by_id u64
-- param: state u32
INSERT INTO merges_merge (child_id, parent_id, merged_at, by_kind, by_id, state)
VALUES (:child_id, :parent_id, :merged_at, :by_kind, :by_id, :state);

-- name: merges_task_insert :write
-- doc: What leaving changes in a task of the child.
-- param: child_id u64
-- param: task_id u64
-- param: state u32
-- param: left_by u32
-- param: left_at i64
-- param: archive_at i64
INSERT INTO merges_task (child_id, task_id, state, left_by, left_at, archive_at)
VALUES (:child_id, :task_id, :state, :left_by, :left_at, :archive_at);

-- name: merges_one :one
-- doc: The merge of a child.
-- param: child_id u64
-- column: parent_id u64
-- column: state u32
SELECT parent_id, state FROM merges_merge WHERE child_id = :child_id;

-- name: merges_tasks :many
-- doc: What to restore in the tasks of a child.
-- param: child_id u64
-- column: task_id u64
-- column: state u32
-- column: left_by u32
-- column: left_at i64
-- column: archive_at i64
SELECT task_id, state, left_by, left_at, archive_at FROM merges_task
WHERE child_id = :child_id
ORDER BY task_id;

-- name: merges_children :many
-- doc: The appeals merged into one, by id behind a key.
-- param: parent_id u64
-- param: after_id u64
-- param: n u32
-- column: child_id u64
SELECT child_id FROM merges_merge
WHERE parent_id = :parent_id AND child_id > :after_id
ORDER BY child_id
LIMIT :n;

-- name: merges_drop_tasks :exec
-- doc: A merge is undone: its tasks are restored.
-- param: child_id u64
DELETE FROM merges_task WHERE child_id = :child_id;

-- name: merges_drop :exec
-- doc: A merge is undone.
-- param: child_id u64
DELETE FROM merges_merge WHERE child_id = :child_id;
