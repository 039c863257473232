-- Tasks: made by a dispatch, moved by actions with compare-and-set on version.

-- name: tasks_insert :write
-- doc: A new task.
-- param: id u64
-- param: appeal_id u64
-- param: department str
-- param: role u32
-- param: limit_class u32
-- param: state u32
-- param: round u32
-- param: version u64
-- param: channel u32
-- param: content_class u32
-- param: is_visitable bool
-- param: dispatched_at i64
-- param: signed_at i64
-- param: contacted_at i64
-- param: submitted_at i64
-- param: closed_at i64
-- param: sign_due i64
-- param: contact_due i64
-- param: due i64
-- param: original_due i64
-- param: redo_due i64
-- param: redo_at i64
-- param: is_contacted bool
-- param: result u32
-- param: reply str?
-- param: legal_basis str?
-- param: advice str?
-- param: calendar_version u64
-- param: catalogue_version u64
-- param: limits_version u64
-- param: grounds_version u64
-- param: checklist_version u64
-- param: outcome u32
-- param: return_standing u32
INSERT INTO tasks_task (
	id, appeal_id, department, role, limit_class, state, round, version, channel,
	content_class, is_visitable, dispatched_at, signed_at, contacted_at, submitted_at,
	closed_at, sign_due, contact_due, due, original_due, redo_due, redo_at, is_contacted,
	result, reply, legal_basis, advice, calendar_version, catalogue_version, limits_version,
	grounds_version, checklist_version, outcome, return_standing
) VALUES (
	:id, :appeal_id, :department, :role, :limit_class, :state, :round, :version, :channel,
	:content_class, :is_visitable, :dispatched_at, :signed_at, :contacted_at, :submitted_at,
	:closed_at, :sign_due, :contact_due, :due, :original_due, :redo_due, :redo_at,
	:is_contacted, :result, :reply, :legal_basis, :advice, :calendar_version, :catalogue_version,
	:limits_version, :grounds_version, :checklist_version, :outcome, :return_standing
);

-- name: tasks_page_of_state :many
-- doc: One state, by due time; department '' is every department.
-- param: state u32
-- param: department str
-- param: due_before i64
-- param: after_due i64
-- param: after_id u64
-- param: n u32
-- column: id u64
-- column: due i64
SELECT id, due FROM tasks_task
WHERE state = :state AND (:department = '' OR department = :department)
	AND (:due_before = 0 OR due < :due_before)
	AND (due > :after_due OR (due = :after_due AND id > :after_id))
ORDER BY due, id
LIMIT :n;

-- name: tasks_page_of_inbox :many
-- doc: One state of one department, by due time, by the inbox index.
-- param: state u32
-- param: department str
-- param: due_before i64
-- param: after_due i64
-- param: after_id u64
-- param: n u32
-- column: id u64
-- column: due i64
SELECT id, due FROM tasks_task
WHERE department = :department AND state = :state
	AND (:due_before = 0 OR due < :due_before)
	AND (due > :after_due OR (due = :after_due AND id > :after_id))
ORDER BY due, id
LIMIT :n;

-- name: tasks_return_add :write
-- doc: A return asked for, or a refused one disputed.
-- param: task_id u64
-- param: n u32
-- param: appeal_id u64
-- param: department str
-- param: is_dispute bool
-- param: reason str
-- param: basis str
-- param: propose str?
-- param: asked_at i64
-- param: by_kind u32
-- param: by_id u64
-- param: by_name str
INSERT INTO tasks_return (
	task_id, n, appeal_id, department, is_dispute, reason, basis, propose, asked_at,
	asked_by_kind, asked_by_id, asked_by_name, is_open, decision, is_ruling, decided_at,
	decided_by_kind, decided_by_id
) VALUES (
	:task_id, :n, :appeal_id, :department, :is_dispute, :reason, :basis, :propose,
	:asked_at, :by_kind, :by_id, :by_name, 1, 0, 0, 0, 0, 0
);

-- name: tasks_return_last :one
-- doc: The latest return of a task.
-- param: task_id u64
-- column: n u32
-- column: reason str
-- column: propose str?
SELECT n, reason, propose FROM tasks_return
WHERE task_id = :task_id
ORDER BY n DESC
LIMIT 1;

-- name: tasks_return_decide :write
-- doc: The decision of a task's open return, of which there is one.
-- param: task_id u64
-- param: decision u32
-- param: is_ruling bool
-- param: at i64
-- param: by_kind u32
-- param: by_id u64
-- param: by_name str
-- param: reason str?
-- param: redispatched_to str?
UPDATE tasks_return SET is_open = 0, decision = :decision, is_ruling = :is_ruling,
	decided_at = :at, decided_by_kind = :by_kind, decided_by_id = :by_id,
	decided_by_name = :by_name, decided_reason = :reason,
	redispatched_to = :redispatched_to
WHERE task_id = :task_id AND is_open = 1;

-- name: tasks_return_lapse :exec
-- doc: Nobody decides on the return of a task that was withdrawn.
-- param: task_id u64
-- param: at i64
-- param: by_kind u32
-- param: by_id u64
-- param: by_name str
UPDATE tasks_return SET is_open = 0, decision = 3, decided_at = :at,
	decided_by_kind = :by_kind, decided_by_id = :by_id, decided_by_name = :by_name
