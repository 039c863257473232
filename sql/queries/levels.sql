-- Two levels of supervision: what a unit's own supervisors have left undone.

-- name: levels_units :many
-- doc: The units that have supervisors of their own, with their number; role is that of
-- doc: supervisors.
-- param: role u32
-- column: unit str?
-- column: supervisors u64
SELECT s.unit, COUNT(*) AS supervisors FROM (
	SELECT unit FROM auth_account WHERE role = :role AND unit <> '' AND is_disabled = 0
	UNION ALL
	SELECT unit FROM auth_key WHERE role = :role AND unit <> '' AND is_disabled = 0
) s
GROUP BY s.unit ORDER BY s.unit;

-- name: levels_undone :many
-- doc: Tasks of a JSON array of departments that are overdue and in work, none of which was
-- doc: urged, supervised or escalated (kinds) in its running round, by id behind one.
-- param: departments str
-- param: now i64
-- param: urged u32
-- param: supervised u32
-- param: escalated u32
-- param: after u64
-- param: n u32
-- column: id u64
-- column: department str
-- column: state u32
-- column: due i64
SELECT t.id, t.department, t.state, IF(t.redo_due > 0, t.redo_due, t.due) AS due
FROM JSON_TABLE(:departments, '$[*]' COLUMNS (department VARCHAR(16) CHARACTER SET ascii
	COLLATE ascii_bin PATH '$')) wanted
STRAIGHT_JOIN tasks_task t FORCE INDEX (tasks_inbox) ON t.department = wanted.department
	AND t.state IN (1, 2, 3) AND t.due < :now
WHERE t.id > :after AND IF(t.redo_due > 0, t.redo_due, t.due) < :now
	AND (SELECT COUNT(*) FROM history_event e FORCE INDEX (PRIMARY)
		WHERE e.appeal_id = t.appeal_id AND e.task_id = t.id
		AND e.kind IN (:urged, :supervised, :escalated) AND e.at >= t.redo_at) = 0
ORDER BY t.id
LIMIT :n;

-- name: levels_objections :many
-- doc: Objections to months from `month` on that have no answer, of a JSON array of departments.
-- param: departments str
-- param: month u32
-- column: month u32
-- column: n u32
-- column: department str
-- column: at i64
SELECT o.month, o.n, o.department, o.at
FROM reports_objection o
WHERE o.month >= :month AND o.decision = 0
	AND JSON_CONTAINS(:departments, JSON_QUOTE(o.department))
ORDER BY o.month, o.n
LIMIT 200;
