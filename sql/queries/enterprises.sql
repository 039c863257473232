-- Enterprises, what was filed about them, and the appeals that are about them.

-- name: enterprises_add :exec
-- doc: An enterprise, or the row of its code as it now is; its number stays.
-- param: uscc str
-- param: id u64
-- param: name str
-- param: area str
-- param: contact_leader str?
-- param: changed_at i64
INSERT INTO enterprises_enterprise (uscc, id, name, area, contact_leader, changed_at)
VALUES (:uscc, :id, :name, :area, :contact_leader, :changed_at)
ON DUPLICATE KEY UPDATE name = VALUES(name), area = VALUES(area),
	contact_leader = VALUES(contact_leader), changed_at = VALUES(changed_at);

-- name: enterprises_one :one
-- doc: The enterprise of a code.
-- param: uscc str
-- column: name str
-- column: area str
-- column: contact_leader str?
-- column: changed_at i64
SELECT name, area, contact_leader, changed_at FROM enterprises_enterprise
WHERE uscc = :uscc;

-- name: enterprises_page :many
-- doc: Enterprises behind a number, in the order in which they were entered; of "" any leader.
-- doc: own is who sees its own alone, and sees none where it is absent.
-- param: contact_leader str
-- param: own str?
-- param: after u64
-- param: n u32
-- column: uscc str
-- column: id u64
-- column: name str
-- column: area str
-- column: contact_leader str?
-- column: changed_at i64
SELECT uscc, id, name, area, contact_leader, changed_at FROM enterprises_enterprise
WHERE id > :after AND (:contact_leader = '' OR contact_leader = :contact_leader)
	AND (:own = '' OR contact_leader = :own)
ORDER BY id LIMIT :n;

-- name: enterprises_account :one
-- doc: The role of an account.
-- param: login str
-- column: role u32
SELECT role FROM auth_account WHERE login = :login;

-- name: enterprises_appeals :many
-- doc: Open appeals of an enterprise behind an id, without those that wish secrecy.
-- param: uscc str
-- param: after u64
-- param: n u32
-- column: id u64
-- column: category str?
-- column: title str
-- column: state u32
-- column: received_at i64
SELECT a.id, a.category, a.title, h.state, a.received_at
FROM intake_appeal a
JOIN history_appeal h ON h.appeal_id = a.id
WHERE a.enterprise_uscc = :uscc AND a.id > :after AND a.is_secret = 0 AND h.state IN (1, 2)
ORDER BY a.id
LIMIT :n;

-- name: enterprises_figures :one
-- doc: How many appeals of an enterprise there are, without those that wish secrecy: all, those
-- doc: that go on, and of these those with a task that is overdue.
-- param: uscc str
-- param: now i64
-- column: received u64
-- column: open u64
-- column: overdue u64
SELECT COUNT(*) AS received,
	COALESCE(SUM(h.state IN (1, 2)), 0) AS open,
	COALESCE(SUM(h.state IN (1, 2) AND EXISTS (SELECT 1 FROM tasks_task t
		WHERE t.appeal_id = a.id AND t.closed_at = 0 AND t.left_at = 0
			AND t.due < :now)), 0) AS overdue
FROM intake_appeal a
JOIN history_appeal h ON h.appeal_id = a.id
WHERE a.enterprise_uscc = :uscc AND a.is_secret = 0;

-- name: enterprises_file :exec
-- doc: A version of a filing; none where somebody else took its number.
-- param: id u64
-- param: version u64
-- param: uscc str
-- param: body str
-- param: kind u32
-- param: basis str
-- param: amount i64
-- param: first_day i64
-- param: last_day i64
-- param: exception u32
-- param: ticket u64
-- param: is_revoked bool
-- param: filed_at i64
-- param: filed_by_kind u32
-- param: filed_by u64
INSERT IGNORE INTO enterprises_filing (
	id, version, uscc, body, kind, basis, amount, first_day, last_day, exception, ticket,
	is_revoked, filed_at, filed_by_kind, filed_by
) VALUES (
	:id, :version, :uscc, :body, :kind, :basis, :amount, :first_day, :last_day, :exception,
	:ticket, :is_revoked, :filed_at, :filed_by_kind, :filed_by
);

