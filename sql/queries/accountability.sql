-- Accountability items, who is in charge of a department, and warnings nobody acted on.

-- name: accountability_insert :write
-- doc: A clue; its first act.
-- param: id u64
-- param: department str
-- param: source u32
-- param: task_id u64
-- param: event_seq u64
-- param: finding_id u64
-- param: title str
-- param: raised_at i64
-- param: raised_by_kind u32
-- param: raised_by u64
-- param: leader str?
INSERT INTO accountability_item (
	id, department, state, acts, source, task_id, event_seq, finding_id, title, raised_at,
	raised_by_kind, raised_by, leader, statement_until, decision_version, decided_at,
	published_at, takedown_at
) VALUES (
	:id, :department, 1, 1, :source, :task_id, :event_seq, :finding_id, :title, :raised_at,
	:raised_by_kind, :raised_by, :leader, 0, 0, 0, 0, 0
);

-- name: accountability_read :one
-- doc: One item.
-- param: id u64
-- column: id u64
-- column: department str
-- column: state u32
-- column: acts u64
-- column: source u32
-- column: task_id u64
-- column: event_seq u64
-- column: finding_id u64
-- column: title str
-- column: raised_at i64
-- column: raised_by_kind u32
-- column: raised_by u64
-- column: leader str?
-- column: statement_until i64
-- column: decision str?
-- column: decision_version u64
-- column: decided_at i64
-- column: published str?
-- column: published_at i64
-- column: takedown_at i64
SELECT id, department, state, acts, source, task_id, event_seq, finding_id, title, raised_at,
	raised_by_kind, raised_by, leader, statement_until, decision, decision_version,
	decided_at, published, published_at, takedown_at
FROM accountability_item WHERE id = :id;

-- name: accountability_move :write
-- doc: The next act of an item; fails when somebody else was first.
-- param: id u64
-- param: was u64
-- param: state u32
-- param: acts u64
-- param: statement_until i64
-- param: decision str?
-- param: decision_version u64
-- param: decided_at i64
-- param: published str?
-- param: published_at i64
-- param: takedown_at i64
UPDATE accountability_item SET state = :state, acts = :acts,
	statement_until = :statement_until, decision = :decision,
	decision_version = :decision_version, decided_at = :decided_at,
	published = :published, published_at = :published_at, takedown_at = :takedown_at
WHERE id = :id AND acts = :was;

-- name: accountability_page :many
-- doc: Items behind an id, oldest first: of one department, or of all.
-- param: department str
-- param: after u64
-- param: n u32
-- column: id u64
-- column: department str
-- column: state u32
-- column: source u32
-- column: title str
-- column: raised_at i64
-- column: leader str?
-- column: statement_until i64
-- column: decision str?
-- column: decided_at i64
-- column: takedown_at i64
SELECT id, department, state, source, title, raised_at, leader, statement_until, decision,
	decided_at, takedown_at
FROM accountability_item
WHERE id > :after AND (:department = '' OR department = :department)
ORDER BY id LIMIT :n;

-- name: accountability_page_published :many
-- doc: What is published now, behind a key.
-- param: now_at i64
-- param: after_at i64
-- param: after u64
-- param: n u32
-- column: id u64
-- column: department str
-- column: decision str?
-- column: decided_at i64
-- column: published str?
-- column: published_at i64
-- column: takedown_at i64
SELECT id, department, decision, decided_at, published, published_at, takedown_at
FROM accountability_item
WHERE state = 5 AND takedown_at > :now_at
	AND (takedown_at > :after_at OR (takedown_at = :after_at AND id > :after))
ORDER BY takedown_at, id LIMIT :n;

-- name: accountability_takedown :many
-- doc: What is to be taken down by now, oldest first.
-- param: now_at i64
-- param: n u32
-- column: id u64
SELECT id FROM accountability_item
WHERE state = 5 AND takedown_at <= :now_at ORDER BY takedown_at, id LIMIT :n;

-- name: accountability_takedown_first :one
-- doc: The earliest takedown; no row when nothing is published.
-- column: takedown_at i64
SELECT takedown_at FROM accountability_item WHERE state = 5 ORDER BY takedown_at, id LIMIT 1;

-- name: accountability_events :many
-- doc: All that happened to a task, for its evidence pack.
-- param: appeal_id u64
-- param: task_id u64
-- column: seq u64
-- column: kind u32
-- column: at i64
-- column: recorded_at i64
-- column: by_name str
-- column: data str
SELECT e.seq, e.kind, e.at, e.recorded_at, e.by_name,
	IF(e.kind = 1 AND c.erased_at > 0, JSON_REMOVE(e.data, '$.title'), e.data) AS data
FROM history_event e
LEFT JOIN callers_caller c ON c.appeal_id = e.appeal_id
WHERE e.appeal_id = :appeal_id AND (e.task_id = :task_id OR e.seq = 1) ORDER BY e.seq;

-- name: accountability_event :one
-- doc: One event.
-- param: appeal_id u64
-- param: seq u64
-- column: kind u32
-- column: at i64
-- column: task_id u64
-- column: by_name str
-- column: data str
SELECT kind, at, task_id, by_name, data FROM history_event
WHERE appeal_id = :appeal_id AND seq = :seq;

