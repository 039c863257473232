-- Drafts: what somebody has begun to write.

-- name: drafts_put :exec
-- doc: A draft as it is now; one that was registered stays so.
-- param: owner_kind u32
-- param: owner_id u64
-- param: id bytes
-- param: saved_at i64
-- param: content_sealed bytes
INSERT INTO drafts_draft (owner_kind, owner_id, id, saved_at, content_sealed)
VALUES (:owner_kind, :owner_id, :id, :saved_at, :content_sealed)
ON DUPLICATE KEY UPDATE saved_at = IF(content_sealed = '', saved_at, VALUES(saved_at)),
	content_sealed = IF(content_sealed = '', '', VALUES(content_sealed));

-- name: drafts_done :exec
-- doc: What it was is registered.
-- param: owner_kind u32
-- param: owner_id u64
-- param: id bytes
-- param: saved_at i64
INSERT INTO drafts_draft (owner_kind, owner_id, id, saved_at, content_sealed)
VALUES (:owner_kind, :owner_id, :id, :saved_at, '')
ON DUPLICATE KEY UPDATE saved_at = VALUES(saved_at), content_sealed = '';

-- name: drafts_of :many
-- doc: The drafts of a person since a moment, the newest first.
-- param: owner_kind u32
-- param: owner_id u64
-- param: since i64
-- param: n u32
-- column: id bytes
-- column: saved_at i64
SELECT id, saved_at FROM drafts_draft
WHERE owner_kind = :owner_kind AND owner_id = :owner_id AND saved_at >= :since
	AND content_sealed <> ''
ORDER BY saved_at DESC, id LIMIT :n;

-- name: drafts_one :one
-- doc: One of them.
-- param: owner_kind u32
-- param: owner_id u64
-- param: id bytes
-- param: since i64
-- column: saved_at i64
-- column: content_sealed bytes
SELECT saved_at, content_sealed FROM drafts_draft
WHERE owner_kind = :owner_kind AND owner_id = :owner_id AND id = :id AND saved_at >= :since;

-- name: drafts_drop :exec
-- doc: One of them goes; the number of rows.
-- param: owner_kind u32
-- param: owner_id u64
-- param: id bytes
DELETE FROM drafts_draft
WHERE owner_kind = :owner_kind AND owner_id = :owner_id AND id = :id AND content_sealed <> '';

-- name: drafts_delete_old :exec
-- doc: Drafts of which nothing is kept any longer.
-- param: before i64
-- param: n u32
DELETE FROM drafts_draft WHERE saved_at < :before ORDER BY saved_at LIMIT :n;

-- name: drafts_first :one
-- doc: When the oldest draft was saved; no row when there is none.
-- column: saved_at i64
SELECT saved_at FROM drafts_draft FORCE INDEX (drafts_saved) ORDER BY saved_at LIMIT 1;
