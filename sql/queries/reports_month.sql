-- The life of a month's figures: preview, objections, freeze, publication, corrections.

-- name: reports_month_read :one
-- doc: How a month stands; none while nobody has touched it.
-- param: month u32
-- column: state u32
-- column: previewed_at i64
-- column: previewed_by str?
-- column: frozen_at i64
-- column: frozen_by str?
-- column: published_at i64
-- column: published_by str?
-- column: corrections u32
-- column: corrected_at i64
SELECT state, previewed_at, previewed_by, frozen_at, frozen_by, published_at, published_by,
	corrections, corrected_at
FROM reports_month WHERE month = :month;

-- name: reports_month_touch :exec
-- doc: Makes sure that the month has a row.
-- param: month u32
INSERT INTO reports_month (month, state, previewed_at, frozen_at, published_at, corrections,
	corrected_at, compared_at)
VALUES (:month, 0, 0, 0, 0, 0, 0, 0)
ON DUPLICATE KEY UPDATE month = month;

-- name: reports_month_preview :exec
-- doc: Opens the preview of an open month; no row where somebody was first.
-- param: month u32
-- param: at i64
-- param: by_name str
UPDATE reports_month SET state = 1, previewed_at = :at, previewed_by = :by_name
WHERE month = :month AND state = 0;

-- name: reports_month_freeze :exec
-- doc: Freezes a month that is not frozen; no row where somebody was first.
-- param: month u32
-- param: at i64
-- param: by_name str
UPDATE reports_month SET state = 2, frozen_at = :at, frozen_by = :by_name,
	compared_at = :at
WHERE month = :month AND state < 2;

-- name: reports_month_publish :exec
-- doc: Publishes a frozen month; no row where somebody was first.
-- param: month u32
-- param: at i64
-- param: by_name str
UPDATE reports_month SET state = 3, published_at = :at, published_by = :by_name
WHERE month = :month AND state = 2;

-- name: reports_month_correct :exec
-- doc: Numbers a correction of a frozen month; no row where somebody was first.
-- param: month u32
-- param: was u32
-- param: at i64
UPDATE reports_month SET corrections = :was + 1, corrected_at = :at
WHERE month = :month AND state >= 2 AND corrections = :was;

-- name: reports_month_frozen :many
-- doc: Frozen months of a span, oldest first.
-- param: first u32
-- param: last u32
-- column: month u32
-- column: state u32
-- column: frozen_at i64
-- column: corrections u32
-- column: corrected_at i64
SELECT month, state, frozen_at, corrections, corrected_at FROM reports_month
WHERE month >= :first AND month <= :last AND state >= 2
ORDER BY month;

-- name: reports_month_uncompared :one
-- doc: The frozen month whose comparison with what is known now is the oldest.
-- param: first u32
-- param: before_at i64
-- column: month u32
-- column: compared_at i64
SELECT month, compared_at FROM reports_month
WHERE month >= :first AND state >= 2 AND compared_at < :before_at
ORDER BY compared_at, month
LIMIT 1;

-- name: reports_month_compared :exec
-- doc: Says when a month was compared.
-- param: month u32
-- param: at i64
UPDATE reports_month SET compared_at = :at WHERE month = :month;

-- name: reports_month_of_task :one
-- doc: The department that a task was given to.
-- param: task_id u64
-- column: department str
SELECT department FROM tasks_task WHERE id = :task_id;

-- name: reports_objection_add :write
-- doc: An objection of a department.
-- param: month u32
-- param: n u32
-- param: department str
-- param: task_id u64
-- param: measure str?
-- param: text str
-- param: at i64
-- param: by_name str
INSERT INTO reports_objection (month, n, department, task_id, measure, text, at, by_name,
	decision, decided_at)
VALUES (:month, :n, :department, :task_id, :measure, :text, :at, :by_name, 0, 0);

-- name: reports_objection_last :one
-- doc: The highest number of a month.
-- param: month u32
-- column: n u32
SELECT n FROM reports_objection WHERE month = :month ORDER BY n DESC LIMIT 1;

-- name: reports_objection_read :one
-- doc: One objection.
-- param: month u32
-- param: n u32
-- column: decision u32
SELECT decision FROM reports_objection WHERE month = :month AND n = :n;

-- name: reports_objection_decide :write
-- doc: The answer to an objection that has none.
-- param: month u32
-- param: n u32
-- param: decision u32
-- param: at i64
-- param: by_name str
-- param: answer str
UPDATE reports_objection SET decision = :decision, decided_at = :at, decided_by = :by_name,
	answer = :answer
WHERE month = :month AND n = :n AND decision = 0;

-- name: reports_objection_open :one
-- doc: The first objection of a month without an answer.
-- param: month u32
-- column: n u32
SELECT n FROM reports_objection WHERE month = :month AND decision = 0 ORDER BY n LIMIT 1;

-- name: reports_objection_still_open :one
-- doc: The same as it is now, whatever the moment is that the transaction reads as of.
-- param: month u32
-- column: n u32
SELECT n FROM reports_objection WHERE month = :month AND decision = 0 ORDER BY n LIMIT 1
LOCK IN SHARE MODE;

-- name: reports_objection_page :many
-- doc: Objections to a month, oldest first, behind a number; '' for those of every department.
-- param: month u32
-- param: department str
-- param: after u32
-- param: n u32
-- column: n u32
-- column: department str
-- column: task_id u64
-- column: measure str?
-- column: text str
-- column: at i64
-- column: by_name str
-- column: decision u32
-- column: decided_at i64
-- column: decided_by str?
-- column: answer str?
SELECT n, department, task_id, measure, text, at, by_name, decision, decided_at, decided_by,
	answer
FROM reports_objection
WHERE month = :month AND n > :after AND (:department = '' OR department = :department)
ORDER BY n
LIMIT :n;

-- name: reports_statement_put :exec
-- doc: A department's word beside a figure, in the place of an earlier one.
-- param: month u32
-- param: department str
-- param: measure str
-- param: text str
-- param: at i64
-- param: by_name str
INSERT INTO reports_statement (month, department, measure, text, at, by_name)
VALUES (:month, :department, :measure, :text, :at, :by_name)
ON DUPLICATE KEY UPDATE text = VALUES(text), at = VALUES(at), by_name = VALUES(by_name);

-- name: reports_statement_all :many
-- doc: What departments say beside the figures of a month.
-- param: month u32
-- column: department str
-- column: measure str
-- column: text str
-- column: at i64
SELECT department, measure, text, at FROM reports_statement WHERE month = :month
ORDER BY department, measure;

-- name: reports_fraud_departments :many
-- doc: Departments of which fraud was proven in [t0, t1).
-- param: t0 i64
-- param: t1 i64
-- column: department str
SELECT DISTINCT department FROM accountability_fraud FORCE INDEX (accountability_fraud_at)
WHERE proven_at >= :t0 AND proven_at < :t1;

-- name: reports_fraud_tasks :many
-- doc: Tasks of which fraud was proven in [t0, t1).
-- param: t0 i64
-- param: t1 i64
-- column: task_id u64
SELECT task_id FROM accountability_fraud FORCE INDEX (accountability_fraud_at)
WHERE proven_at >= :t0 AND proven_at < :t1;
