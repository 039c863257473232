-- The ledger: what waits for a position, the entries, the tree over them, what was signed.

-- name: ledger_wait :write
-- doc: Something done that is to get its position: see ledger_waiting.
-- param: kind u32
-- param: subject u64
-- param: number u64
-- param: events u32
-- param: at i64
-- param: seals bytes
INSERT INTO ledger_waiting (kind, subject, number, events, at, seals)
VALUES (:kind, :subject, :number, :events, :at, :seals);

-- name: ledger_content_add :write
-- doc: One part of a content.
-- param: kind u32
-- param: subject u64
-- param: number u64
-- param: part u32
-- param: bytes bytes
INSERT INTO ledger_content (kind, subject, number, part, bytes)
VALUES (:kind, :subject, :number, :part, :bytes);

-- name: ledger_content_part :one
-- doc: One part of a content, from 0 on.
-- param: kind u32
-- param: subject u64
-- param: number u64
-- param: part u32
-- column: bytes bytes
SELECT bytes FROM ledger_content
WHERE kind = :kind AND subject = :subject AND number = :number AND part = :part;

-- name: ledger_is_waiting :one
-- doc: Whether anything has no position yet.
-- column: kind u32
SELECT kind FROM ledger_waiting LIMIT 1;

-- name: ledger_waiting_contents :many
-- doc: Contents without a position.
-- param: n u32
-- column: kind u32
-- column: subject u64
-- column: number u64
-- column: at i64
-- column: seals bytes
SELECT kind, subject, number, at, seals FROM ledger_waiting
WHERE kind > 1
ORDER BY kind, subject, number
LIMIT :n;

-- name: ledger_waiting_events :many
-- doc: Events without a position, each appeal's in order.
-- param: n u32
-- column: subject u64
-- column: number u64
-- column: events u32
-- column: seals bytes
SELECT subject, number, events, seals FROM ledger_waiting
WHERE kind = 1
ORDER BY subject, number
LIMIT :n;

-- name: ledger_wait_no_more :exec
-- doc: They get their positions in this transaction: a JSON list of [kind, subject, number].
-- param: rows str
DELETE w FROM JSON_TABLE(:rows, '$[*]' COLUMNS (
	kind TINYINT UNSIGNED PATH '$[0]',
	subject BIGINT UNSIGNED PATH '$[1]',
	number BIGINT UNSIGNED PATH '$[2]')) taken
STRAIGHT_JOIN ledger_waiting w FORCE INDEX (PRIMARY)
	ON w.kind = taken.kind AND w.subject = taken.subject AND w.number = taken.number;

-- name: ledger_events_of :many
-- doc: What is entered of the events of an appeal behind a seq, up to another.
-- param: appeal_id u64
-- param: behind u64
-- param: last u64
-- column: seq u64
-- column: recorded_at i64
-- column: digest bytes
SELECT seq, recorded_at, digest FROM history_event
WHERE appeal_id = :appeal_id AND seq > :behind AND seq <= :last
ORDER BY seq;

-- name: ledger_size :one
-- doc: How many positions are given.
-- column: size u64
SELECT position + 1 AS size FROM ledger_entry ORDER BY position DESC LIMIT 1;

-- name: ledger_enter :write
-- doc: The next entry.
-- param: position u64
-- param: kind u32
-- param: subject u64
-- param: number u64
-- param: at i64
-- param: digest bytes
-- param: leaf bytes
INSERT INTO ledger_entry (position, kind, subject, number, at, digest, leaf)
VALUES (:position, :kind, :subject, :number, :at, :digest, :leaf);

-- name: ledger_leaves :many
-- doc: Leaves from one position on, up to another.
-- param: first u64
-- param: behind u64
-- column: place u64
-- column: hash bytes
SELECT position AS place, leaf AS hash FROM ledger_entry
WHERE position >= :first AND position < :behind
ORDER BY position;

-- name: ledger_node_add :write
-- doc: The root of a subtree that has become full.
-- param: level u32
-- param: place u64
-- param: hash bytes
INSERT INTO ledger_node (level, place, hash) VALUES (:level, :place, :hash);

