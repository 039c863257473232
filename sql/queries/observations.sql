-- What outside supervisors see and suggest.

-- name: observations_add :write
-- doc: One; appeal_id 0 is about none.
-- param: id u64
-- param: kind u32
-- param: appeal_id u64
-- param: text str
-- param: made_at i64
-- param: made_by_kind u32
-- param: made_by u64
-- param: made_by_name str
INSERT INTO observations_observation (id, kind, appeal_id, text, made_at, made_by_kind, made_by,
	made_by_name, answer, answered_at, answered_by)
VALUES (:id, :kind, :appeal_id, :text, :made_at, :made_by_kind, :made_by, :made_by_name, NULL, 0,
	NULL);

-- name: observations_answer :write
-- doc: The answer; fails when somebody else answered first.
-- param: id u64
-- param: answer str
-- param: at i64
-- param: by_name str
UPDATE observations_observation SET answer = :answer, answered_at = :at, answered_by = :by_name
WHERE id = :id AND answered_at = 0;

-- name: observations_page :many
-- doc: Those behind an id, the first made first; made_by_kind 0 asks for everybody's, standing 0
-- doc: for all, 1 for those without an answer, 2 for those with one.
-- param: after u64
-- param: made_by_kind u32
-- param: made_by u64
-- param: standing u32
-- param: n u32
-- column: id u64
-- column: kind u32
-- column: appeal_id u64
-- column: text str
-- column: made_at i64
-- column: made_by_name str
-- column: answer str?
-- column: answered_at i64
-- column: answered_by str?
SELECT id, kind, appeal_id, text, made_at, made_by_name, answer, answered_at, answered_by
FROM observations_observation
WHERE id > :after
	AND (:made_by_kind = 0 OR (made_by_kind = :made_by_kind AND made_by = :made_by))
	AND (:standing = 0 OR (answered_at > 0) + 1 = :standing)
ORDER BY id
LIMIT :n;