-- name: enterprises_filing :many
-- doc: The versions of a filing, oldest first.
-- param: id u64
-- param: n u32
-- column: id u64
-- column: version u64
-- column: uscc str
-- column: body str
-- column: kind u32
-- column: basis str
-- column: amount i64
-- column: first_day i64
-- column: last_day i64
-- column: exception u32
-- column: ticket u64
-- column: is_revoked bool
-- column: filed_at i64
SELECT id, version, uscc, body, kind, basis, amount, first_day, last_day, exception, ticket,
	is_revoked, filed_at
FROM enterprises_filing WHERE id = :id ORDER BY version LIMIT :n;

-- name: enterprises_filed :many
-- doc: Versions of what was filed about an enterprise, newest filings first, behind a key; body
-- "" is any.
-- param: uscc str
-- param: body str
-- param: before u64
-- param: before_version u64
-- param: n u32
-- column: id u64
-- column: version u64
-- column: uscc str
-- column: body str
-- column: kind u32
-- column: basis str
-- column: amount i64
-- column: first_day i64
-- column: last_day i64
-- column: exception u32
-- column: ticket u64
-- column: is_revoked bool
-- column: filed_at i64
SELECT id, version, uscc, body, kind, basis, amount, first_day, last_day, exception, ticket,
	is_revoked, filed_at
FROM enterprises_filing
WHERE uscc = :uscc AND (:body = '' OR body = :body)
	AND (id < :before OR (id = :before AND version < :before_version))
ORDER BY id DESC, version DESC
LIMIT :n;

-- name: enterprises_filed_by :many
-- doc: The newest version of each filing of a body, newest filings first, behind a key.
-- param: body str
-- param: before u64
-- param: n u32
-- column: id u64
-- column: version u64
-- column: uscc str
-- column: body str
-- column: kind u32
-- column: basis str
-- column: amount i64
-- column: first_day i64
-- column: last_day i64
-- column: exception u32
-- column: ticket u64
-- column: is_revoked bool
-- column: filed_at i64
SELECT f.id, f.version, f.uscc, f.body, f.kind, f.basis, f.amount, f.first_day, f.last_day,
	f.exception, f.ticket, f.is_revoked, f.filed_at
FROM enterprises_filing f FORCE INDEX (enterprises_filed_by)
WHERE f.body = :body AND f.id < :before AND f.version = (
	SELECT MAX(v.version) FROM enterprises_filing v WHERE v.id = f.id)
ORDER BY f.id DESC
LIMIT :n;

-- name: enterprises_acts :many
-- doc: Appeals of a span of ids and a JSON array of categories by category and accused, without
-- those merged into others.
-- param: categories str
-- param: first_id u64
-- param: end_id u64
-- column: category str?
-- column: accused str?
-- column: appeals u64
-- column: open u64
SELECT wanted.category AS category, a.accused_department AS accused, COUNT(*) AS appeals,
	COALESCE(SUM(h.state IN (1, 2)), 0) AS open
FROM JSON_TABLE(:categories, '$[*]' COLUMNS (category VARCHAR(16) CHARACTER SET ascii
	COLLATE ascii_bin PATH '$')) wanted
STRAIGHT_JOIN intake_appeal a ON a.category = wanted.category
STRAIGHT_JOIN history_appeal h ON h.appeal_id = a.id
WHERE a.id >= :first_id AND a.id < :end_id AND h.state <> 8
GROUP BY a.category, a.accused_department;

-- name: enterprises_act_appeals :many
-- doc: The appeals behind a figure of those, oldest first, behind an id; accused "" is
-- everybody, and of is_unnamed those that accuse nobody.
-- param: categories str
-- param: after u64
-- param: end_id u64
-- param: accused str
-- param: is_unnamed bool
-- param: n u32
-- column: id u64
-- column: category str?
-- column: accused str?
-- column: state u32
-- column: received_at i64
SELECT a.id, a.category, a.accused_department AS accused, h.state, a.received_at
FROM JSON_TABLE(:categories, '$[*]' COLUMNS (category VARCHAR(16) CHARACTER SET ascii
	COLLATE ascii_bin PATH '$')) wanted
STRAIGHT_JOIN intake_appeal a ON a.category = wanted.category
STRAIGHT_JOIN history_appeal h ON h.appeal_id = a.id
WHERE a.id > :after AND a.id < :end_id AND h.state <> 8
	AND (:accused = '' OR a.accused_department = :accused)
	AND (:is_unnamed = 0 OR a.accused_department IS NULL)
ORDER BY a.id
LIMIT :n;