-- name: accountability_leader_insert :write
-- doc: Somebody is in charge of a department from now on.
-- param: id u64
-- param: department str
-- param: name str
-- param: account str?
-- param: valid_from i64
-- param: valid_until i64
INSERT INTO accountability_leader (
	id, department, name, account, valid_from, valid_until
) VALUES (
	:id, :department, :name, :account, :valid_from, :valid_until
);

-- name: accountability_leader_overlap :one
-- doc: Somebody who is in charge of the department in part of this span.
-- param: department str
-- param: valid_from i64
-- param: valid_until i64
-- column: id u64
SELECT id FROM accountability_leader
WHERE department = :department AND valid_from < :valid_until AND valid_until > :valid_from
ORDER BY valid_from, id LIMIT 1;

-- name: accountability_leader_at :one
-- doc: Who was in charge of a department at a moment.
-- param: department str
-- param: at i64
-- column: name str
SELECT name FROM accountability_leader
WHERE department = :department AND valid_from <= :at AND valid_until > :at
ORDER BY valid_from, id LIMIT 1;

-- name: accountability_leader_page :many
-- doc: Leaders behind an id; how many of the warnings, overdue marks and cards of tasks that
-- doc: are still open came in the leader's time without any step of the department after them.
-- param: department str
-- param: after u64
-- param: n u32
-- column: id u64
-- column: department str
-- column: name str
-- column: account str?
-- column: valid_from i64
-- column: valid_until i64
-- column: unacted u64
SELECT l.id, l.department, l.name, l.account, l.valid_from, l.valid_until, (
	SELECT COUNT(*) FROM tasks_task t
	JOIN history_event e ON e.appeal_id = t.appeal_id AND e.task_id = t.id
	WHERE t.department = l.department AND t.state IN (1, 2, 3, 4, 5, 6)
		AND e.kind IN (11, 12, 13) AND e.at >= l.valid_from AND e.at < l.valid_until
		AND NOT EXISTS (SELECT 1 FROM history_event w
			WHERE w.appeal_id = e.appeal_id AND w.seq > e.seq AND w.task_id = t.id
			AND w.kind IN (3, 4, 5, 6, 15, 20, 31))) AS unacted
FROM accountability_leader l
WHERE l.id > :after AND (:department = '' OR l.department = :department)
ORDER BY l.id LIMIT :n;

-- name: accountability_unacted :many
-- doc: These warnings of one leader, behind a key.
-- param: id u64
-- param: after_task u64
-- param: after_seq u64
-- param: n u32
-- column: task_id u64
-- column: seq u64
-- column: kind u32
-- column: at i64
-- column: data str
SELECT t.id AS task_id, e.seq, e.kind, e.at, e.data
FROM accountability_leader l
JOIN tasks_task t ON t.department = l.department AND t.state IN (1, 2, 3, 4, 5, 6)
JOIN history_event e ON e.appeal_id = t.appeal_id AND e.task_id = t.id
WHERE l.id = :id AND e.kind IN (11, 12, 13)
	AND e.at >= l.valid_from AND e.at < l.valid_until
	AND (t.id > :after_task OR (t.id = :after_task AND e.seq > :after_seq))
	AND NOT EXISTS (SELECT 1 FROM history_event w
		WHERE w.appeal_id = e.appeal_id AND w.seq > e.seq AND w.task_id = t.id
		AND w.kind IN (3, 4, 5, 6, 15, 20, 31))
ORDER BY t.id, e.seq LIMIT :n;

-- name: accountability_leader_read :one
-- doc: Of which department a leader is in charge.
-- param: id u64
-- column: department str
SELECT department FROM accountability_leader WHERE id = :id;

-- name: accountability_evidence_add :exec
-- doc: A task stands in the evidence pack of the item.
-- param: item_id u64
-- param: task_id u64
INSERT IGNORE INTO accountability_evidence (item_id, task_id) VALUES (:item_id, :task_id);

-- name: accountability_evidence_has :one
-- doc: Whether a task stands in the evidence pack of the item.
-- param: item_id u64
-- param: task_id u64
-- column: task_id u64
SELECT task_id FROM accountability_evidence WHERE item_id = :item_id AND task_id = :task_id;

-- name: accountability_evidence_tasks :many
-- doc: The tasks of the item's evidence pack.
-- param: item_id u64
-- column: task_id u64
SELECT task_id FROM accountability_evidence WHERE item_id = :item_id ORDER BY task_id;

-- name: accountability_fraud_add :exec
-- doc: Fraud is proven of a task; no row when it was before.
-- param: task_id u64
-- param: item_id u64
-- param: department str
-- param: proven_at i64
INSERT IGNORE INTO accountability_fraud (task_id, item_id, department, proven_at)
VALUES (:task_id, :item_id, :department, :proven_at);

-- name: accountability_fraud_of :one
-- doc: Whether fraud is proven of a task.
-- param: task_id u64
-- column: item_id u64
SELECT item_id FROM accountability_fraud WHERE task_id = :task_id;
