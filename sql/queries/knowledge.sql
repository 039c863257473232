-- Ready answers.

-- name: knowledge_insert :write
-- doc: A new one.
-- param: id u64
-- param: title str
-- param: text str
-- param: category str?
-- param: department str?
-- param: valid_from i64
-- param: valid_to i64
-- param: source str?
-- param: changed_at i64
-- param: changed_by str
INSERT INTO knowledge_entry (
	id, version, title, text, category, department, valid_from, valid_to, source, changed_at,
	changed_by
) VALUES (
	:id, 1, :title, :text, :category, :department, :valid_from, :valid_to, :source,
	:changed_at, :changed_by
);

-- name: knowledge_change :write
-- doc: The next version of one.
-- param: id u64
-- param: was u64
-- param: title str
-- param: text str
-- param: category str?
-- param: department str?
-- param: valid_from i64
-- param: valid_to i64
-- param: source str?
-- param: changed_at i64
-- param: changed_by str
UPDATE knowledge_entry SET version = version + 1, title = :title, text = :text,
	category = :category, department = :department, valid_from = :valid_from,
	valid_to = :valid_to, source = :source, changed_at = :changed_at,
	changed_by = :changed_by
WHERE id = :id AND version = :was;

-- name: knowledge_keep :write
-- doc: What a version said.
-- param: id u64
-- param: version u64
-- param: title str
-- param: text str
-- param: category str?
-- param: department str?
-- param: valid_from i64
-- param: valid_to i64
-- param: source str?
-- param: changed_at i64
-- param: changed_by str
-- param: changed_by_kind u32
-- param: changed_by_id u64
INSERT INTO knowledge_version (
	id, version, title, text, category, department, valid_from, valid_to, source, changed_at,
	changed_by, changed_by_kind, changed_by_id
) VALUES (
	:id, :version, :title, :text, :category, :department, :valid_from, :valid_to, :source,
	:changed_at, :changed_by, :changed_by_kind, :changed_by_id
);

-- name: knowledge_one :one
-- doc: One of them.
-- param: id u64
-- column: id u64
-- column: version u64
-- column: title str
-- column: text str
-- column: category str?
-- column: department str?
-- column: valid_from i64
-- column: valid_to i64
-- column: source str?
-- column: changed_at i64
-- column: changed_by str
SELECT id, version, title, text, category, department, valid_from, valid_to, source,
	changed_at, changed_by
FROM knowledge_entry WHERE id = :id;

-- name: knowledge_page :many
-- doc: Those behind a change and id, the newest change first: in force on a day, or all (0); of a
-- doc: category, one above or below it, or none ('' of any).
-- param: changed_at i64
-- param: id u64
-- param: day i64
-- param: category str
-- param: n u32
-- column: id u64
-- column: version u64
-- column: title str
-- column: text str
-- column: category str?
-- column: department str?
-- column: valid_from i64
-- column: valid_to i64
-- column: source str?
-- column: changed_at i64
-- column: changed_by str
SELECT id, version, title, text, category, department, valid_from, valid_to, source,
	changed_at, changed_by
FROM knowledge_entry FORCE INDEX (knowledge_changed)
WHERE changed_at <= :changed_at AND (changed_at < :changed_at OR id < :id)
	AND (:day = 0 OR (valid_from <= :day AND (valid_to = 0 OR valid_to >= :day)))
	AND (:category = '' OR category IS NULL
		OR LEFT(:category, CHAR_LENGTH(category)) = category
		OR LEFT(category, CHAR_LENGTH(:category)) = :category)
ORDER BY changed_at DESC, id DESC LIMIT :n;

-- name: knowledge_count :one
-- doc: How many there are.
-- column: n u64
SELECT COUNT(*) AS n FROM knowledge_entry;