WHERE task_id = :task_id AND is_open = 1;

-- name: tasks_return_restore :exec
-- doc: A withdrawn task is back, and its return stands open again.
-- param: task_id u64
UPDATE tasks_return SET is_open = 1, decision = 0, decided_at = 0, decided_by_kind = 0,
	decided_by_id = 0, decided_by_name = NULL
WHERE task_id = :task_id AND decision = 3;

-- name: tasks_returns_open :many
-- doc: Undecided returns, the longest waiting first; department '' is every department.
-- param: department str
-- param: after_at i64
-- param: after_id u64
-- param: limit u32
-- column: task_id u64
-- column: n u32
-- column: appeal_id u64
-- column: is_dispute bool
-- column: reason str
-- column: basis str
-- column: propose str?
-- column: asked_at i64
-- column: asked_by str
-- column: decision u32
-- column: is_ruling bool
-- column: decided_at i64
-- column: decided_by str?
-- column: decided_reason str?
-- column: redispatched_to str?
SELECT task_id, n, appeal_id, is_dispute, reason, basis, propose, asked_at,
	asked_by_name AS asked_by, decision, is_ruling, decided_at,
	decided_by_name AS decided_by, decided_reason, redispatched_to
FROM tasks_return FORCE INDEX (tasks_return_asked)
WHERE is_open = 1 AND (:department = '' OR department = :department)
	AND (asked_at > :after_at
		OR (asked_at = :after_at AND task_id * 100 + n > :after_id))
ORDER BY asked_at, task_id, n
LIMIT :limit;

-- name: tasks_returns_decided :many
-- doc: Decided returns of every department, those asked for last first.
-- param: before_at i64
-- param: before_id u64
-- param: limit u32
-- column: task_id u64
-- column: n u32
-- column: appeal_id u64
-- column: is_dispute bool
-- column: reason str
-- column: basis str
-- column: propose str?
-- column: asked_at i64
-- column: asked_by str
-- column: decision u32
-- column: is_ruling bool
-- column: decided_at i64
-- column: decided_by str?
-- column: decided_reason str?
-- column: redispatched_to str?
SELECT task_id, n, appeal_id, is_dispute, reason, basis, propose, asked_at,
	asked_by_name AS asked_by, decision, is_ruling, decided_at,
	decided_by_name AS decided_by, decided_reason, redispatched_to
FROM tasks_return FORCE INDEX (tasks_return_asked)
WHERE is_open = 0
	AND (asked_at < :before_at
		OR (asked_at = :before_at AND task_id * 100 + n < :before_id))
ORDER BY asked_at DESC, task_id DESC, n DESC
LIMIT :limit;

-- name: tasks_returns_decided_of :many
-- doc: Decided returns of one department, those asked for last first.
-- param: department str
-- param: before_at i64
-- param: before_id u64
-- param: limit u32
-- column: task_id u64
-- column: n u32
-- column: appeal_id u64
-- column: is_dispute bool
-- column: reason str
-- column: basis str
-- column: propose str?
-- column: asked_at i64
-- column: asked_by str
-- column: decision u32
-- column: is_ruling bool
-- column: decided_at i64
-- column: decided_by str?
-- column: decided_reason str?
-- column: redispatched_to str?
SELECT task_id, n, appeal_id, is_dispute, reason, basis, propose, asked_at,
	asked_by_name AS asked_by, decision, is_ruling, decided_at,
	decided_by_name AS decided_by, decided_reason, redispatched_to
FROM tasks_return FORCE INDEX (tasks_return_department)
WHERE department = :department AND is_open = 0
	AND (asked_at < :before_at
		OR (asked_at = :before_at AND task_id * 100 + n < :before_id))
ORDER BY asked_at DESC, task_id DESC, n DESC
LIMIT :limit;

-- name: tasks_return_pairs :many
-- doc: Who gives tasks back in favour of whom, asked for from `since` and before `until`.
-- param: since i64
-- param: until i64
-- column: from_department str
-- column: to_department str?
-- column: asked u64
-- column: accepted u64
-- column: refused u64
-- column: undecided u64
SELECT department AS from_department, COALESCE(redispatched_to, propose) AS to_department,
	COUNT(*) AS asked, CAST(SUM(decision = 1) AS UNSIGNED) AS accepted,
	CAST(SUM(decision = 2) AS UNSIGNED) AS refused,
	CAST(SUM(decision = 0) AS UNSIGNED) AS undecided
FROM tasks_return FORCE INDEX (tasks_return_pair)
WHERE asked_at >= :since AND asked_at < :until
GROUP BY from_department, to_department
ORDER BY asked DESC, from_department, to_department;

-- name: tasks_assist_notes :many
-- doc: What assists reported and what their lead logged about them, oldest first.
-- param: appeal_id u64
-- param: reported u32
-- param: delayed u32
-- column: task_id u64
-- column: kind u32
-- column: at i64
-- column: text str?
-- column: next_on str?
-- column: note str?
SELECT task_id, kind, at, JSON_VALUE(data, '$.text') AS text,
	JSON_VALUE(data, '$.next_on') AS next_on, JSON_VALUE(data, '$.note') AS note
FROM history_event
WHERE appeal_id = :appeal_id AND kind IN (:reported, :delayed)
ORDER BY seq;
