-- Exclusions from the figures.

-- name: exclusions_insert :write
-- doc: A request.
-- param: task_id u64
-- param: n u64
-- param: department str
-- param: ground str
-- param: grounds_version u64
-- param: evidence str
-- param: asked_at i64
-- param: asked_by_kind u32
-- param: asked_by u64
INSERT INTO exclusions_exclusion (
	task_id, n, department, ground, grounds_version, evidence, asked_at, asked_by_kind,
	asked_by, is_open, is_approved, decided_at, decided_by_kind, decided_by
) VALUES (
	:task_id, :n, :department, :ground, :grounds_version, :evidence, :asked_at,
	:asked_by_kind, :asked_by, 1, 0, 0, 0, 0
);

-- name: exclusions_frozen :one
-- doc: When a month was frozen; none while its figures still move.
-- param: month u32
-- column: frozen_at i64
SELECT frozen_at FROM reports_frozen_view WHERE month = :month;

-- name: exclusions_last :one
-- doc: The newest request of a task.
-- param: task_id u64
-- column: n u64
-- column: ground str
-- column: asked_by_kind u32
-- column: asked_by u64
SELECT n, ground, asked_by_kind, asked_by FROM exclusions_exclusion
WHERE task_id = :task_id ORDER BY n DESC LIMIT 1;

-- name: exclusions_decide :write
-- doc: The decision of a request that is open.
-- param: task_id u64
-- param: n u64
-- param: is_approved bool
-- param: decided_at i64
-- param: decided_by_kind u32
-- param: decided_by u64
-- param: reason str?
-- param: published str?
UPDATE exclusions_exclusion SET is_open = 0, is_approved = :is_approved,
	decided_at = :decided_at, decided_by_kind = :decided_by_kind,
	decided_by = :decided_by, reason = :reason, published = :published
WHERE task_id = :task_id AND n = :n AND is_open = 1;

-- name: exclusions_page_open :many
-- doc: Requests without a decision, oldest first, behind a key.
-- param: after_at i64
-- param: after_task u64
-- param: n u32
-- column: task_id u64
-- column: department str
-- column: ground str
-- column: evidence str
-- column: asked_at i64
SELECT task_id, department, ground, evidence, asked_at FROM exclusions_exclusion
WHERE is_open = 1
	AND (asked_at > :after_at OR (asked_at = :after_at AND task_id > :after_task))
ORDER BY asked_at, task_id
LIMIT :n;

-- name: exclusions_page_decided :many
-- doc: Approved exclusions of a span of time, oldest first, behind a key.
-- param: decided_from i64
-- param: decided_until i64
-- param: after_at i64
-- param: after_task u64
-- param: n u32
-- column: task_id u64
-- column: department str
-- column: ground str
-- column: decided_at i64
-- column: published str?
SELECT task_id, department, ground, decided_at, published FROM exclusions_exclusion
WHERE decided_at >= :decided_from AND decided_at < :decided_until AND is_approved = 1
	AND (decided_at > :after_at OR (decided_at = :after_at AND task_id > :after_task))
ORDER BY decided_at, task_id
LIMIT :n;

-- name: exclusions_visited :one
-- doc: When a task was visited last; no row without a visit.
-- param: task_id u64
-- column: at i64
SELECT at FROM visits_visit WHERE task_id = :task_id ORDER BY n DESC LIMIT 1;