-- name: ledger_nodes :many
-- doc: Nodes of one level from one place on, up to another.
-- param: level u32
-- param: first u64
-- param: behind u64
-- column: place u64
-- column: hash bytes
SELECT place, hash FROM ledger_node
WHERE level = :level AND place >= :first AND place < :behind
ORDER BY place;

-- name: ledger_entry_at :one
-- doc: The entry at a position.
-- param: position u64
-- column: kind u32
-- column: subject u64
-- column: number u64
-- column: at i64
-- column: digest bytes
-- column: leaf bytes
SELECT kind, subject, number, at, digest, leaf FROM ledger_entry WHERE position = :position;

-- name: ledger_position :one
-- doc: Where something has been entered.
-- param: kind u32
-- param: subject u64
-- param: number u64
-- column: position u64
SELECT position FROM ledger_entry
WHERE kind = :kind AND subject = :subject AND number = :number;

-- name: ledger_digest :one
-- doc: The digest under which something was entered, or waits for its position.
-- param: kind u32
-- param: subject u64
-- param: number u64
-- column: digest bytes
SELECT digest FROM ledger_entry
WHERE kind = :kind AND subject = :subject AND number = :number
UNION ALL
SELECT seals FROM ledger_waiting
WHERE kind = :kind AND subject = :subject AND number = :number
LIMIT 1;

-- name: ledger_standing :one
-- doc: How many entries may be signed, and whose signatures are kept.
-- column: ready_size u64
-- column: vkey str
SELECT ready_size, vkey FROM ledger_standing WHERE id = 1;

-- name: ledger_ready :exec
-- doc: So many entries are in a transaction before this one.
-- param: size u64
UPDATE ledger_standing SET ready_size = :size WHERE id = 1;

-- name: ledger_vkey_set :exec
-- doc: Whose signatures are kept.
-- param: vkey str
UPDATE ledger_standing SET vkey = :vkey WHERE id = 1;

-- name: ledger_checkpoint_add :write
-- doc: A checkpoint that was signed.
-- param: size u64
-- param: root bytes
-- param: at i64
-- param: note str
INSERT INTO ledger_checkpoint (size, root, signed_at, confirmed_at, note)
VALUES (:size, :root, :at, :at, :note);

-- name: ledger_checkpoint_confirm :exec
-- doc: The signer signed the same again.
-- param: size u64
-- param: at i64
UPDATE ledger_standing SET confirmed_size = :size, confirmed_at = :at WHERE id = 1;

-- name: ledger_checkpoint_newest :one
-- doc: The newest checkpoint.
-- column: size u64
-- column: root bytes
-- column: signed_at i64
-- column: confirmed_at i64
-- column: note str
SELECT p.size, p.root, p.signed_at,
	IF(s.confirmed_size = p.size, s.confirmed_at, p.confirmed_at) AS confirmed_at, p.note
FROM ledger_checkpoint p STRAIGHT_JOIN ledger_standing s ON s.id = 1
ORDER BY p.size DESC LIMIT 1;

-- name: ledger_checkpoint_of :one
-- doc: The checkpoint of a size.
-- param: size u64
-- column: root bytes
-- column: note str
SELECT root, note FROM ledger_checkpoint WHERE size = :size;

-- name: ledger_checkpoints :many
-- doc: Checkpoints below a size, newest first, with the witnesses' lines.
-- param: below u64
-- param: n u32
-- column: size u64
-- column: signed_at i64
-- column: note str
-- column: lines str
SELECT p.size, p.signed_at, p.note, COALESCE((SELECT GROUP_CONCAT(c.line ORDER BY c.key_id
		SEPARATOR '') FROM ledger_cosignature c WHERE c.size = p.size), '') AS `lines`
FROM ledger_checkpoint p
WHERE p.size < :below
ORDER BY p.size DESC
LIMIT :n;

-- name: ledger_cosignatures :many
-- doc: The witnesses' lines below a checkpoint.
-- param: size u64
-- column: line str
SELECT line FROM ledger_cosignature WHERE size = :size ORDER BY key_id;

