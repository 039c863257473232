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
	closed_at, sign_due, contact_due, due, original_due, redo_due, is_contacted, result, reply,
	legal_basis, advice, calendar_version, catalogue_version, limits_version,
	grounds_version, checklist_version, outcome, return_standing
) VALUES (
	:id, :appeal_id, :department, :role, :limit_class, :state, :round, :version, :channel,
	:content_class, :is_visitable, :dispatched_at, :signed_at, :contacted_at, :submitted_at,
	:closed_at, :sign_due, :contact_due, :due, :original_due, :redo_due, :is_contacted,
	:result, :reply, :legal_basis, :advice, :calendar_version, :catalogue_version,
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

-- name: tasks_open_count :one
-- doc: Whether the appeal has a task of this department already.
-- param: appeal_id u64
-- param: department str
-- column: n u64
SELECT COUNT(*) AS n FROM tasks_task
WHERE appeal_id = :appeal_id AND department = :department;
