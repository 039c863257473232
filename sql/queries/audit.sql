-- Acts of people and programs, and refused sign-ins by the hour.

-- name: audit_add :write
-- doc: An act.
-- param: id u64
-- param: kind u32
-- param: at i64
-- param: by_kind u32
-- param: by_id u64
-- param: by_name str?
-- param: by_role u32
-- param: by_unit str?
-- param: source str?
-- param: subject u64
-- param: reason str?
-- param: detail str?
INSERT INTO audit_act (id, kind, at, by_kind, by_id, by_name, by_role, by_unit, source, subject,
	reason, detail)
VALUES (:id, :kind, :at, :by_kind, :by_id, :by_name, :by_role, :by_unit, :source, :subject,
	:reason, :detail);

-- name: audit_page :many
-- doc: Ids of acts of a time, before one of them, the newest first; kind 0 asks for all.
-- param: kind u32
-- param: first i64
-- param: at i64
-- param: id u64
-- param: n u32
-- column: id u64
SELECT id FROM audit_act FORCE INDEX (audit_time)
WHERE at >= :first AND at <= :at AND (at < :at OR id < :id) AND (:kind = 0 OR kind = :kind)
ORDER BY at DESC, id DESC
LIMIT :n;

-- name: audit_page_kind :many
-- doc: The same of one kind.
-- param: kind u32
-- param: first i64
-- param: at i64
-- param: id u64
-- param: n u32
-- column: id u64
SELECT id FROM audit_act FORCE INDEX (audit_kind)
WHERE kind = :kind AND at >= :first AND at <= :at AND (at < :at OR id < :id)
ORDER BY at DESC, id DESC
LIMIT :n;

-- name: audit_page_by :many
-- doc: The same of one person or program; kind 0 asks for all, subject 0 for any.
-- param: by_kind u32
-- param: by_id u64
-- param: kind u32
-- param: subject u64
-- param: first i64
-- param: at i64
-- param: id u64
-- param: n u32
-- column: id u64
SELECT id FROM audit_act FORCE INDEX (audit_by)
WHERE by_id = :by_id AND by_kind = :by_kind AND at >= :first AND at <= :at
	AND (at < :at OR id < :id)
	AND (:kind = 0 OR kind = :kind) AND (:subject = 0 OR subject = :subject)
ORDER BY at DESC, id DESC
LIMIT :n;

-- name: audit_page_subject :many
-- doc: The same about one account, key or appeal; kinds is a JSON list of the kinds that are
-- doc: about such.
-- param: subject u64
-- param: kind u32
-- param: kinds str
-- param: first i64
-- param: at i64
-- param: id u64
-- param: n u32
-- column: id u64
SELECT id FROM audit_act FORCE INDEX (audit_subject)
WHERE subject = :subject AND at >= :first AND at <= :at AND (at < :at OR id < :id)
	AND (:kind = 0 OR kind = :kind) AND JSON_CONTAINS(:kinds, kind)
ORDER BY at DESC, id DESC
LIMIT :n;

-- name: audit_acts :many
-- doc: Acts by a JSON list of ids, in its order.
-- param: ids str
-- column: id u64
-- column: kind u32
-- column: at i64
-- column: by_kind u32
-- column: by_id u64
-- column: by_name str?
-- column: by_role u32
-- column: by_unit str?
-- column: source str?
-- column: subject u64
-- column: reason str?
-- column: detail str?
SELECT a.id, a.kind, a.at, a.by_kind, a.by_id, a.by_name, a.by_role, a.by_unit, a.source,
	a.subject, a.reason, a.detail
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (place FOR ORDINALITY, id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN audit_act a FORCE INDEX (PRIMARY) ON a.id = wanted.id
ORDER BY wanted.place;

-- name: audit_refused :exec
-- doc: One more refusal of this hour.
-- param: hour u32
-- param: account u64
-- param: source str
INSERT INTO audit_refusal (hour, account, source, refusals)
VALUES (:hour, :account, :source, 1)
ON DUPLICATE KEY UPDATE refusals = refusals + 1;

-- name: audit_refused_hour :one
-- doc: The first hour from one on, and before another, in which any was refused.
-- param: from_hour u32
-- param: before u32
-- column: hour u32
SELECT hour FROM audit_refusal
WHERE hour >= :from_hour AND hour < :before
ORDER BY hour
LIMIT 1;

-- name: audit_refused_of :many
-- doc: The refusals of an hour, the most first.
-- param: hour u32
-- param: n u32
-- column: account u64
-- column: source str
-- column: refusals u64
SELECT account, source, refusals FROM audit_refusal
WHERE hour = :hour
ORDER BY refusals DESC, account, source
LIMIT :n;

-- name: audit_refused_sum :one
-- doc: Their sum, and how many pairs of account and source there were.
-- param: hour u32
-- column: refusals u64
-- column: pairs u64
SELECT COALESCE(SUM(refusals), 0) AS refusals, COUNT(*) AS pairs FROM audit_refusal
WHERE hour = :hour;

-- name: audit_counted_until :one
-- doc: Refusals of the hours before this one have their act.
-- column: hour u32
SELECT counted_until AS hour FROM audit_standing WHERE id = 1;

-- name: audit_count :write
-- doc: The hours up to this one have it now; fails when somebody else was first.
-- param: hour u32
-- param: was u32
UPDATE audit_standing SET counted_until = :hour WHERE id = 1 AND counted_until = :was;

-- name: audit_refused_forget :exec
-- doc: Counts of hours before one, some at a time.
-- param: before u32
-- param: n u32
DELETE FROM audit_refusal WHERE hour < :before ORDER BY hour LIMIT :n;

-- name: audit_count_of :one
-- doc: How many acts of a kind somebody did since a time, counted up to `most`.
-- param: by_kind u32
-- param: by_id u64
-- param: kind u32
-- param: since i64
-- param: most u32
-- column: n u64
SELECT COUNT(*) AS n FROM (
	SELECT id FROM audit_act FORCE INDEX (audit_by)
	WHERE by_id = :by_id AND by_kind = :by_kind AND at > :since AND kind = :kind
	LIMIT :most
) some;

-- name: audit_openings :many
-- doc: How often which field of an appeal's caller was opened, by local day, department and role;
-- doc: without a role where it was opened before that was kept.
-- param: appeal_id u64
-- param: kind u32
-- column: day i64
-- column: department str?
-- column: role str?
-- column: field str?
-- column: n u64
SELECT (e.at + 28800000000) DIV 86400000000 AS day,
	JSON_VALUE(e.data, '$.department') AS department, JSON_VALUE(e.data, '$.role') AS role,
	f.field, COUNT(*) AS n
FROM history_event e, JSON_TABLE(e.data, '$.fields[*]' COLUMNS (
	field VARCHAR(32) PATH '$')) f
WHERE e.appeal_id = :appeal_id AND e.kind = :kind
GROUP BY day, department, role, f.field
ORDER BY day, department, role, f.field;
