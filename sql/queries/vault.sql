-- The end of what is known of callers: retention, holds, erasure; and the export to a person.

-- name: vault_retirement_set :exec
-- doc: When the identity behind an appeal is retired.
-- param: appeal_id u64
-- param: retire_at i64
-- param: retention_version u64
INSERT INTO vault_retirement (appeal_id, retire_at, retention_version)
VALUES (:appeal_id, :retire_at, :retention_version)
ON DUPLICATE KEY UPDATE retire_at = VALUES(retire_at), retention_version = VALUES(retention_version);

-- name: vault_retirement_drop :exec
-- doc: The appeal goes on, or there is nothing left to retire.
-- param: appeal_id u64
DELETE FROM vault_retirement WHERE appeal_id = :appeal_id;

-- name: vault_retirement_put_off :exec
-- doc: Not before a moment; no row when it is later anyway, or none is set.
-- param: appeal_id u64
-- param: until_at i64
UPDATE vault_retirement SET retire_at = :until_at
WHERE appeal_id = :appeal_id AND retire_at < :until_at;

-- name: vault_retirement_resume :exec
-- doc: A hold that had put it off has ended before its time.
-- param: appeal_id u64
-- param: held_until i64
-- param: at i64
UPDATE vault_retirement SET retire_at = :at
WHERE appeal_id = :appeal_id AND retire_at = :held_until;

-- name: vault_due :many
-- doc: Appeals whose identity is to be retired, and the end of a hold of theirs.
-- param: now_at i64
-- param: n u32
-- column: appeal_id u64
-- column: retire_at i64
-- column: held_until i64
SELECT r.appeal_id, r.retire_at, COALESCE(h.until_at, 0) AS held_until
FROM vault_retirement r
LEFT JOIN vault_hold h ON h.appeal_id = r.appeal_id
WHERE r.retire_at <= :now_at
ORDER BY r.retire_at, r.appeal_id
LIMIT :n;

-- name: vault_due_of :one
-- doc: The same of one appeal; no row when it is not due.
-- param: appeal_id u64
-- param: now_at i64
-- column: held_until i64
SELECT COALESCE(h.until_at, 0) AS held_until
FROM vault_retirement r
LEFT JOIN vault_hold h ON h.appeal_id = r.appeal_id
WHERE r.appeal_id = :appeal_id AND r.retire_at <= :now_at;

-- name: vault_next :one
-- doc: The earliest of these moments; no row when there is none.
-- column: retire_at i64
SELECT retire_at FROM vault_retirement ORDER BY retire_at LIMIT 1;

-- name: vault_children :many
-- doc: The appeals that were merged into one.
-- param: parent_id u64
-- column: child_id u64
SELECT child_id FROM merges_merge WHERE parent_id = :parent_id ORDER BY child_id;

-- name: vault_text :one
-- doc: What was typed of an appeal.
-- param: appeal_id u64
-- column: title str
-- column: text str
SELECT title, text FROM intake_appeal WHERE id = :appeal_id;

-- name: vault_row_forget :exec
-- doc: What was registered keeps no digest over the identity, the street of an address, and a
-- doc: position to about a kilometre.
-- param: appeal_id u64
-- param: street str?
UPDATE intake_appeal SET content_digest = 0x00000000000000000000000000000000,
	address = COALESCE(:street, address),
	latitude = latitude DIV 10000 * 10000, longitude = longitude DIV 10000 * 10000
WHERE id = :appeal_id;

-- name: vault_text_redact :exec
-- doc: The same without the person.
-- param: appeal_id u64
-- param: title str
-- param: text str
UPDATE intake_appeal SET title = :title, text = :text WHERE id = :appeal_id;

-- name: vault_counts :one
-- doc: How many identities there are, were retired, were erased, wait, and are held.
-- param: now_at i64
-- column: kept u64
-- column: retired u64
-- column: erased u64
-- column: waiting u64
-- column: held u64
SELECT
	(SELECT COUNT(*) FROM callers_caller WHERE key_id < 4294967295) AS kept,
	(SELECT COUNT(*) FROM callers_caller WHERE key_id = 4294967295 AND erased_for = 2) AS retired,
	(SELECT COUNT(*) FROM callers_caller WHERE key_id = 4294967295 AND erased_for = 1) AS erased,
	(SELECT COUNT(*) FROM vault_retirement) AS waiting,
	(SELECT COUNT(*) FROM vault_hold WHERE until_at > :now_at) AS held;

