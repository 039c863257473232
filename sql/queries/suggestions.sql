-- Proposals of category and department.

-- name: suggestions_insert :write
-- doc: What became of one.
-- param: appeal_id u64
-- param: rule str
-- param: is_accepted bool
INSERT INTO suggestions_outcome (appeal_id, rule, is_accepted)
VALUES (:appeal_id, :rule, :is_accepted);

-- name: suggestions_alike :many
-- doc: Of a JSON array of appeals those of the area ('' of any), and who leads each.
-- param: ids str
-- param: area str
-- column: category str?
-- column: department str?
SELECT a.category, t.department
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN intake_appeal a FORCE INDEX (PRIMARY) ON a.id = wanted.id
LEFT JOIN tasks_task t FORCE INDEX (tasks_appeal)
	ON t.appeal_id = a.id AND t.role = 1 AND t.left_at = 0
WHERE :area = '' OR a.area = :area;

-- name: suggestions_figures :many
-- doc: How often each rule was shown and accepted with appeals from this id on.
-- param: since_id u64
-- column: rule str
-- column: shown u64
-- column: accepted u64
SELECT rule, COUNT(*) AS shown, CAST(SUM(is_accepted) AS UNSIGNED) AS accepted
FROM suggestions_outcome FORCE INDEX (PRIMARY)
WHERE appeal_id >= :since_id
GROUP BY rule ORDER BY shown DESC, rule;
