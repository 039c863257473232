-- Reports: the tasks of a period. First their ids, by the index on (ended_at, dispatched_at) or
-- by the months they were carried into, then what is known of each; joins to a list of ids name
-- their order, since statistics are old when a table has just grown.

-- name: reports_ended :many
-- doc: Tasks dispatched before a moment that ended before another, behind a key; 0 is "not
-- doc: ended".
-- param: ended_until i64
-- param: dispatched_until i64
-- param: after_ended i64
-- param: after_dispatched i64
-- param: after_id u64
-- param: n u32
-- column: id u64
-- column: ended_at i64
-- column: dispatched_at i64
SELECT t.id, COALESCE(t.ended_at, 0) AS ended_at, t.dispatched_at
FROM tasks_task t FORCE INDEX (tasks_ended)
WHERE t.ended_at >= :after_ended AND t.ended_at < :ended_until
	AND t.dispatched_at < :dispatched_until
	AND (t.ended_at > :after_ended OR t.dispatched_at > :after_dispatched
		OR (t.dispatched_at = :after_dispatched AND t.id > :after_id))
ORDER BY t.ended_at, t.dispatched_at, t.id
LIMIT :n;

-- name: reports_carried :many
-- doc: Tasks that may have been open when a month began and have ended since, behind a task.
-- param: month u32
-- param: after_id u64
-- param: n u32
-- column: id u64
SELECT task_id AS id FROM reports_carried
WHERE month = :month AND task_id > :after_id
ORDER BY task_id
LIMIT :n;

-- name: reports_tasks :many
-- doc: Of a JSON array of tasks those dispatched before a moment that ended from a moment on, by
-- doc: id; 0 is "not ended". Channel 0 and department '' leave that filter out.
-- doc: The appeal is looked up only where it has to explain why its caller is not asked.
-- param: ids str
-- param: dispatched_until i64
-- param: ended_from i64
-- param: channel u32
-- param: department str
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
-- column: redo_at i64
-- column: extensions u32
-- column: held_since i64
-- column: return_standing u32
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
	t.due, t.original_due, t.redo_due, t.redo_at, t.extensions, t.held_since,
	t.return_standing, t.left_by, t.left_at, t.is_withdrawal_recorded, t.excluded_at,
	t.limits_version
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN tasks_task t FORCE INDEX (PRIMARY) ON t.id = wanted.id
LEFT JOIN intake_appeal a ON a.id = t.appeal_id AND t.is_visitable = 0
WHERE t.dispatched_at < :dispatched_until
	AND t.ended_at >= :ended_from
	AND (:channel = 0 OR t.channel = :channel)
	AND (:department = '' OR t.department = :department)
ORDER BY t.id;

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

-- name: reports_submissions :many
-- doc: The submissions of a JSON array of tasks, by task, oldest first.
-- param: ids str
-- column: task_id u64
-- column: at i64
-- column: outcome u32
SELECT s.task_id, s.at, s.outcome
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN reports_submission s FORCE INDEX (PRIMARY) ON s.task_id = wanted.id
ORDER BY s.task_id, s.seq;

-- name: reports_returns :many
-- doc: Which of a JSON array of tasks their department asked to give back, by task, and whether
-- doc: it was refused at least once.
-- param: ids str
-- column: task_id u64
-- column: is_refused bool
SELECT r.task_id, MAX(r.decision = 2) AS is_refused
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN tasks_return r FORCE INDEX (PRIMARY) ON r.task_id = wanted.id
GROUP BY r.task_id
ORDER BY r.task_id;

-- name: reports_recomplaints :many
-- doc: Which of a JSON array of closed tasks were followed within a span by another appeal of
-- doc: the same caller in the same category, by task. Appeals of that time have ids in between.
-- param: ids str
-- param: span i64
-- param: first_id u64
-- param: last_id u64
-- column: task_id u64
SELECT DISTINCT t.id AS task_id
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN tasks_task t FORCE INDEX (PRIMARY) ON t.id = wanted.id
STRAIGHT_JOIN callers_caller c FORCE INDEX (PRIMARY) ON c.appeal_id = t.appeal_id
STRAIGHT_JOIN intake_appeal a FORCE INDEX (PRIMARY) ON a.id = t.appeal_id
STRAIGHT_JOIN callers_caller again FORCE INDEX (callers_phone)
	ON again.phone_index = c.phone_index
	AND again.appeal_id BETWEEN :first_id AND :last_id
	AND again.appeal_id <> t.appeal_id
STRAIGHT_JOIN intake_appeal b FORCE INDEX (PRIMARY) ON b.id = again.appeal_id
	AND b.category = a.category
	AND b.received_at > t.closed_at AND b.received_at <= t.closed_at + :span
ORDER BY task_id;

-- name: reports_submission_add :write
-- doc: A submission that waits for its review.
-- param: task_id u64
-- param: seq u64
-- param: at i64
INSERT INTO reports_submission (task_id, seq, at, outcome)
VALUES (:task_id, :seq, :at, 0);

-- name: reports_submission_decide :exec
-- doc: The outcome of a task's submission that waits, of which there is at most one.
-- param: task_id u64
-- param: outcome u32
UPDATE reports_submission SET outcome = :outcome
WHERE task_id = :task_id AND outcome = 0;

-- name: reports_carry :exec
-- doc: A task that has ended was open at the beginning of each month of a JSON array.
-- param: task_id u64
-- param: months str
INSERT IGNORE INTO reports_carried (month, task_id)
SELECT wanted.month, :task_id
FROM JSON_TABLE(:months, '$[*]' COLUMNS (month INT UNSIGNED PATH '$')) wanted;

-- name: reports_titles :many
-- doc: What a JSON array of appeals is about.
-- param: ids str
-- column: id u64
-- column: title str
-- column: category str?
-- column: is_secret bool
SELECT a.id, a.title, a.category, a.is_secret
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN intake_appeal a FORCE INDEX (PRIMARY) ON a.id = wanted.id;

-- name: reports_departments :many
-- doc: All departments, of the same moment as their tasks.
-- column: code str
-- column: name str
-- column: parent str
-- column: peer_group str
SELECT code, name, parent, peer_group FROM reference_department;
