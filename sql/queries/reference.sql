-- Reference data: departments and versioned documents.

-- name: reference_department_insert :write
-- doc: A department.
-- param: code str
-- param: name str
-- param: name_en str
-- param: parent str
-- param: kind str
-- param: peer_group str
-- param: takes_tasks bool
-- param: initials str
-- param: phone str
INSERT INTO reference_department (
	code, name, name_en, parent, kind, peer_group, takes_tasks, initials, phone
) VALUES (
	:code, :name, :name_en, :parent, :kind, :peer_group, :takes_tasks, :initials, :phone
);

-- name: reference_departments :many
-- doc: All departments.
-- column: code str
-- column: name str
-- column: name_en str
-- column: parent str
-- column: kind str
-- column: peer_group str
-- column: takes_tasks bool
-- column: initials str
-- column: phone str
-- column: is_off bool
-- column: version u64
SELECT code, name, name_en, parent, kind, peer_group, takes_tasks, initials, phone, is_off,
	version
FROM reference_department;

-- name: reference_department_change :write
-- doc: Everything of a department but its code.
-- param: code str
-- param: name str
-- param: name_en str
-- param: parent str
-- param: kind str
-- param: peer_group str
-- param: takes_tasks bool
-- param: initials str
-- param: phone str
-- param: is_off bool
-- param: version u64
UPDATE reference_department SET name = :name, name_en = :name_en, parent = :parent,
	kind = :kind, peer_group = :peer_group, takes_tasks = :takes_tasks,
	initials = :initials, phone = :phone, is_off = :is_off, version = version + 1
WHERE code = :code AND version = :version;

-- name: reference_department_uses :one
-- doc: What stands under a department's code: states of tasks are those before the visit (open)
-- doc: and those that may still come back (settled); accounts, keys and webhooks that work.
-- param: code str
-- column: open_tasks u64
-- column: settled_tasks u64
-- column: accounts u64
-- column: access_keys u64
-- column: webhooks u64
SELECT
	(SELECT COUNT(*) FROM tasks_task t FORCE INDEX (tasks_inbox)
		WHERE t.department = :code AND t.state IN (1, 2, 3, 4, 5, 6)) AS open_tasks,
	(SELECT COUNT(*) FROM tasks_task t FORCE INDEX (tasks_inbox)
		WHERE t.department = :code AND t.state IN (7, 8)) AS settled_tasks,
	(SELECT COUNT(*) FROM auth_account a WHERE a.unit = :code AND a.is_disabled = 0) AS accounts,
	(SELECT COUNT(*) FROM auth_key k WHERE k.unit = :code AND k.is_disabled = 0) AS access_keys,
	(SELECT COUNT(*) FROM webhooks_endpoint w
		WHERE w.department = :code AND w.is_removed = 0) AS webhooks;

-- name: reference_tree_hold :one
-- doc: The number of changes to the tree of departments; held until the end of the transaction.
-- column: version u64
SELECT version FROM reference_tree WHERE id = 1 FOR UPDATE;

-- name: reference_tree_read :one
-- doc: The same, not held.
-- column: version u64
SELECT version FROM reference_tree WHERE id = 1;

-- name: reference_tree_count :write
-- doc: One change more than `version`.
-- param: version u64
UPDATE reference_tree SET version = version + 1 WHERE id = 1 AND version = :version;

-- name: reference_document_insert :exec
-- doc: The next version of a document; 0 rows when somebody else took the number.
-- param: kind u32
-- param: version u64
-- param: recorded_at i64
-- param: source str
-- param: text str
INSERT IGNORE INTO reference_document (
	kind, version, recorded_at, source, text
) VALUES (
	:kind, :version, :recorded_at, LEFT(:source, 200), :text
);

-- name: reference_document_newest :one
-- doc: The version in force.
-- param: kind u32
-- column: version u64
-- column: text str
SELECT version, text FROM reference_document WHERE kind = :kind
ORDER BY version DESC LIMIT 1;

-- name: reference_document_one :one
-- doc: One version.
-- param: kind u32
-- param: version u64
-- column: text str
-- column: recorded_at i64
-- column: source str
SELECT text, recorded_at, source FROM reference_document
WHERE kind = :kind AND version = :version;

-- name: reference_document_versions :many
-- doc: The newest versions of a document, without their texts.
-- param: kind u32
-- param: n u32
-- column: version u64
-- column: recorded_at i64
-- column: source str
SELECT version, recorded_at, source FROM reference_document WHERE kind = :kind
ORDER BY version DESC LIMIT :n;

-- name: reference_endpoints :many
-- doc: Webhook endpoints that may receive, for the snapshot.
-- column: id u64
-- column: department str
-- column: format u32
-- column: events str
-- column: prefix str?
SELECT id, department, format, events, prefix FROM webhooks_endpoint WHERE is_removed = 0
ORDER BY department, id;
