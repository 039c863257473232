-- Reports: the tasks of a period, in one pass by the index on (closed_at, dispatched_at).

-- name: reports_tasks :many
-- doc: Tasks dispatched before a moment and closed in a span, behind a key; 0 and '' leave a
-- doc: filter out.
-- doc: The appeal is looked up only where it has to explain why its caller is not asked.
-- param: closed_from i64
-- param: closed_until i64
-- param: dispatched_until i64
-- param: channel u32
-- param: department str
-- param: after_closed i64
-- param: after_dispatched i64
-- param: after_id u64
-- param: n u32
-- column: id u64
-- column: department str
-- column: role u32
-- column: channel u32
-- column: limit_class u32
-- column: state u32
-- column: content_class u32
-- column: is_visitable bool
-- column: is_anonymous bool
-- column: is_visit_wanted bool
-- column: dispatched_at i64
-- column: sign_due i64
-- column: signed_at i64
-- column: contact_due i64
-- column: contacted_at i64
-- column: closed_at i64
-- column: due i64
-- column: original_due i64
-- column: redo_due i64
-- column: extensions u32
-- column: held_since i64
-- column: left_by u32
-- column: left_at i64
-- column: is_withdrawal_recorded bool
-- column: excluded_at i64
-- column: limits_version u64
SELECT t.id, t.department, t.role, t.channel, t.limit_class, t.state, t.content_class,
	t.is_visitable,
	COALESCE(a.is_anonymous, 0) AS is_anonymous,
	COALESCE(a.is_visit_wanted, 1) AS is_visit_wanted,
	t.dispatched_at, t.sign_due, t.signed_at, t.contact_due, t.contacted_at, t.closed_at,
	t.due, t.original_due, t.redo_due, t.extensions, t.held_since, t.left_by, t.left_at, t.is_withdrawal_recorded,
	t.excluded_at, t.limits_version
FROM tasks_task t FORCE INDEX (tasks_closed)
LEFT JOIN intake_appeal a ON a.id = t.appeal_id AND t.is_visitable = 0
WHERE t.closed_at >= :closed_from AND t.closed_at < :closed_until
	AND t.dispatched_at < :dispatched_until
	AND (:channel = 0 OR t.channel = :channel)
	AND (:department = '' OR t.department = :department)
	AND (t.closed_at > :after_closed OR (t.closed_at = :after_closed
		AND (t.dispatched_at > :after_dispatched
			OR (t.dispatched_at = :after_dispatched AND t.id > :after_id))))
ORDER BY t.closed_at, t.dispatched_at, t.id
LIMIT :n;

-- name: reports_visits :many
-- doc: The visits of a JSON array of tasks, by task, oldest first; those of merged callers
-- doc: stand beside the rates.
-- param: ids str
-- column: task_id u64
-- column: at i64
-- column: is_reached bool
-- column: contacted u32
-- column: solved u32
-- column: result u32
SELECT v.task_id, v.at, v.is_reached, v.contacted, v.solved, v.result
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN visits_visit v FORCE INDEX (PRIMARY) ON v.task_id = wanted.id
	AND v.caller_appeal = 0
ORDER BY v.task_id, v.n;

-- name: reports_titles :many
-- doc: What a JSON array of appeals is about.
-- param: ids str
-- column: id u64
-- column: title str
SELECT a.id, a.title
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN intake_appeal a FORCE INDEX (PRIMARY) ON a.id = wanted.id;

-- name: reports_departments :many
-- doc: All departments, of the same moment as their tasks.
-- column: code str
-- column: name str
-- column: parent str
-- column: peer_group str
SELECT code, name, parent, peer_group FROM reference_department;
