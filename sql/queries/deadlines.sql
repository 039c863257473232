-- Deadlines: what falls due next, per task and limit; the changes that due times follow from;
-- and the checks that they do.

-- name: deadlines_insert :write
-- doc: A limit of a new task. calendar_version: in the row of the limit for the work, else 0.
-- param: task_id u64
-- param: limit_kind u32
-- param: appeal_id u64
-- param: stage u32
-- param: next_at i64
-- param: due i64
-- param: calendar_version u64
INSERT INTO deadlines_deadline (
	task_id, limit_kind, appeal_id, stage, next_at, due, calendar_version
) VALUES (
	:task_id, :limit_kind, :appeal_id, :stage, :next_at, :due, :calendar_version
);

-- name: deadlines_stop :exec
-- doc: The limit is kept or no longer runs: nothing more will happen.
-- param: task_id u64
-- param: limit_kind u32
UPDATE deadlines_deadline SET next_at = 0
WHERE task_id = :task_id AND limit_kind = :limit_kind;

-- name: deadlines_stop_all :exec
-- doc: The task has ended: none of its limits runs any more, its due times stay as they are.
-- param: task_id u64
UPDATE deadlines_deadline SET next_at = 0, calendar_version = 0 WHERE task_id = :task_id;

-- name: deadlines_move :write
-- doc: A stage has happened; fails when another server was first, or moved the due time.
-- param: task_id u64
-- param: limit_kind u32
-- param: was u32
-- param: due i64
-- param: stage u32
-- param: next_at i64
UPDATE deadlines_deadline SET stage = :stage, next_at = :next_at
WHERE task_id = :task_id AND limit_kind = :limit_kind AND stage = :was AND due = :due;

-- name: deadlines_restart :write
-- doc: The limit has another due time; fails when a stage happened meanwhile.
-- param: task_id u64
-- param: limit_kind u32
-- param: was u32
-- param: stage u32
-- param: next_at i64
-- param: due i64
UPDATE deadlines_deadline SET stage = :stage, next_at = :next_at, due = :due
WHERE task_id = :task_id AND limit_kind = :limit_kind AND stage = :was;

-- name: deadlines_follow :write
-- doc: The limit for the work follows a later calendar from now on; fails when a step moved or
-- doc: stopped it meanwhile.
-- param: task_id u64
-- param: limit_kind u32
-- param: was u32
-- param: due_was i64
-- param: next_was i64
-- param: stage u32
-- param: next_at i64
-- param: due i64
-- param: calendar_was u64
-- param: calendar_version u64
UPDATE deadlines_deadline SET stage = :stage, next_at = :next_at, due = :due,
	calendar_version = :calendar_version
WHERE task_id = :task_id AND limit_kind = :limit_kind AND stage = :was
	AND calendar_version = :calendar_was AND due = :due_was AND next_at = :next_was;

-- name: deadlines_open_again :exec
-- doc: The task runs again; whatever calendar came meanwhile is later than the first.
-- param: task_id u64
-- param: limit_kind u32
UPDATE deadlines_deadline SET calendar_version = 1
WHERE task_id = :task_id AND limit_kind = :limit_kind;

-- name: deadlines_yellow_one :one
-- doc: The yellow cards of a department in a month.
-- param: department str
-- param: month u32
-- column: first_at i64
-- column: red_at i64
SELECT first_at, red_at FROM deadlines_yellow
WHERE department = :department AND month = :month;

-- name: deadlines_yellow_first :exec
-- doc: The first yellow card of a department in a month; no row when another server was first.
-- param: department str
-- param: month u32
-- param: at i64
INSERT IGNORE INTO deadlines_yellow (department, month, first_at, red_at)
VALUES (:department, :month, :at, 0);

-- name: deadlines_yellow_red :write
-- doc: The second has brought its red card; fails when another server was first.
-- param: department str
-- param: month u32
-- param: red_at i64
UPDATE deadlines_yellow SET red_at = :red_at
WHERE department = :department AND month = :month AND red_at = 0;

-- name: deadlines_due :many
-- doc: What is due by now, oldest first.
-- param: now_at i64
-- param: n u32
-- column: task_id u64
-- column: limit_kind u32
-- column: stage u32
-- column: next_at i64
-- column: due i64
SELECT task_id, limit_kind, stage, next_at, due FROM deadlines_deadline
WHERE next_at > 0 AND next_at <= :now_at
ORDER BY next_at, task_id, limit_kind
LIMIT :n;

-- name: deadlines_next :one
-- doc: The earliest moment at which something is due; no row when nothing is.
-- column: next_at i64
SELECT next_at FROM deadlines_deadline WHERE next_at > 0 ORDER BY next_at LIMIT 1;

-- name: deadlines_one :one
-- doc: One limit of a task.
-- param: task_id u64
-- param: limit_kind u32
-- column: stage u32
-- column: next_at i64
-- column: due i64
SELECT stage, next_at, due FROM deadlines_deadline
WHERE task_id = :task_id AND limit_kind = :limit_kind;

