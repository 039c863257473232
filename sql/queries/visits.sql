-- Return visits: what was heard, who is to be called next, and the questions by SMS.

-- name: visits_insert :write
-- doc: An attempt or an answer; caller_appeal 0 is the task's own caller.
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
-- param: caller_appeal u64
-- param: is_after_contact bool
INSERT INTO visits_visit (
	task_id, n, at, round, channel, is_reached, contacted, solved, result, attitude,
	truthful, reason, note, by_kind, by_id, caller_appeal, is_after_contact
) VALUES (
	:task_id, :n, :at, :round, :channel, :is_reached, :contacted, :solved, :result,
	:attitude, :truthful, :reason, :note, :by_kind, :by_id, :caller_appeal,
	:is_after_contact
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
-- column: caller_appeal u64
-- column: is_after_contact bool
SELECT n, at, round, channel, is_reached, contacted, solved, result, attitude, truthful,
	reason, note, caller_appeal, is_after_contact
FROM visits_visit WHERE task_id = :task_id ORDER BY n;

-- name: visits_attempts :many
-- doc: The latest calls to one caller about a task from a moment on, oldest first.
-- param: task_id u64
-- param: caller_appeal u64
-- param: since i64
-- param: n u32
-- column: at i64
-- column: is_reached bool
SELECT latest.at, latest.is_reached
FROM (SELECT n, at, is_reached FROM visits_visit
	WHERE task_id = :task_id AND caller_appeal = :caller_appeal AND at >= :since
	ORDER BY n DESC
	LIMIT :n) latest
ORDER BY latest.n;

-- name: visits_contact_before :one
-- doc: When the department last got in touch with the caller of a task; 0 for never.
-- param: appeal_id u64
-- param: task_id u64
-- param: kind u32
-- column: at i64
SELECT COALESCE(MAX(at), 0) AS at FROM history_event
WHERE appeal_id = :appeal_id AND task_id = :task_id AND kind = :kind;

-- name: visits_is_merged :one
-- doc: A row where the appeal is merged into the parent.
-- param: child_id u64
-- param: parent_id u64
-- column: child_id u64
SELECT appeal_id AS child_id FROM history_appeal
WHERE appeal_id = :child_id AND merged_into = :parent_id;

-- ---- the queue ----

-- name: visits_due_insert :write
-- doc: A caller to be called.
-- param: id u64
-- param: task_id u64
-- param: caller_appeal u64
-- param: round u32
-- param: cause u32
-- param: state u32
-- param: next u32
-- param: since i64
-- param: not_before i64
INSERT INTO visits_due (
	id, task_id, caller_appeal, round, cause, state, next, attempts, since, not_before,
	ended_at, ended_by
) VALUES (
	:id, :task_id, :caller_appeal, :round, :cause, :state, :next, 0, :since, :not_before,
	0, 0
);

-- name: visits_due_open :one
-- doc: The open row of a task and caller: at most one is open at a time.
-- param: task_id u64
-- param: caller_appeal u64
-- column: id u64
-- column: cause u32
-- column: state u32
-- column: since i64
-- column: not_before i64
SELECT id, cause, state, since, not_before FROM visits_due
WHERE task_id = :task_id AND caller_appeal = :caller_appeal AND state <= 2
ORDER BY id DESC
LIMIT 1;

-- name: visits_due_ended_by :one
-- doc: The latest row of the task's own caller that an event of this kind dropped.
-- param: task_id u64
-- param: ended_by u32
-- column: id u64
-- column: cause u32
-- column: state u32
-- column: since i64
SELECT id, cause, state, since FROM visits_due
WHERE task_id = :task_id AND caller_appeal = 0 AND state = 5 AND ended_by = :ended_by
ORDER BY id DESC
LIMIT 1;

-- name: visits_due_arose :one
-- doc: A row of a task for an occasion, open or not.
-- param: task_id u64
-- param: cause u32
-- column: id u64
SELECT id FROM visits_due WHERE task_id = :task_id AND cause = :cause LIMIT 1;

-- name: visits_due_move :write
-- doc: How the row stands after an attempt, an answer or the end of a question.
-- param: id u64
-- param: was u32
-- param: state u32
-- param: next u32
-- param: attempts u32
-- param: not_before i64
-- param: ended_at i64
-- param: ended_by u32
UPDATE visits_due SET state = :state, next = :next, attempts = :attempts,
	not_before = :not_before, ended_at = :ended_at, ended_by = :ended_by
WHERE id = :id AND state = :was;

-- name: visits_due_drop :exec
-- doc: Open rows of a task end without a visit; cause 0 means each.
-- param: task_id u64
-- param: cause u32
-- param: ended_at i64
-- param: ended_by u32
UPDATE visits_due SET state = 5, ended_at = :ended_at, ended_by = :ended_by
WHERE task_id = :task_id AND state <= 2 AND (:cause = 0 OR cause = :cause);

-- name: visits_due_drop_caller :exec
-- doc: Open rows of a merged caller end without a visit.
-- param: caller_appeal u64
-- param: ended_at i64
-- param: ended_by u32
UPDATE visits_due SET state = 5, ended_at = :ended_at, ended_by = :ended_by
WHERE caller_appeal = :caller_appeal AND state <= 2;

-- name: visits_children :many
-- doc: The appeals merged into one whose callers are asked: not anonymous, with a number, not
-- doc: against it, and of a content class that is asked about.
-- param: parent_id u64
-- param: suggestion u32
-- param: praise u32
-- column: id u64
SELECT a.id
FROM merges_merge m
STRAIGHT_JOIN history_appeal h FORCE INDEX (PRIMARY) ON h.appeal_id = m.child_id
STRAIGHT_JOIN intake_appeal a FORCE INDEX (PRIMARY) ON a.id = m.child_id
WHERE m.parent_id = :parent_id AND h.merged_into = :parent_id AND a.has_phone
	AND a.is_visit_wanted AND NOT a.is_anonymous
	AND a.content_class NOT IN (:suggestion, :praise)
ORDER BY a.id;

-- name: visits_done_leads :one
-- doc: The lead of an appeal that is closed or visited.
-- param: first_id u64
-- param: last_id u64
-- param: role u32
-- param: closed u32
-- param: visited u32
-- column: id u64
-- column: round u32
SELECT id, round FROM tasks_task
WHERE id BETWEEN :first_id AND :last_id AND role = :role
	AND state IN (:closed, :visited)
ORDER BY id DESC
LIMIT 1;

-- name: visits_page :many
-- doc: Rows of one or two states (0 for none) behind a key, what may be done first on top. Each
-- doc: half is read in order of the index.
-- param: state u32
-- param: other_state u32
-- param: after_not_before i64
-- param: after_id u64
-- param: n u32
-- column: id u64
-- column: task_id u64
-- column: caller_appeal u64
-- column: cause u32
-- column: state u32
-- column: next u32
-- column: attempts u32
-- column: since i64
-- column: not_before i64
-- column: ended_at i64
(SELECT id, task_id, caller_appeal, cause, state, next, attempts, since, not_before, ended_at
FROM visits_due
WHERE state = :state AND (not_before > :after_not_before
	OR (not_before = :after_not_before AND id > :after_id))
ORDER BY not_before, id
LIMIT :n)
UNION ALL
(SELECT id, task_id, caller_appeal, cause, state, next, attempts, since, not_before, ended_at
FROM visits_due
WHERE state = :other_state AND (not_before > :after_not_before
	OR (not_before = :after_not_before AND id > :after_id))
ORDER BY not_before, id
LIMIT :n)
ORDER BY not_before, id
LIMIT :n;

-- ---- questions by SMS ----

-- name: visits_question_insert :write
-- doc: A question to go out.
-- param: task_id u64
-- param: caller_appeal u64
-- param: asked_at i64
-- param: open_until i64
-- param: state u32
-- param: code_sealed bytes
-- param: code_tag bytes
INSERT INTO visits_question (
	task_id, caller_appeal, asked_at, open_until, state, code_sealed, code_tag
) VALUES (
	:task_id, :caller_appeal, :asked_at, :open_until, :state, :code_sealed, :code_tag
);

-- name: visits_question_end_all :exec
-- doc: The questions about a task whose rows do not wait for an answer any more are over.
-- param: task_id u64
UPDATE visits_question q SET q.state = 2
WHERE q.task_id = :task_id AND q.state = 1 AND NOT EXISTS (SELECT 1 FROM visits_due d
	WHERE d.task_id = q.task_id AND d.caller_appeal = q.caller_appeal AND d.state = 2);

-- name: visits_question_end_caller :exec
-- doc: The questions to a merged caller are over.
-- param: caller_appeal u64
UPDATE visits_due d FORCE INDEX (visits_due_caller)
STRAIGHT_JOIN visits_question q FORCE INDEX (PRIMARY)
	ON q.task_id = d.task_id AND q.caller_appeal = d.caller_appeal
SET q.state = 2
WHERE d.caller_appeal = :caller_appeal AND q.state = 1;

-- name: visits_expired :many
-- doc: Questions that could be answered until a moment at most and were not, oldest first.
-- param: until i64
-- param: n u32
-- column: id u64
-- column: task_id u64
-- column: caller_appeal u64
-- column: cause u32
-- column: not_before i64
SELECT id, task_id, caller_appeal, cause, not_before FROM visits_due
WHERE state = 2 AND not_before <= :until
ORDER BY not_before, id
LIMIT :n;

-- name: visits_expired_attempts :one
-- doc: How often the caller of one of them was called; no row when it is over.
-- param: id u64
-- column: attempts u32
SELECT attempts FROM visits_due WHERE id = :id AND state = 2;

-- name: visits_expires_next :one
-- doc: When the earliest question runs out; no row when none is open.
-- column: not_before i64
SELECT not_before FROM visits_due WHERE state = 2 ORDER BY not_before LIMIT 1;

-- name: visits_submitted :many
-- doc: Leads in a state whose limit ended, whose callers are asked and were not put on the list
-- doc: for it yet.
-- param: state u32
-- param: lead u32
-- param: due_before i64
-- param: suggestion u32
-- param: praise u32
-- param: cause u32
-- param: n u32
-- column: id u64
SELECT t.id FROM tasks_task t FORCE INDEX (tasks_state)
WHERE t.state = :state AND t.due < :due_before AND t.closed_at = 0 AND t.role = :lead
	AND t.is_visitable = 1 AND t.content_class NOT IN (:suggestion, :praise)
	AND NOT EXISTS (SELECT 1 FROM visits_due d
		WHERE d.task_id = t.id AND d.cause = :cause)
ORDER BY t.due, t.id
LIMIT :n;

-- name: visits_submitted_due :one
-- doc: The earliest due from a moment on of what is in a state.
-- param: state u32
-- param: due_from i64
-- column: due i64
SELECT due FROM tasks_task FORCE INDEX (tasks_state)
WHERE state = :state AND due >= :due_from
ORDER BY due
LIMIT 1;

-- name: visits_awaited :many
-- doc: The row in which the caller of an appeal is waited for, or else the last one there was. First
-- doc: for the appeal's own tasks, then as a merged one.
-- param: first_id u64
-- param: last_id u64
-- param: appeal_id u64
-- column: task_id u64
-- column: caller_appeal u64
-- column: state u32
(SELECT task_id, caller_appeal, state FROM visits_due FORCE INDEX (visits_due_task)
WHERE task_id BETWEEN :first_id AND :last_id AND caller_appeal = 0
ORDER BY state > 2, id DESC LIMIT 1)
UNION ALL
(SELECT task_id, caller_appeal, state FROM visits_due FORCE INDEX (visits_due_caller)
WHERE caller_appeal = :appeal_id AND :appeal_id > 0 ORDER BY state > 2, id DESC LIMIT 1);
