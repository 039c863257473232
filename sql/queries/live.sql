-- What browsers are told.

-- name: live_tell :write
-- doc: One message, without its position yet.
-- param: topic str
-- param: subject u64
-- param: part u64
-- param: number u64
-- param: code u64
-- param: at i64
-- param: roles u32
-- param: unit str?
-- param: account u64
-- param: but_account u64
-- param: data str?
-- param: told_at i64
INSERT INTO live_message (topic, subject, part, number, code, at, roles, unit, account,
	but_account, data, told_at)
VALUES (:topic, :subject, :part, :number, :code, :at, :roles, :unit, :account, :but_account,
	:data, :told_at);

-- name: live_waiting :many
-- doc: Messages without a position, in the order in which they were written.
-- param: n u32
-- column: id u64
SELECT id FROM live_message FORCE INDEX (live_position)
WHERE position = 0 ORDER BY id LIMIT :n;

-- name: live_place_lock :one
-- doc: The highest position, kept from others until the commit.
-- column: last u64
SELECT last FROM live_place WHERE id = 1 FOR UPDATE;

-- name: live_position_give :exec
-- doc: Positions behind `last`, in the order of a JSON list of ids.
-- param: ids str
-- param: last u64
UPDATE JSON_TABLE(:ids, '$[*]' COLUMNS (
	place FOR ORDINALITY,
	id BIGINT UNSIGNED PATH '$')) given
STRAIGHT_JOIN live_message m FORCE INDEX (PRIMARY) ON m.id = given.id
SET m.position = :last + given.place
WHERE m.position = 0;

-- name: live_place_move :exec
-- doc: The highest position is another one.
-- param: last u64
UPDATE live_place SET last = :last WHERE id = 1;

-- name: live_place :one
-- doc: The highest position, and up to which they are gone.
-- column: last u64
-- column: gone u64
SELECT last, gone FROM live_place WHERE id = 1;

-- name: live_after :many
-- doc: Messages behind a position.
-- param: after u64
-- param: n u32
-- column: position u64
-- column: topic str
-- column: subject u64
-- column: part u64
-- column: number u64
-- column: code u64
-- column: at i64
-- column: roles u32
-- column: unit str?
-- column: account u64
-- column: but_account u64
-- column: data str?
SELECT position, topic, subject, part, number, code, at, roles, unit, account, but_account, data
FROM live_message FORCE INDEX (live_position)
WHERE position > :after ORDER BY position LIMIT :n;

-- name: live_old :one
-- doc: The highest of the n oldest positions whose message was told before an instant; 0: none.
-- param: gone u64
-- param: n u32
-- param: before i64
-- column: position u64
SELECT COALESCE(MAX(o.position), 0) AS position FROM (
	SELECT position, told_at FROM live_message FORCE INDEX (live_position)
	WHERE position > :gone ORDER BY position LIMIT :n) o
WHERE o.told_at < :before;

-- name: live_gone :exec
-- doc: Positions up to this one are taken away; no row when another server was first.
-- param: was u64
-- param: gone u64
UPDATE live_place SET gone = :gone WHERE id = 1 AND gone = :was;

-- name: live_prune :exec
-- doc: Takes messages away.
-- param: was u64
-- param: gone u64
DELETE FROM live_message WHERE position > :was AND position <= :gone;
