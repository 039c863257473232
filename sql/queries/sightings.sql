-- Who saw which appeal.

-- name: sightings_is_seen :one
-- doc: Whether the slot has its row.
-- param: appeal_id u64
-- param: slot u32
-- param: by_kind u32
-- param: by_id u64
-- param: kind u32
-- column: slot u32
SELECT slot FROM sightings_seen
WHERE appeal_id = :appeal_id AND slot = :slot AND by_kind = :by_kind AND by_id = :by_id
	AND kind = :kind;

-- name: sightings_add :exec
-- doc: An appeal was seen; nothing where another answer was faster.
-- param: appeal_id u64
-- param: slot u32
-- param: by_kind u32
-- param: by_id u64
-- param: kind u32
-- param: at i64
-- param: until i64
-- param: by_name str
-- param: by_role u32
-- param: by_unit str
-- param: source str
INSERT INTO sightings_seen (appeal_id, slot, by_kind, by_id, kind, at, until, by_name, by_role,
	by_unit, source)
VALUES (:appeal_id, :slot, :by_kind, :by_id, :kind, :at, :until, :by_name, :by_role, :by_unit,
	:source)
ON DUPLICATE KEY UPDATE until = sightings_seen.until;

-- name: sightings_is_listed :one
-- doc: Whether the hour has the same list.
-- param: slot u32
-- param: by_kind u32
-- param: by_id u64
-- param: kind u32
-- param: digest bytes
-- column: slot u32
SELECT slot FROM sightings_list
WHERE slot = :slot AND by_kind = :by_kind AND by_id = :by_id AND kind = :kind
	AND digest = :digest;

-- name: sightings_list_add :exec
-- doc: Appeals were seen in a list; nothing where another answer was faster.
-- param: slot u32
-- param: by_kind u32
-- param: by_id u64
-- param: kind u32
-- param: digest bytes
-- param: at i64
-- param: until i64
-- param: by_name str
-- param: by_role u32
-- param: by_unit str
-- param: source str
-- param: appeals u32
-- param: ids str
INSERT INTO sightings_list (slot, by_kind, by_id, kind, digest, at, until, by_name, by_role,
	by_unit, source, appeals, is_waiting, ids)
VALUES (:slot, :by_kind, :by_id, :kind, :digest, :at, :until, :by_name, :by_role, :by_unit,
	:source, :appeals, 1, :ids)
ON DUPLICATE KEY UPDATE appeals = sightings_list.appeals;

-- name: sightings_waiting :one
-- doc: A list whose appeals are no rows yet.
-- column: slot u32
-- column: by_kind u32
-- column: by_id u64
-- column: kind u32
-- column: digest bytes
SELECT slot, by_kind, by_id, kind, digest FROM sightings_list FORCE INDEX (sightings_waiting)
WHERE is_waiting = 1
LIMIT 1;

-- name: sightings_unpack :exec
-- doc: They become rows, but for those that are there.
-- param: slot u32
-- param: by_kind u32
-- param: by_id u64
-- param: kind u32
-- param: digest bytes
INSERT IGNORE INTO sightings_seen (appeal_id, slot, by_kind, by_id, kind, at, until, by_name,
	by_role, by_unit, source)
SELECT listed.id, l.slot, l.by_kind, l.by_id, l.kind, l.at, l.until, l.by_name, l.by_role,
	l.by_unit, l.source
FROM sightings_list l, JSON_TABLE(l.ids, '$[*]' COLUMNS (
	id BIGINT UNSIGNED PATH '$')) listed
WHERE l.slot = :slot AND l.by_kind = :by_kind AND l.by_id = :by_id AND l.kind = :kind
	AND l.digest = :digest AND l.is_waiting = 1;

-- name: sightings_unpacked :write
-- doc: They are rows now.
-- param: slot u32
-- param: by_kind u32
-- param: by_id u64
-- param: kind u32
-- param: digest bytes
UPDATE sightings_list SET is_waiting = 0, ids = ''
WHERE slot = :slot AND by_kind = :by_kind AND by_id = :by_id AND kind = :kind
	AND digest = :digest AND is_waiting = 1;

-- name: sightings_of :many
-- doc: Who may have seen an appeal in a time, from (at, key) on, the first first; from_slot is an
-- doc: hour before it at the latest. key tells apart what was seen at one moment.
-- param: appeal_id u64
-- param: from_slot u32
-- param: to_slot u32
-- param: first i64
-- param: until i64
-- param: at i64
-- param: behind u64
-- param: n u32
-- column: appeal_id u64
-- column: kind u32
-- column: at i64
-- column: until i64
-- column: by_kind u32
-- column: by_id u64
-- column: by_name str
-- column: by_role u32
-- column: by_unit str
-- column: source str
-- column: place u64
SELECT appeal_id, kind, at, until, by_kind, by_id, by_name, by_role, by_unit, source,
	by_id * 256 + by_kind * 64 + kind AS place
FROM sightings_seen FORCE INDEX (PRIMARY)
WHERE appeal_id = :appeal_id AND slot >= :from_slot AND slot <= :to_slot
	AND at < :until AND until > :first
	AND (at > :at OR (at = :at AND by_id * 256 + by_kind * 64 + kind > :behind))
ORDER BY at, place
LIMIT :n;

-- name: sightings_by :many
-- doc: What somebody may have seen in a time, from (at, place) on; since is an hour before it at the
-- doc: latest.
-- param: by_kind u32
-- param: by_id u64
-- param: since i64
-- param: first i64
-- param: until i64
-- param: at i64
-- param: behind u64
-- param: n u32
-- column: appeal_id u64
-- column: kind u32
-- column: at i64
-- column: until i64
-- column: by_kind u32
-- column: by_id u64
-- column: by_name str
-- column: by_role u32
-- column: by_unit str
-- column: source str
-- column: place u64
SELECT appeal_id, kind, at, until, by_kind, by_id, by_name, by_role, by_unit, source,
	appeal_id * 64 + kind AS place
FROM sightings_seen FORCE INDEX (sightings_by)
WHERE by_id = :by_id AND by_kind = :by_kind AND at >= :since AND at < :until AND until > :first
	AND (at > :at OR (at = :at AND appeal_id * 64 + kind > :behind))
ORDER BY at, appeal_id, kind
LIMIT :n;

-- name: sightings_forget :exec
-- doc: Those of slots before one, some at a time.
-- param: before u32
-- param: n u32
DELETE FROM sightings_seen WHERE slot < :before ORDER BY slot LIMIT :n;

-- name: sightings_forget_lists :exec
-- doc: The same of lists.
-- param: before u32
-- param: n u32
DELETE FROM sightings_list WHERE slot < :before ORDER BY slot LIMIT :n;