-- name: ledger_cosignature_put :exec
-- doc: A witness's line; a newer one of the same key takes its place.
-- param: size u64
-- param: key_id bytes
-- param: at i64
-- param: line str
INSERT INTO ledger_cosignature (size, key_id, at, line)
VALUES (:size, :key_id, :at, :line)
ON DUPLICATE KEY UPDATE at = VALUES(at), line = VALUES(line);

-- name: ledger_dump_entries :many
-- doc: Entries from a position on, with the event behind each that is one.
-- param: first u64
-- param: n u32
-- column: position u64
-- column: kind u32
-- column: subject u64
-- column: number u64
-- column: at i64
-- column: digest bytes
-- column: leaf bytes
-- column: seq u64
-- column: event_kind u32
-- column: event_at i64
-- column: recorded_at i64
-- column: by_kind u32
-- column: by_id u64
-- column: by_name str?
-- column: task_id u64
-- column: data str?
-- column: event_digest bytes?
SELECT l.position, l.kind, l.subject, l.number, l.at, l.digest, l.leaf,
	COALESCE(e.seq, 0) AS seq, COALESCE(e.kind, 0) AS event_kind,
	COALESCE(e.at, 0) AS event_at, COALESCE(e.recorded_at, 0) AS recorded_at,
	COALESCE(e.by_kind, 0) AS by_kind, COALESCE(e.by_id, 0) AS by_id, e.by_name,
	COALESCE(e.task_id, 0) AS task_id, e.data, e.digest AS event_digest
FROM ledger_entry l FORCE INDEX (PRIMARY)
LEFT JOIN history_event e FORCE INDEX (PRIMARY)
	ON l.kind = 1 AND e.appeal_id = l.subject AND e.seq = l.number
WHERE l.position >= :first
ORDER BY l.position
LIMIT :n;

-- name: ledger_dump_unsequenced :many
-- doc: The n events behind a place in the history, and whether an entry stands for each.
-- param: appeal_id u64
-- param: seq u64
-- param: n u32
-- column: appeal_id u64
-- column: seq u64
-- column: recorded_at i64
-- column: is_entered bool
SELECT e.appeal_id, e.seq, e.recorded_at, l.position IS NOT NULL AS is_entered
FROM (SELECT appeal_id, seq, recorded_at FROM history_event FORCE INDEX (PRIMARY)
	WHERE (appeal_id = :appeal_id AND seq > :seq) OR appeal_id > :appeal_id
	ORDER BY appeal_id, seq LIMIT :n) e
LEFT JOIN ledger_entry l FORCE INDEX (ledger_subject)
	ON l.kind = 1 AND l.subject = e.appeal_id AND l.number = e.seq
ORDER BY e.appeal_id, e.seq;

-- name: ledger_dump_nodes :many
-- doc: Nodes behind a place, level by level.
-- param: level u32
-- param: place u64
-- param: n u32
-- column: level u32
-- column: place u64
-- column: hash bytes
SELECT level, place, hash FROM ledger_node
WHERE (level = :level AND place > :place) OR level > :level
ORDER BY level, place
LIMIT :n;

-- name: ledger_dump_checkpoints :many
-- doc: Checkpoints above a size, up to another, oldest first.
-- param: above u64
-- param: most u64
-- param: n u32
-- column: size u64
-- column: signed_at i64
-- column: note str
SELECT size, signed_at, note FROM ledger_checkpoint
WHERE size > :above AND size <= :most
ORDER BY size
LIMIT :n;

-- name: ledger_check_page :many
-- doc: Appeals behind an id with the commitments that their first event recorded.
-- param: after u64
-- param: n u32
-- column: id u64
-- column: said str?
-- column: caller str?
SELECT a.id, JSON_VALUE(e.data, '$.said') AS said, JSON_VALUE(e.data, '$.caller') AS caller
FROM (SELECT id FROM intake_appeal WHERE id > :after ORDER BY id LIMIT :n) a
LEFT JOIN history_event e FORCE INDEX (PRIMARY) ON e.appeal_id = a.id AND e.seq = 1
ORDER BY a.id;
