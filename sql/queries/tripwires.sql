-- Fraud tripwires: what is still to be looked at, and what was found.

-- name: tripwires_wait :exec
-- doc: Something happened to a task that makes it worth another look.
-- param: task_id u64
-- param: since_at i64
INSERT INTO accountability_waiting (task_id, since_at) VALUES (:task_id, :since_at)
ON DUPLICATE KEY UPDATE since_at = VALUES(since_at);

-- name: tripwires_wait_new :write
-- doc: The same for a task that was told as a history just now.
-- param: task_id u64
-- param: since_at i64
INSERT INTO accountability_waiting (
	task_id, since_at
) VALUES (
	:task_id, :since_at
);

-- name: tripwires_next :one
-- doc: Since when the oldest waits; no row when none does.
-- column: since_at i64
SELECT since_at FROM accountability_waiting ORDER BY since_at, task_id LIMIT 1;

-- name: tripwires_waiting :many
-- doc: Tasks that wait since before a moment, oldest first.
-- param: before_at i64
-- param: n u32
-- column: task_id u64
-- column: since_at i64
-- column: department str
-- column: content_class u32
-- column: limit_class u32
-- column: is_visitable bool
-- column: dispatched_at i64
-- column: due i64
-- column: closed_at i64
-- column: category str?
SELECT w.task_id, w.since_at, t.department, t.content_class, t.limit_class, t.is_visitable,
	t.dispatched_at, t.due, t.closed_at, i.category
FROM accountability_waiting w
STRAIGHT_JOIN tasks_task t ON t.id = w.task_id
STRAIGHT_JOIN intake_appeal i ON i.id = t.appeal_id
WHERE w.since_at < :before_at
ORDER BY w.since_at, w.task_id LIMIT :n;

-- name: tripwires_looked :write
-- doc: Looked at; fails when something happened meanwhile.
-- param: task_id u64
-- param: since_at i64
DELETE FROM accountability_waiting WHERE task_id = :task_id AND since_at = :since_at;

-- name: tripwires_steps :many
-- doc: What the rules read of a task's history.
-- param: appeal_id u64
-- param: task_id u64
-- column: seq u64
-- column: kind u32
-- column: at i64
-- column: outcome str?
-- column: result str?
-- column: reply str?
-- column: contacted str?
-- column: truthful str?
-- column: solved str?
SELECT seq, kind, at, JSON_VALUE(data, '$.outcome') AS outcome,
	JSON_VALUE(data, '$.result') AS result, JSON_VALUE(data, '$.reply') AS reply,
	JSON_VALUE(data, '$.contacted') AS contacted,
	JSON_VALUE(data, '$.truthful') AS truthful, JSON_VALUE(data, '$.solved') AS solved
FROM history_event
WHERE appeal_id = :appeal_id AND task_id = :task_id AND kind IN (2, 3, 4, 5, 6, 7, 8, 9, 29)
ORDER BY seq;

-- name: tripwires_reply_add :exec
-- doc: A reply of a department, kept once for its task.
-- param: department str
-- param: digest bytes
-- param: task_id u64
-- param: seq u64
-- param: at i64
-- param: category str?
INSERT IGNORE INTO accountability_reply (department, digest, task_id, seq, at, category)
VALUES (:department, :digest, :task_id, :seq, :at, :category);

-- name: tripwires_reply_other :one
-- doc: The same reply to another matter, nearest in time before or after.
-- param: department str
-- param: digest bytes
-- param: task_id u64
-- param: category str
-- param: from_at i64
-- param: until_at i64
-- column: task_id u64
-- column: seq u64
-- column: at i64
SELECT task_id, seq, at FROM accountability_reply
WHERE department = :department AND digest = :digest AND task_id DIV 100 <> :task_id DIV 100
	AND at >= :from_at AND at <= :until_at AND COALESCE(category, '') <> :category
ORDER BY at, task_id LIMIT 1;

-- name: tripwires_burst :one
-- doc: How many tasks of a department were submitted in a span, each in the last hour of
-- doc: its limit.
-- param: department str
-- param: from_at i64
-- param: until_at i64
-- param: hour i64
-- column: n u64
SELECT COUNT(*) AS n FROM tasks_task
WHERE closed_at > :from_at AND closed_at <= :until_at AND department = :department
	AND closed_at <= due AND due - closed_at < :hour;

-- name: tripwires_shared :one
-- doc: How many appeals with tasks of a department, rated well, came from the number of one.
-- param: appeal_id u64
-- param: department str
-- param: from_at i64
-- param: until_at i64
-- column: n u64
SELECT COUNT(DISTINCT t.appeal_id) AS n
FROM callers_caller c
STRAIGHT_JOIN callers_caller o ON o.phone_index = c.phone_index
STRAIGHT_JOIN tasks_task t ON t.appeal_id = o.appeal_id
WHERE c.appeal_id = :appeal_id AND t.department = :department AND t.outcome = 1
	AND t.closed_at >= :from_at AND t.closed_at <= :until_at;

-- name: tripwires_add :exec
-- doc: A finding, once for a task and kind; 0 where it is known.
-- param: id u64
-- param: kind u32
-- param: task_id u64
-- param: department str
-- param: found_at i64
-- param: said_task u64
-- param: said_seq u64
-- param: against_task u64
-- param: against_seq u64
-- param: count u64
INSERT IGNORE INTO accountability_finding (
	id, kind, task_id, department, found_at, said_task, said_seq, against_task, against_seq,
	count, state, item_id, decided_at
) VALUES (
	:id, :kind, :task_id, :department, :found_at, :said_task, :said_seq, :against_task,
	:against_seq, :count, 1, 0, 0
);

-- name: tripwires_page :many
-- doc: Findings in a state, oldest first, behind an id.
-- param: state u32
-- param: after u64
-- param: n u32
-- column: id u64
-- column: kind u32
-- column: task_id u64
-- column: department str
-- column: found_at i64
-- column: said_task u64
-- column: said_seq u64
-- column: against_task u64
-- column: against_seq u64
-- column: count u64
-- column: state u32
-- column: item_id u64
-- column: reason str?
-- column: decided_at i64
-- column: decided_by str?
SELECT id, kind, task_id, department, found_at, said_task, said_seq, against_task, against_seq,
	count, state, item_id, reason, decided_at, decided_by
FROM accountability_finding WHERE state = :state AND id > :after ORDER BY id LIMIT :n;

-- name: tripwires_read :one
-- doc: One finding.
-- param: id u64
-- column: id u64
-- column: kind u32
-- column: task_id u64
-- column: department str
-- column: found_at i64
-- column: said_task u64
-- column: said_seq u64
-- column: against_task u64
-- column: against_seq u64
-- column: count u64
-- column: state u32
-- column: item_id u64
-- column: reason str?
-- column: decided_at i64
-- column: decided_by str?
SELECT id, kind, task_id, department, found_at, said_task, said_seq, against_task, against_seq,
	count, state, item_id, reason, decided_at, decided_by
FROM accountability_finding WHERE id = :id;

-- name: tripwires_decide :write
-- doc: What a supervisor made of a finding; once.
-- param: id u64
-- param: state u32
-- param: item_id u64
-- param: reason str?
-- param: decided_at i64
-- param: decided_by str
UPDATE accountability_finding SET state = :state, item_id = :item_id, reason = :reason,
	decided_at = :decided_at, decided_by = :decided_by
WHERE id = :id AND state = 1;
