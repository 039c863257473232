-- Calls that a PBX tells of, who sits where, and what a caller called about before.

-- name: calls_by_tag :one
-- doc: The call of the PBX's name for it, locked: events of one call come at once.
-- param: tag bytes
-- column: id u64
-- column: direction u32
-- column: state u32
-- column: number_sealed bytes?
-- column: number_index bytes?
-- column: queue str?
-- column: heard_at i64
-- column: announced_at i64
-- column: answered_at i64
-- column: ended_at i64
-- column: is_forwarded bool
-- column: answered_by_kind u32
-- column: answered_by u64
-- column: answered_login str?
-- column: answered_name str?
-- column: appeal_id u64
-- column: rings_at u64
SELECT id, direction, state, number_sealed, number_index, queue, heard_at, announced_at,
	answered_at, ended_at, is_forwarded, answered_by_kind, answered_by, answered_login,
	answered_name, appeal_id, rings_at
FROM calls_call WHERE tag = :tag FOR UPDATE;

-- name: calls_insert :exec
-- doc: A call that is heard of first; nothing when another event of it was quicker.
-- param: id u64
-- param: tag bytes
-- param: direction u32
-- param: heard_at i64
INSERT IGNORE INTO calls_call (
	id, tag, direction, state, number_sealed, number_index, queue, heard_at, announced_at,
	answered_at, ended_at, is_forwarded, answered_by_kind, answered_by, answered_login,
	answered_name, appeal_id, rings_at
) VALUES (
	:id, :tag, :direction, 1, NULL, NULL, NULL, :heard_at, 0, 0, 0, 0, 0, 0, NULL, NULL, 0, 0
);

-- name: calls_update :exec
-- doc: What is known of it now.
-- param: id u64
-- param: direction u32
-- param: state u32
-- param: number_sealed bytes?
-- param: number_index bytes?
-- param: queue str?
-- param: announced_at i64
-- param: answered_at i64
-- param: ended_at i64
-- param: is_forwarded bool
-- param: answered_by_kind u32
-- param: answered_by u64
-- param: answered_login str?
-- param: answered_name str?
-- param: rings_at u64
UPDATE calls_call SET direction = :direction, state = :state, number_sealed = :number_sealed,
	number_index = :number_index, queue = :queue, announced_at = :announced_at,
	answered_at = :answered_at, ended_at = :ended_at, is_forwarded = :is_forwarded,
	answered_by_kind = :answered_by_kind, answered_by = :answered_by,
	answered_login = :answered_login, answered_name = :answered_name, rings_at = :rings_at
WHERE id = :id;

-- name: calls_lock :one
-- doc: One call, locked.
-- param: id u64
-- column: id u64
-- column: direction u32
-- column: state u32
-- column: number_sealed bytes?
-- column: number_index bytes?
-- column: queue str?
-- column: heard_at i64
-- column: announced_at i64
-- column: answered_at i64
-- column: ended_at i64
-- column: is_forwarded bool
-- column: answered_by_kind u32
-- column: answered_by u64
-- column: answered_login str?
-- column: answered_name str?
-- column: appeal_id u64
-- column: rings_at u64
SELECT id, direction, state, number_sealed, number_index, queue, heard_at, announced_at,
	answered_at, ended_at, is_forwarded, answered_by_kind, answered_by, answered_login,
	answered_name, appeal_id, rings_at
FROM calls_call WHERE id = :id FOR UPDATE;

