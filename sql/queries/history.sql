-- Events and the heads that follow from them.

-- name: history_add :write
-- doc: One event.
-- param: appeal_id u64
-- param: seq u64
-- param: kind u32
-- param: at i64
-- param: recorded_at i64
-- param: by_kind u32
-- param: by_id u64
-- param: by_name str
-- param: task_id u64
-- param: data str
-- param: digest bytes
INSERT INTO history_event (
	appeal_id, seq, kind, at, recorded_at, by_kind, by_id, by_name, task_id, data, digest
) VALUES (
	:appeal_id, :seq, :kind, :at, :recorded_at, :by_kind, :by_id, :by_name, :task_id, :data,
	:digest
);

-- name: history_head_add :write
-- doc: The head of a new appeal, after its first events.
-- param: appeal_id u64
-- param: version u64
-- param: state u32
INSERT INTO history_appeal (
	appeal_id, version, state
) VALUES (
	:appeal_id, :version, :state
);

-- name: history_head_move :write
-- doc: The next event of an appeal: nobody else may have written one since it was read.
-- param: appeal_id u64
-- param: was u64
-- param: version u64
-- param: state u32
-- param: merged_into u64
-- param: is_transferring bool
UPDATE history_appeal SET version = :version, state = :state, merged_into = :merged_into,
	is_transferring = :is_transferring
WHERE appeal_id = :appeal_id AND version = :was;

-- name: history_page :many
-- doc: Events of an appeal, oldest first, behind a number, but for the kinds `hidden` (bits). When
-- doc: departments are named, with commas between: the receipt, their own tasks', and of the kinds
-- doc: `shared` those of all tasks if one of them leads. Receipts once held the title: it is left
-- doc: out where the identity was erased.
-- param: appeal_id u64
-- param: departments str
-- param: shared u64
-- param: hidden u64
-- param: after_seq u64
-- param: n u32
-- column: seq u64
-- column: kind u32
-- column: at i64
-- column: recorded_at i64
-- column: by_kind u32
-- column: by_name str
-- column: task_id u64
-- column: data str
SELECT e.seq, e.kind, e.at, e.recorded_at, e.by_kind, e.by_name, e.task_id,
	IF(e.kind = 1 AND c.erased_at > 0, JSON_REMOVE(e.data, '$.title'), e.data) AS data
FROM history_event e
LEFT JOIN callers_caller c ON c.appeal_id = e.appeal_id
WHERE e.appeal_id = :appeal_id AND e.seq > :after_seq
	AND (:hidden >> e.kind) & 1 = 0
	AND (:departments = '' OR e.kind = 1 OR EXISTS (SELECT 1 FROM tasks_task t
			WHERE t.id = e.task_id AND FIND_IN_SET(t.department, :departments))
		OR ((:shared >> e.kind) & 1 = 1 AND EXISTS (SELECT 1 FROM tasks_task l
			WHERE l.appeal_id = :appeal_id AND l.role = 1
			AND FIND_IN_SET(l.department, :departments)
			AND (l.left_at = 0 OR e.recorded_at <= l.left_at))))
ORDER BY e.seq
LIMIT :n;