-- name: deadlines_change_insert :write
-- doc: A change of a due time.
-- param: task_id u64
-- param: n u32
-- param: kind u32
-- param: at i64
-- param: amount u32
-- param: from_at i64
-- param: to_at i64
-- param: calendar_version u64
-- param: due_before i64
-- param: due_after i64
INSERT INTO deadlines_change (
	task_id, n, kind, at, amount, from_at, to_at, calendar_version, due_before, due_after
) VALUES (
	:task_id, :n, :kind, :at, :amount, :from_at, :to_at, :calendar_version, :due_before,
	:due_after
);

-- name: deadlines_changes :many
-- doc: The changes of the due times of some tasks, given as a JSON list of ids, in order.
-- param: ids str
-- column: task_id u64
-- column: n u32
-- column: kind u32
-- column: at i64
-- column: amount u32
-- column: from_at i64
-- column: to_at i64
-- column: calendar_version u64
-- column: due_before i64
-- column: due_after i64
SELECT c.task_id, c.n, c.kind, c.at, c.amount, c.from_at, c.to_at, c.calendar_version,
	c.due_before, c.due_after
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN deadlines_change c FORCE INDEX (PRIMARY) ON c.task_id = wanted.id
ORDER BY c.task_id, c.n;

-- name: deadlines_change_last :one
-- doc: The number of a task's last change.
-- param: task_id u64
-- column: n u32
SELECT n FROM deadlines_change WHERE task_id = :task_id ORDER BY n DESC LIMIT 1;

-- name: deadlines_open :many
-- doc: Open tasks that follow a calendar older than one, behind a key.
-- param: before_version u64
-- param: after_version u64
-- param: after_task u64
-- param: n u32
-- column: task_id u64
-- column: appeal_id u64
-- column: department str
-- column: role u32
-- column: limit_class u32
-- column: state u32
-- column: dispatched_at i64
-- column: signed_at i64
-- column: contacted_at i64
-- column: sign_due i64
-- column: contact_due i64
-- column: due i64
-- column: original_due i64
-- column: dispatch_calendar u64
-- column: limits_version u64
-- column: calendar_version u64
-- column: done_stage u32
-- column: done_next_at i64
-- column: done_due i64
-- column: sign_stage u32
-- column: sign_next_at i64
-- column: contact_stage u32
-- column: contact_next_at i64
SELECT t.id AS task_id, t.appeal_id, t.department, t.role, t.limit_class, t.state,
	t.dispatched_at, t.signed_at, t.contacted_at, t.sign_due, t.contact_due, t.due,
	t.original_due, t.calendar_version AS dispatch_calendar, t.limits_version,
	COALESCE(d.calendar_version, 0) AS calendar_version,
	COALESCE(d.stage, 4) AS done_stage, COALESCE(d.next_at, 0) AS done_next_at,
	COALESCE(d.due, 0) AS done_due,
	COALESCE(s.stage, 4) AS sign_stage, COALESCE(s.next_at, 0) AS sign_next_at,
	COALESCE(c.stage, 4) AS contact_stage, COALESCE(c.next_at, 0) AS contact_next_at
FROM deadlines_deadline d FORCE INDEX (deadlines_open)
STRAIGHT_JOIN tasks_task t FORCE INDEX (PRIMARY) ON t.id = d.task_id
LEFT JOIN deadlines_deadline s ON s.task_id = d.task_id AND s.limit_kind = 0
LEFT JOIN deadlines_deadline c ON c.task_id = d.task_id AND c.limit_kind = 1
WHERE d.calendar_version > 0 AND d.calendar_version < :before_version
	AND (d.calendar_version > :after_version
		OR (d.calendar_version = :after_version AND d.task_id > :after_task))
ORDER BY d.calendar_version, d.task_id
LIMIT :n;

-- name: deadlines_open_first :one
-- doc: The calendar that the open tasks furthest behind follow; no row when none is open.
-- column: calendar_version u64
SELECT calendar_version FROM deadlines_deadline WHERE calendar_version > 0
ORDER BY calendar_version LIMIT 1;

-- name: deadlines_check_last :one
-- doc: The check of the newest night.
-- column: night_at i64
-- column: started_at i64
-- column: ended_at i64
-- column: after_version u64
-- column: after_task u64
-- column: compared u64
-- column: mismatches u64
SELECT night_at, started_at, ended_at, after_version, after_task, compared, mismatches
FROM deadlines_check ORDER BY night_at DESC LIMIT 1;

-- name: deadlines_check_insert :write
-- doc: The check of a night begins.
-- param: night_at i64
-- param: started_at i64
INSERT INTO deadlines_check (
	night_at, started_at, ended_at, after_version, after_task, compared, mismatches
) VALUES (
	:night_at, :started_at, 0, 0, 0, 0, 0
);

