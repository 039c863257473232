-- Problems of rules, and their answers.

-- name: rule_problems_add :write
-- doc: A problem that a case has shown.
-- param: id u64
-- param: appeal_id u64
-- param: rule str
-- param: problem str
-- param: proposal u32
-- param: made_at i64
-- param: made_by str
INSERT INTO rule_problems_problem (id, appeal_id, rule, problem, proposal, made_at, made_by,
	answer, is_taken_up, answered_at, answered_by)
VALUES (:id, :appeal_id, :rule, :problem, :proposal, :made_at, :made_by, NULL, 0, 0, NULL);

-- name: rule_problems_answer :write
-- doc: The answer; fails when somebody else answered first.
-- param: id u64
-- param: answer str
-- param: is_taken_up bool
-- param: at i64
-- param: by_name str
UPDATE rule_problems_problem SET answer = :answer, is_taken_up = :is_taken_up,
	answered_at = :at, answered_by = :by_name
WHERE id = :id AND answered_at = 0;

-- name: rule_problems_page :many
-- doc: Problems behind an id, the first raised first; standing 0 asks for all, 1 for those
-- doc: without an answer, 2 for those with one.
-- param: after u64
-- param: standing u32
-- param: n u32
-- column: id u64
-- column: appeal_id u64
-- column: rule str
-- column: problem str
-- column: proposal u32
-- column: made_at i64
-- column: made_by str
-- column: answer str?
-- column: is_taken_up bool
-- column: answered_at i64
-- column: answered_by str?
SELECT id, appeal_id, rule, problem, proposal, made_at, made_by, answer, is_taken_up,
	answered_at, answered_by
FROM rule_problems_problem
WHERE id > :after AND (:standing = 0 OR (answered_at > 0) + 1 = :standing)
ORDER BY id
LIMIT :n;
