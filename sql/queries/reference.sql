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
SELECT code, name, name_en, parent, kind, peer_group, takes_tasks, initials, phone
FROM reference_department;

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