-- name: deadlines_check_move :write
-- doc: A part of the night's check is done; fails when another server did it.
-- param: night_at i64
-- param: was_version u64
-- param: was_task u64
-- param: after_version u64
-- param: after_task u64
-- param: compared u64
-- param: mismatches u64
-- param: ended_at i64
UPDATE deadlines_check SET after_version = :after_version, after_task = :after_task,
	compared = :compared, mismatches = :mismatches, ended_at = :ended_at
WHERE night_at = :night_at AND after_version = :was_version AND after_task = :was_task
	AND ended_at = 0;

-- name: deadlines_alarm_set :exec
-- doc: A task whose due times are not what follows from its rows; the first night stays.
-- param: task_id u64
-- param: at i64
-- param: seen_at i64
-- param: due i64
-- param: due_by_rows i64
-- param: original_due i64
-- param: original_due_by_rows i64
INSERT INTO deadlines_alarm (
	task_id, since, seen_at, ended_at, due, due_by_rows, original_due, original_due_by_rows
) VALUES (
	:task_id, :at, :seen_at, 0, :due, :due_by_rows, :original_due, :original_due_by_rows
) ON DUPLICATE KEY UPDATE since = IF(ended_at > 0, :at, since), seen_at = :seen_at, ended_at = 0,
	due = :due, due_by_rows = :due_by_rows, original_due = :original_due,
	original_due_by_rows = :original_due_by_rows;

-- name: deadlines_alarm_end :exec
-- doc: The task's due times are again what follows from its rows.
-- param: task_id u64
-- param: at i64
UPDATE deadlines_alarm SET ended_at = :at WHERE task_id = :task_id AND ended_at = 0;

-- name: deadlines_alarmed :many
-- doc: Tasks of alarms that last and were not seen since a moment: they are open no more.
-- param: before_seen i64
-- param: n u32
-- column: task_id u64
-- column: appeal_id u64
-- column: department str
-- column: role u32
-- column: limit_class u32
-- column: state u32
-- column: dispatched_at i64
-- column: signed_at i64
-- column: contacted_at i64
-- column: sign_due i64
-- column: contact_due i64
-- column: due i64
-- column: original_due i64
-- column: dispatch_calendar u64
-- column: limits_version u64
-- column: calendar_version u64
-- column: done_stage u32
-- column: done_next_at i64
-- column: done_due i64
-- column: sign_stage u32
-- column: sign_next_at i64
-- column: contact_stage u32
-- column: contact_next_at i64
SELECT t.id AS task_id, t.appeal_id, t.department, t.role, t.limit_class, t.state,
	t.dispatched_at, t.signed_at, t.contacted_at, t.sign_due, t.contact_due, t.due,
	t.original_due, t.calendar_version AS dispatch_calendar, t.limits_version,
	COALESCE(d.calendar_version, 0) AS calendar_version,
	COALESCE(d.stage, 4) AS done_stage, COALESCE(d.next_at, 0) AS done_next_at,
	COALESCE(d.due, 0) AS done_due,
	COALESCE(s.stage, 4) AS sign_stage, COALESCE(s.next_at, 0) AS sign_next_at,
	COALESCE(c.stage, 4) AS contact_stage, COALESCE(c.next_at, 0) AS contact_next_at
FROM deadlines_alarm a FORCE INDEX (deadlines_alarm_open)
STRAIGHT_JOIN tasks_task t FORCE INDEX (PRIMARY) ON t.id = a.task_id
LEFT JOIN deadlines_deadline d ON d.task_id = a.task_id AND d.limit_kind = 5
LEFT JOIN deadlines_deadline s ON s.task_id = a.task_id AND s.limit_kind = 0
LEFT JOIN deadlines_deadline c ON c.task_id = a.task_id AND c.limit_kind = 1
WHERE a.ended_at = 0 AND a.seen_at < :before_seen
ORDER BY a.since, a.task_id
LIMIT :n;

-- name: deadlines_alarms :many
-- doc: Alarms that last, the newest first, behind a key.
-- param: before_at i64
-- param: before_task u64
-- param: n u32
-- column: task_id u64
-- column: since i64
-- column: seen_at i64
-- column: due i64
-- column: due_by_rows i64
-- column: original_due i64
-- column: original_due_by_rows i64
-- column: department str
SELECT a.task_id, a.since, a.seen_at, a.due, a.due_by_rows, a.original_due,
	a.original_due_by_rows, t.department
FROM deadlines_alarm a FORCE INDEX (deadlines_alarm_open)
STRAIGHT_JOIN tasks_task t FORCE INDEX (PRIMARY) ON t.id = a.task_id
WHERE a.ended_at = 0
	AND (a.since < :before_at OR (a.since = :before_at AND a.task_id < :before_task))
ORDER BY a.since DESC, a.task_id DESC
LIMIT :n;
