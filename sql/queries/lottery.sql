-- Draws of closed tasks for a check on the spot.

-- name: lottery_insert :write
-- doc: A draw, committed to its seed.
-- param: id u64
-- param: from_at i64
-- param: until_at i64
-- param: count u32
-- param: department str?
-- param: commitment str
-- param: seed_sealed bytes
-- param: committed_at i64
-- param: committed_by_kind u32
-- param: committed_by u64
INSERT INTO lottery_draw (
	id, from_at, until_at, count, department, commitment, seed_sealed, committed_at,
	committed_by_kind, committed_by, opened_at
) VALUES (
	:id, :from_at, :until_at, :count, :department, :commitment, :seed_sealed, :committed_at,
	:committed_by_kind, :committed_by, 0
);

-- name: lottery_read :one
-- doc: One draw.
-- param: id u64
-- column: id u64
-- column: from_at i64
-- column: until_at i64
-- column: count u32
-- column: department str?
-- column: commitment str
-- column: seed_sealed bytes
-- column: committed_at i64
-- column: committed_by_kind u32
-- column: committed_by u64
-- column: opened_at i64
SELECT id, from_at, until_at, count, department, commitment, seed_sealed, committed_at,
	committed_by_kind, committed_by, opened_at
FROM lottery_draw WHERE id = :id;

-- name: lottery_page :many
-- doc: Draws behind an id, oldest first.
-- param: after u64
-- param: n u32
-- column: id u64
-- column: from_at i64
-- column: until_at i64
-- column: count u32
-- column: department str?
-- column: commitment str
-- column: committed_at i64
-- column: opened_at i64
SELECT id, from_at, until_at, count, department, commitment, committed_at, opened_at
FROM lottery_draw WHERE id > :after ORDER BY id LIMIT :n;

-- name: lottery_open :write
-- doc: The draw is opened; once.
-- param: id u64
-- param: opened_at i64
UPDATE lottery_draw SET opened_at = :opened_at WHERE id = :id AND opened_at = 0;

-- name: lottery_tasks :many
-- doc: Lead tasks closed in a span, of one department or of all, in the order of their ids.
-- param: from_at i64
-- param: until_at i64
-- param: department str
-- param: n u32
-- column: id u64
SELECT id FROM tasks_task
WHERE closed_at >= :from_at AND closed_at < :until_at AND role = 1
	AND (:department = '' OR department = :department)
ORDER BY id LIMIT :n;
