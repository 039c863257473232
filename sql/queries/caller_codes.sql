-- Codes and links by which callers ask about their appeals.

-- name: caller_codes_generation :one
-- doc: How often the code of an appeal was renewed.
-- param: appeal_id u64
-- column: generation u32
SELECT generation FROM caller_codes_code WHERE appeal_id = :appeal_id;

-- name: caller_codes_renew :exec
-- doc: The next code.
-- param: appeal_id u64
INSERT INTO caller_codes_code (appeal_id, generation) VALUES (:appeal_id, 1)
ON DUPLICATE KEY UPDATE generation = generation + 1;

-- name: caller_codes_link_of :one
-- doc: The link of an appeal.
-- param: appeal_id u64
-- column: token_sealed bytes
-- column: expires_at i64
SELECT token_sealed, expires_at FROM caller_codes_link WHERE appeal_id = :appeal_id;

-- name: caller_codes_link_put :exec
-- doc: A link, in the place of one that has run out.
-- param: appeal_id u64
-- param: token_tag bytes
-- param: token_sealed bytes
-- param: expires_at i64
INSERT INTO caller_codes_link (appeal_id, token_tag, token_sealed, expires_at)
VALUES (:appeal_id, :token_tag, :token_sealed, :expires_at)
ON DUPLICATE KEY UPDATE token_tag = VALUES(token_tag), token_sealed = VALUES(token_sealed),
	expires_at = VALUES(expires_at);

-- name: caller_codes_link_extend :exec
-- doc: A link that is sent once more lasts as long as a new one.
-- param: appeal_id u64
-- param: expires_at i64
UPDATE caller_codes_link SET expires_at = :expires_at WHERE appeal_id = :appeal_id;

-- name: caller_codes_by_token :one
-- doc: Whose link it is.
-- param: token_tag bytes
-- param: now i64
-- column: appeal_id u64
SELECT appeal_id FROM caller_codes_link WHERE token_tag = :token_tag AND expires_at > :now;

-- name: caller_codes_misses :one
-- doc: Wrong codes since the window of this subject began, behind those that are just being judged.
-- param: kind u32
-- param: subject u64
-- column: misses u32
-- column: since i64
SELECT misses, since FROM caller_codes_miss WHERE kind = :kind AND subject = :subject FOR UPDATE;

-- name: caller_codes_miss :exec
-- doc: One more; a window that is over begins again.
-- param: kind u32
-- param: subject u64
-- param: now i64
-- param: window_began i64
INSERT INTO caller_codes_miss (kind, subject, misses, since) VALUES (:kind, :subject, 1, :now)
ON DUPLICATE KEY UPDATE misses = IF(since < :window_began, 1, misses + 1),
	since = IF(since < :window_began, :now, since);

-- name: caller_codes_forget :exec
-- doc: The misses of a subject are forgiven.
-- param: kind u32
-- param: subject u64
DELETE FROM caller_codes_miss WHERE kind = :kind AND subject = :subject;

-- name: caller_codes_prune :exec
-- doc: Windows that are over, but for those of one kind.
-- param: before i64
-- param: kept_kind u32
-- param: n u32
DELETE FROM caller_codes_miss WHERE since < :before AND kind <> :kept_kind ORDER BY since LIMIT :n;

-- name: caller_codes_prune_nobodys :exec
-- doc: Of that kind what was counted for numbers that are nobody's.
-- param: kind u32
-- param: before i64
-- param: n u32
DELETE FROM caller_codes_miss WHERE kind = :kind AND since < :before
AND NOT EXISTS (SELECT 1 FROM intake_appeal a WHERE a.id = subject) LIMIT :n;
