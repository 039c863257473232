-- Call-backs through the centre.

-- name: callbacks_add :write
-- doc: A department asks for one.
-- param: id u64
-- param: task_id u64
-- param: department str
-- param: question str
-- param: until i64
-- param: asked_at i64
-- param: asked_by str
INSERT INTO callbacks_callback (id, task_id, department, question, until, asked_at, asked_by,
	is_open, is_reached, answer, answered_at, answered_by)
VALUES (:id, :task_id, :department, :question, :until, :asked_at, :asked_by, 1, 0, NULL, 0, NULL);

-- name: callbacks_open_of :one
-- doc: The one of a task that is open.
-- param: task_id u64
-- column: id u64
SELECT id FROM callbacks_callback FORCE INDEX (callbacks_task)
WHERE task_id = :task_id AND is_open = 1
LIMIT 1;

-- name: callbacks_answer :write
-- doc: The centre has called; fails when somebody else did so first.
-- param: id u64
-- param: is_reached bool
-- param: answer str
-- param: answered_at i64
-- param: answered_by str
UPDATE callbacks_callback SET is_open = 0, is_reached = :is_reached, answer = :answer,
	answered_at = :answered_at, answered_by = :answered_by
WHERE id = :id AND is_open = 1;

-- name: callbacks_one :one
-- doc: One of them.
-- param: id u64
-- column: id u64
-- column: task_id u64
-- column: department str
-- column: question str
-- column: until i64
-- column: asked_at i64
-- column: asked_by str
-- column: is_open bool
-- column: is_reached bool
-- column: answer str?
-- column: answered_at i64
-- column: answered_by str?
SELECT id, task_id, department, question, until, asked_at, asked_by, is_open, is_reached, answer,
	answered_at, answered_by
FROM callbacks_callback WHERE id = :id;

-- name: callbacks_page :many
-- doc: Ids of those that are open or not, behind an id, the first asked first.
-- param: is_open bool
-- param: after u64
-- param: n u32
-- column: id u64
SELECT id FROM callbacks_callback FORCE INDEX (callbacks_open)
WHERE is_open = :is_open AND id > :after
ORDER BY id
LIMIT :n;

-- name: callbacks_page_of :many
-- doc: The same of one department.
-- param: department str
-- param: is_open bool
-- param: after u64
-- param: n u32
-- column: id u64
SELECT id FROM callbacks_callback FORCE INDEX (callbacks_department)
WHERE department = :department AND is_open = :is_open AND id > :after
ORDER BY id
LIMIT :n;