-- name: vault_hold_set :exec
-- doc: Nothing of this appeal's identity is erased before a moment.
-- param: appeal_id u64
-- param: until_at i64
-- param: reason str
-- param: at i64
-- param: by_kind u32
-- param: by_id u64
INSERT INTO vault_hold (appeal_id, until_at, reason, at, by_kind, by_id)
VALUES (:appeal_id, :until_at, :reason, :at, :by_kind, :by_id)
ON DUPLICATE KEY UPDATE until_at = VALUES(until_at), reason = VALUES(reason), at = VALUES(at),
	by_kind = VALUES(by_kind), by_id = VALUES(by_id);

-- name: vault_hold_read :one
-- doc: The hold of an appeal.
-- param: appeal_id u64
-- column: until_at i64
SELECT until_at FROM vault_hold WHERE appeal_id = :appeal_id;

-- name: vault_holds_page :many
-- doc: Holds that are not over, by appeal, behind an id.
-- param: now_at i64
-- param: after u64
-- param: n u32
-- column: appeal_id u64
-- column: until_at i64
-- column: reason str
-- column: at i64
SELECT appeal_id, until_at, reason, at FROM vault_hold
WHERE appeal_id > :after AND until_at > :now_at
ORDER BY appeal_id
LIMIT :n;

-- name: vault_erasure_add :write
-- doc: A request.
-- param: id u64
-- param: reason str
-- param: phone_index bytes?
-- param: appeals str
-- param: asked_at i64
-- param: asked_by_kind u32
-- param: asked_by u64
INSERT INTO vault_erasure (
	id, state, reason, phone_index, appeals, erased, asked_at, asked_by_kind, asked_by,
	decided_at, decided_by_kind, decided_by
) VALUES (
	:id, 1, :reason, :phone_index, :appeals, 0, :asked_at, :asked_by_kind, :asked_by, 0, 0, 0
);

-- name: vault_erasure_read :one
-- doc: A request.
-- param: id u64
-- column: id u64
-- column: state u32
-- column: reason str
-- column: phone_index bytes?
-- column: appeals str
-- column: erased u32
-- column: asked_at i64
-- column: asked_by_kind u32
-- column: asked_by u64
-- column: decided_at i64
-- column: answer str?
SELECT id, state, reason, phone_index, appeals, erased, asked_at, asked_by_kind, asked_by,
	decided_at, answer
FROM vault_erasure WHERE id = :id;

-- name: vault_erasures_page :many
-- doc: Requests, newest first, below an id.
-- param: below u64
-- param: n u32
-- column: id u64
SELECT id FROM vault_erasure WHERE id < :below ORDER BY id DESC LIMIT :n;

-- name: vault_erasure_decide :write
-- doc: The decision; nothing by which the person could be found stays.
-- param: id u64
-- param: state u32
-- param: appeals str
-- param: erased u32
-- param: decided_at i64
-- param: decided_by_kind u32
-- param: decided_by u64
-- param: answer str?
UPDATE vault_erasure SET state = :state, phone_index = NULL, appeals = :appeals, erased = :erased,
	decided_at = :decided_at, decided_by_kind = :decided_by_kind, decided_by = :decided_by,
	answer = :answer
WHERE id = :id AND state = 1;

-- name: vault_ids :many
-- doc: The numbers of a JSON array.
-- param: ids str
-- column: id u64
SELECT COALESCE(id, 0) AS id
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted ORDER BY id;

-- name: vault_reveals :many
-- doc: What was shown of an appeal's caller, oldest first: the event that records it, and of whoever
-- doc: looked what the act of that moment says.
-- param: appeal_id u64
-- param: kind u32
-- column: at i64
-- column: by_role u32
-- column: by_unit str?
-- column: data str
SELECT e.at, COALESCE(MAX(a.by_role), 0) AS by_role, MAX(a.by_unit) AS by_unit, e.data
FROM history_event e
LEFT JOIN audit_act a ON a.subject = e.appeal_id AND a.at = e.at AND a.kind IN (18, 19)
	AND a.by_kind = e.by_kind AND a.by_id = e.by_id
WHERE e.appeal_id = :appeal_id AND e.kind = :kind
GROUP BY e.seq, e.at, e.data
ORDER BY e.seq;