-- name: calls_show :one
-- doc: One call, with how many appeals its number has, and how many of them are open.
-- param: id u64
-- column: id u64
-- column: direction u32
-- column: state u32
-- column: number_sealed bytes?
-- column: number_index bytes?
-- column: queue str?
-- column: heard_at i64
-- column: announced_at i64
-- column: answered_at i64
-- column: ended_at i64
-- column: answered_by_kind u32
-- column: answered_by u64
-- column: answered_login str?
-- column: answered_name str?
-- column: appeal_id u64
-- column: rings_at u64
-- column: appeals u64
-- column: open_appeals u64
SELECT k.id, k.direction, k.state, k.number_sealed, k.number_index, k.queue, k.heard_at,
	k.announced_at, k.answered_at, k.ended_at, k.answered_by_kind, k.answered_by,
	k.answered_login, k.answered_name, k.appeal_id, k.rings_at,
	(SELECT COUNT(*) FROM callers_caller c FORCE INDEX (callers_phone)
		WHERE c.phone_index = k.number_index) AS appeals,
	(SELECT COUNT(*) FROM callers_caller o FORCE INDEX (callers_phone)
		STRAIGHT_JOIN history_appeal h FORCE INDEX (PRIMARY) ON h.appeal_id = o.appeal_id
		WHERE o.phone_index = k.number_index AND h.state IN (1, 2)) AS open_appeals
FROM calls_call k WHERE k.id = :id;

-- name: calls_page :many
-- doc: Calls in one state below an id, the newest first; of missed ones those nobody registered.
-- param: state u32
-- param: below u64
-- param: n u32
-- column: id u64
-- column: direction u32
-- column: state u32
-- column: number_sealed bytes?
-- column: number_index bytes?
-- column: queue str?
-- column: heard_at i64
-- column: announced_at i64
-- column: answered_at i64
-- column: ended_at i64
-- column: answered_by_kind u32
-- column: answered_by u64
-- column: answered_login str?
-- column: answered_name str?
-- column: appeal_id u64
-- column: rings_at u64
-- column: appeals u64
-- column: open_appeals u64
SELECT k.id, k.direction, k.state, k.number_sealed, k.number_index, k.queue, k.heard_at,
	k.announced_at, k.answered_at, k.ended_at, k.answered_by_kind, k.answered_by,
	k.answered_login, k.answered_name, k.appeal_id, k.rings_at,
	(SELECT COUNT(*) FROM callers_caller c FORCE INDEX (callers_phone)
		WHERE c.phone_index = k.number_index) AS appeals,
	(SELECT COUNT(*) FROM callers_caller o FORCE INDEX (callers_phone)
		STRAIGHT_JOIN history_appeal h FORCE INDEX (PRIMARY) ON h.appeal_id = o.appeal_id
		WHERE o.phone_index = k.number_index AND h.state IN (1, 2)) AS open_appeals
FROM calls_call k FORCE INDEX (calls_state)
WHERE k.state = :state AND k.id < :below AND (:state < 4 OR k.appeal_id = 0)
ORDER BY k.id DESC LIMIT :n;

-- name: calls_registered :exec
-- doc: An appeal was registered with it.
-- param: id u64
-- param: appeal_id u64
UPDATE calls_call SET appeal_id = :appeal_id WHERE id = :id;

-- name: calls_part :exec
-- doc: No appeal was registered with it after all.
-- param: appeal_id u64
UPDATE calls_call FORCE INDEX (calls_appeal) SET appeal_id = 0 WHERE appeal_id = :appeal_id;

-- name: calls_forget_phone :exec
-- doc: The number of a person goes.
-- param: number_index bytes
UPDATE calls_call FORCE INDEX (calls_number) SET number_sealed = NULL, number_index = NULL
WHERE number_index = :number_index;

-- name: calls_forget_appeal :exec
-- doc: The number behind the calls of an appeal goes.
-- param: appeal_id u64
UPDATE calls_call FORCE INDEX (calls_appeal) SET number_sealed = NULL, number_index = NULL
WHERE appeal_id = :appeal_id;

-- name: calls_of_phone :many
-- doc: The calls of a number, the newest first.
-- param: number_index bytes
-- param: n u32
-- column: direction u32
-- column: heard_at i64
-- column: answered_at i64
-- column: ended_at i64
-- column: appeal_id u64
SELECT direction, heard_at, answered_at, ended_at, appeal_id
FROM calls_call FORCE INDEX (calls_number)
WHERE number_index = :number_index ORDER BY id DESC LIMIT :n;

