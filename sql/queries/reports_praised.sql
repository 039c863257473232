-- Praised cases, without anything that says whose they were.

-- name: reports_praised :many
-- doc: Cases closed in a span of time that were praise, or whose last answer was the best.
-- doc: Where fewer than `least` appeals of the ids given were received of one category, area and
-- doc: department, none of the three is told. In the order of what is told, so that the order
-- doc: tells nothing more.
-- param: t0 i64
-- param: t1 i64
-- param: first_id u64
-- param: end_id u64
-- param: least u32
-- param: praise u32
-- param: best u32
-- column: is_suppressed bool
-- column: category str?
-- column: area str?
-- column: department str?
-- column: limit_class u32
-- column: days u64
-- column: result u32
WITH received AS (
	SELECT COALESCE(a.category, '') AS category, COALESCE(a.area, '') AS area,
		t.department AS department, COUNT(DISTINCT a.id) AS n
	FROM intake_appeal a
	JOIN tasks_task t ON t.appeal_id = a.id AND t.role = 1 AND t.left_by = 0
	WHERE a.id >= :first_id AND a.id < :end_id
	GROUP BY COALESCE(a.category, ''), COALESCE(a.area, ''), t.department
), praised AS (
	SELECT COALESCE(a.category, '') AS category, COALESCE(a.area, '') AS area,
		t.department AS department, t.limit_class AS limit_class,
		(t.closed_at - t.dispatched_at) DIV 86400000000 AS days, t.result AS result
	FROM tasks_task t
	JOIN intake_appeal a ON a.id = t.appeal_id
	WHERE t.closed_at >= :t0 AND t.closed_at < :t1 AND t.role = 1 AND t.left_by = 0
		AND t.excluded_at = 0
		AND (t.content_class = :praise OR :best = (
			SELECT v.result FROM visits_visit v
			WHERE v.task_id = t.id AND v.result > 0
			ORDER BY v.n DESC LIMIT 1))
)
SELECT COALESCE(r.n, 0) < :least AS is_suppressed,
	IF(COALESCE(r.n, 0) < :least, NULL, p.category) AS category,
	IF(COALESCE(r.n, 0) < :least, NULL, p.area) AS area,
	IF(COALESCE(r.n, 0) < :least, NULL, p.department) AS department,
	p.limit_class AS limit_class, COALESCE(p.days, 0) AS days, p.result AS result
FROM praised p
LEFT JOIN received r ON r.category = p.category AND r.area = p.area
	AND r.department = p.department
ORDER BY is_suppressed, department, category, area, limit_class, days, result;
