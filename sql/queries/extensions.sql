-- Extensions: requests and decisions.

-- name: extensions_insert :write
-- doc: A request, undecided.
-- param: task_id u64
-- param: n u32
-- param: amount u32
-- param: is_in_hours bool
-- param: reason str
-- param: plan str?
-- param: asked_at i64
-- param: asked_by_kind u32
-- param: asked_by u64
-- param: asked_by_name str
-- param: due_before i64
INSERT INTO extensions_extension (
	task_id, n, amount, is_in_hours, reason, plan, asked_at, asked_by_kind, asked_by,
	asked_by_name, decision, decided_at, decided_by_kind, decided_by, decided_by_name,
	decided_reason, due_before, due_after
) VALUES (
	:task_id, :n, :amount, :is_in_hours, :reason, :plan, :asked_at, :asked_by_kind, :asked_by,
	:asked_by_name, 0, 0, 0, 0, '', NULL, :due_before, 0
);

-- name: extensions_last :one
-- doc: The newest request of a task.
-- param: task_id u64
-- column: n u32
-- column: amount u32
SELECT n, amount FROM extensions_extension WHERE task_id = :task_id ORDER BY n DESC LIMIT 1;

-- name: extensions_decide :write
-- doc: The decision of a request; fails when somebody decided meanwhile.
-- param: task_id u64
-- param: n u32
-- param: decision u32
-- param: decided_at i64
-- param: decided_by_kind u32
-- param: decided_by u64
-- param: decided_by_name str
-- param: decided_reason str?
-- param: due_before i64
-- param: due_after i64
UPDATE extensions_extension SET decision = :decision, decided_at = :decided_at,
	decided_by_kind = :decided_by_kind, decided_by = :decided_by,
	decided_by_name = :decided_by_name, decided_reason = :decided_reason,
	due_before = :due_before, due_after = :due_after
WHERE task_id = :task_id AND n = :n AND decision = 0;

-- name: extensions_list :many
-- doc: The requests of a task, oldest first, behind a number.
-- param: task_id u64
-- param: after_n u32
-- param: limit u32
-- column: n u32
-- column: amount u32
-- column: is_in_hours bool
-- column: reason str
-- column: plan str?
-- column: asked_at i64
-- column: asked_by_name str
-- column: decision u32
-- column: decided_at i64
-- column: decided_by_name str
-- column: decided_reason str?
-- column: due_before i64
-- column: due_after i64
SELECT n, amount, is_in_hours, reason, plan, asked_at, asked_by_name, decision, decided_at,
	decided_by_name, decided_reason, due_before, due_after
FROM extensions_extension WHERE task_id = :task_id AND n > :after_n ORDER BY n LIMIT :limit;

-- name: extensions_asked :many
-- doc: Requests that can still be decided, the longest waiting first, behind a key.
-- param: archived u32
-- param: returned u32
-- param: withdrawn u32
-- param: after_at i64
-- param: after_task u64
-- param: limit u32
-- column: task_id u64
-- column: n u32
-- column: amount u32
-- column: is_in_hours bool
-- column: reason str
-- column: plan str?
-- column: asked_at i64
-- column: asked_by_name str
SELECT e.task_id, e.n, e.amount, e.is_in_hours, e.reason, e.plan, e.asked_at, e.asked_by_name
FROM extensions_extension e JOIN tasks_task t ON t.id = e.task_id
WHERE e.decision = 0 AND t.extension_asked_at = e.asked_at
	AND t.state NOT IN (:archived, :returned, :withdrawn)
	AND (e.asked_at > :after_at OR (e.asked_at = :after_at AND e.task_id > :after_task))
ORDER BY e.asked_at, e.task_id
LIMIT :limit;