-- name: calls_stale :many
-- doc: Calls in a state that were heard of before a moment.
-- param: state u32
-- param: before i64
-- param: n u32
-- column: id u64
SELECT id FROM calls_call FORCE INDEX (calls_state)
WHERE state = :state AND heard_at < :before ORDER BY id LIMIT :n;

-- name: calls_oldest :one
-- doc: When the first call in a state was heard of; no row when there is none.
-- param: state u32
-- column: heard_at i64
SELECT heard_at FROM calls_call FORCE INDEX (calls_state)
WHERE state = :state ORDER BY id LIMIT 1;

-- name: calls_delete_old :exec
-- doc: Calls of which nothing is kept any longer.
-- param: before i64
-- param: n u32
DELETE FROM calls_call WHERE heard_at < :before ORDER BY heard_at LIMIT :n;

-- name: calls_first_heard :one
-- doc: The oldest call that is kept; no row when there is none.
-- column: heard_at i64
SELECT heard_at FROM calls_call FORCE INDEX (calls_heard) ORDER BY heard_at LIMIT 1;

-- name: calls_seat_take :exec
-- doc: Nobody else sits there any more.
-- param: account_id u64
-- param: phone str
DELETE FROM calls_seat WHERE phone = :phone AND account_id <> :account_id;

-- name: calls_seat_put :exec
-- doc: Where a person sits from now on; who sat down there at the same moment sits there no more.
-- param: account_id u64
-- param: phone str
-- param: since i64
INSERT INTO calls_seat (account_id, phone, since) VALUES (:account_id, :phone, :since)
ON DUPLICATE KEY UPDATE account_id = VALUES(account_id), phone = VALUES(phone),
	since = VALUES(since);

-- name: calls_seat_leave :exec
-- doc: A person sits nowhere.
-- param: account_id u64
DELETE FROM calls_seat WHERE account_id = :account_id;

-- name: calls_seat_of :one
-- doc: Where a person sits.
-- param: account_id u64
-- param: since i64
-- column: phone str
SELECT phone FROM calls_seat WHERE account_id = :account_id AND since >= :since;

-- name: calls_seat_at :one
-- doc: Who sits at a telephone.
-- param: phone str
-- param: since i64
-- column: account_id u64
SELECT account_id FROM calls_seat WHERE phone = :phone AND since >= :since;

-- name: calls_counts :one
-- doc: How many appeals a phone has, how many are open, and the newest.
-- param: phone_index bytes
-- column: appeals u64
-- column: open_appeals u64
-- column: newest u64
SELECT COUNT(*) AS appeals, CAST(COALESCE(SUM(h.state IN (1, 2)), 0) AS UNSIGNED) AS open_appeals,
	COALESCE(MAX(c.appeal_id), 0) AS newest
FROM callers_caller c FORCE INDEX (callers_phone)
STRAIGHT_JOIN history_appeal h FORCE INDEX (PRIMARY) ON h.appeal_id = c.appeal_id
WHERE c.phone_index = :phone_index;

-- name: calls_history :many
-- doc: Appeals of a phone, open ones first, then the newest.
-- param: phone_index bytes
-- param: n u32
-- column: id u64
SELECT c.appeal_id AS id
FROM callers_caller c FORCE INDEX (callers_phone)
STRAIGHT_JOIN history_appeal h FORCE INDEX (PRIMARY) ON h.appeal_id = c.appeal_id
WHERE c.phone_index = :phone_index
ORDER BY h.state IN (1, 2) DESC, c.appeal_id DESC LIMIT :n;

-- name: calls_levels :many
-- doc: Levels of the visits that were answered, of a JSON array of appeals, the last one last.
-- param: ids str
-- column: appeal_id u64
-- column: result u32
SELECT t.appeal_id, v.result
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN tasks_task t FORCE INDEX (tasks_appeal) ON t.appeal_id = wanted.id
STRAIGHT_JOIN visits_visit v FORCE INDEX (PRIMARY) ON v.task_id = t.id
WHERE v.result > 0
ORDER BY v.task_id, v.n;
