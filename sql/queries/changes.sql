-- What decides who hears of a change.

-- name: changes_appeals :many
-- doc: Of a JSON list of ids, in their order.
-- param: ids str
-- column: id u64
-- column: is_secret bool
-- column: accused_department str?
-- column: enterprise_uscc str?
-- column: registered_by_kind u32
-- column: registered_by u64
SELECT a.id, a.is_secret, a.accused_department, a.enterprise_uscc, a.registered_by_kind,
	a.registered_by
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN intake_appeal a FORCE INDEX (PRIMARY) ON a.id = wanted.id
ORDER BY a.id;

-- name: changes_tasks :many
-- doc: The tasks of a JSON list of appeals; `tasks` is how many its appeal has.
-- param: ids str
-- column: id u64
-- column: appeal_id u64
-- column: department str
-- column: role u32
-- column: left_at i64
-- column: tasks u32
SELECT t.id, t.appeal_id, t.department, t.role, t.left_at,
	(SELECT COUNT(*) FROM tasks_task n WHERE n.appeal_id = t.appeal_id) AS tasks
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN tasks_task t FORCE INDEX (tasks_appeal) ON t.appeal_id = wanted.id
ORDER BY t.id;
