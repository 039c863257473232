-- The supervision ledger: items, letters, inspections and their acts.

-- name: supervised_number_next :exec
-- doc: Takes the next number of a kind in a year; whoever comes second waits for the first.
-- param: kind u32
-- param: year u32
INSERT INTO supervised_number (kind, year, last) VALUES (:kind, :year, 1)
ON DUPLICATE KEY UPDATE last = last + 1;

-- name: supervised_number_last :one
-- doc: The number just taken.
-- param: kind u32
-- param: year u32
-- column: n u32
SELECT last AS n FROM supervised_number WHERE kind = :kind AND year = :year;

-- name: supervised_add :write
-- doc: A new item, as of its first act.
-- param: id u64
-- param: kind u32
-- param: year u32
-- param: n u32
-- param: source u32
-- param: department str
-- param: demand str
-- param: owner str?
-- param: task_id u64
-- param: meeting_id u64
-- param: risk str?
-- param: made_at i64
-- param: due i64
-- param: next_at i64
INSERT INTO supervised_item (id, kind, year, n, source, department, demand, owner, task_id,
	meeting_id, risk, state, version, made_at, due, overdue_at, urges, next_at, proved_at,
	proved_by_kind, proved_by, signed_off_at)
VALUES (:id, :kind, :year, :n, :source, :department, :demand, :owner, :task_id,
	:meeting_id, :risk, 1, 1, :made_at, :due, 0, 0, :next_at, 0, 0, 0, 0);

-- name: supervised_save :write
-- doc: An item after its next act.
-- param: id u64
-- param: version u64
-- param: state u32
-- param: due i64
-- param: overdue_at i64
-- param: urges u32
-- param: next_at i64
-- param: proved_at i64
-- param: proved_by_kind u32
-- param: proved_by u64
-- param: signed_off_at i64
UPDATE supervised_item SET version = :version, state = :state, due = :due,
	overdue_at = :overdue_at, urges = :urges, next_at = :next_at, proved_at = :proved_at,
	proved_by_kind = :proved_by_kind, proved_by = :proved_by,
	signed_off_at = :signed_off_at
WHERE id = :id AND version = :version - 1;

-- name: supervised_act_add :write
-- doc: What was done about an item.
-- param: item_id u64
-- param: n u64
-- param: kind u32
-- param: at i64
-- param: by_kind u32
-- param: by_id u64
-- param: by_name str
-- param: text str?
INSERT INTO supervised_act (item_id, n, kind, at, by_kind, by_id, by_name, text)
VALUES (:item_id, :n, :kind, :at, :by_kind, :by_id, :by_name, :text);

-- name: supervised_page :many
-- doc: Items behind an id, oldest first; 0 and '' ask for all. standing: 1 open and due before
-- doc: now, 2 all others. With number and year: the item of that number.
-- param: after u64
-- param: department str
-- param: kind u32
-- param: year u32
-- param: number u32
-- param: source u32
-- param: state u32
-- param: standing u32
-- param: now_at i64
-- param: meeting_id u64
-- param: with_hidden bool
-- param: n u32
-- column: id u64
-- column: kind u32
-- column: year u32
-- column: n u32
-- column: source u32
-- column: department str
-- column: demand str
-- column: owner str?
-- column: task_id u64
-- column: meeting_year u32
-- column: meeting_n u32
-- column: risk str?
-- column: state u32
-- column: version u64
-- column: made_at i64
-- column: due i64
-- column: overdue_at i64
-- column: urges u32
-- column: next_at i64
-- column: proved_at i64
-- column: proved_by_kind u32
-- column: proved_by u64
-- column: signed_off_at i64
SELECT i.id, i.kind, i.year, i.n, i.source, i.department, i.demand, i.owner, i.task_id,
	COALESCE(m.year, 0) AS meeting_year, COALESCE(m.n, 0) AS meeting_n, i.risk, i.state,
	i.version, i.made_at, i.due, i.overdue_at, i.urges, i.next_at, i.proved_at,
	i.proved_by_kind, i.proved_by, i.signed_off_at
FROM supervised_item i LEFT JOIN supervised_meeting m ON m.id = i.meeting_id
WHERE i.id > :after AND (:department = '' OR i.department = :department)
	AND (:kind = 0 OR i.kind = :kind) AND (:year = 0 OR i.year = :year)
	AND (:number = 0 OR i.n = :number) AND (:source = 0 OR i.source = :source)
	AND (:state = 0 OR i.state = :state) AND (:with_hidden OR i.kind <> 4)
	AND (:meeting_id = 0 OR i.meeting_id = :meeting_id)
	AND (:standing = 0 OR (:standing = 1) = (i.state = 1 AND i.due < :now_at))
ORDER BY i.id
LIMIT :n;

-- name: supervised_acts :many
-- doc: What was done about an item, oldest first.
-- param: item_id u64
-- column: n u64
-- column: kind u32
-- column: at i64
-- column: by_name str
-- column: text str?
SELECT n, kind, at, by_name, text FROM supervised_act WHERE item_id = :item_id ORDER BY n;

-- name: supervised_due :many
-- doc: Items that are to be marked overdue, earliest first.
-- param: now_at i64
-- param: n u32
-- column: kind u32
-- column: year u32
-- column: n u32
SELECT kind, year, n FROM supervised_item
WHERE next_at > 0 AND next_at <= :now_at
ORDER BY next_at, id
LIMIT :n;

-- name: supervised_next :one
-- doc: When the next one is to be; no row when none is.
-- column: next_at i64
SELECT next_at FROM supervised_item WHERE next_at > 0 ORDER BY next_at LIMIT 1;

-- name: supervised_meeting_add :write
-- doc: A meeting that was held.
-- param: id u64
-- param: year u32
-- param: n u32
-- param: title str
-- param: held_on i64
-- param: present str
-- param: at i64
-- param: by_name str
INSERT INTO supervised_meeting (id, year, n, title, held_on, present, at, by_name)
VALUES (:id, :year, :n, :title, :held_on, :present, :at, :by_name);

-- name: supervised_meetings :many
-- doc: Meetings behind an id, oldest first.
-- param: after u64
-- param: n u32
-- column: id u64
-- column: year u32
-- column: n u32
-- column: title str
-- column: held_on i64
-- column: present str
-- column: at i64
-- column: by_name str
-- column: items u32
-- column: items_open u32
SELECT m.id, m.year, m.n, m.title, m.held_on, m.present, m.at, m.by_name,
	(SELECT COUNT(*) FROM supervised_item i WHERE i.meeting_id = m.id) AS items,
	(SELECT COUNT(*) FROM supervised_item i
		WHERE i.meeting_id = m.id AND i.state <> 3) AS items_open
FROM supervised_meeting m WHERE m.id > :after ORDER BY m.id LIMIT :n;

-- name: supervised_meeting_id :one
-- doc: A meeting by its number.
-- param: year u32
-- param: n u32
-- column: id u64
SELECT id FROM supervised_meeting WHERE year = :year AND n = :n;

-- name: supervised_risks :many
-- doc: What speaks for an inspection of a department, from one moment until another.
-- doc: figure: 1 the caller came again about the same category within a span of the close, 2 the
-- doc: caller is dissatisfied, 3 the department wanted to give the task back, 4 it was redone.
-- param: since i64
-- param: until i64
-- param: span i64
-- column: department str
-- column: figure u32
-- column: task_id u64
SELECT department, figure, task_id FROM (
	SELECT t.department, 1 AS figure, t.id AS task_id
	FROM tasks_task t
	JOIN callers_caller c ON c.appeal_id = t.appeal_id
	JOIN intake_appeal a ON a.id = t.appeal_id
	WHERE t.role = 1 AND t.ended_at >= :since AND t.ended_at <= :until
		AND t.closed_at > 0 AND t.excluded_at = 0 AND EXISTS (
		SELECT 1 FROM callers_caller again JOIN intake_appeal b ON b.id = again.appeal_id
		WHERE again.phone_index = c.phone_index AND again.appeal_id > t.appeal_id
			AND b.category = a.category AND b.received_at > t.closed_at
			AND b.received_at <= t.closed_at + :span)
	UNION ALL
	SELECT department, 2, id FROM tasks_task
	WHERE ended_at >= :since AND ended_at <= :until AND closed_at > 0 AND outcome = 3
		AND excluded_at = 0
	UNION ALL
	SELECT DISTINCT t.department, IF(m.mark = 5, 3, 4), t.id
	FROM reports_mark m JOIN tasks_task t ON t.id = m.task_id
	WHERE m.mark IN (3, 5) AND m.at >= :since AND m.at <= :until AND t.excluded_at = 0
) risk
ORDER BY department, figure, task_id;

-- name: supervised_inspected :many
-- doc: Departments with an inspection that is not signed off.
-- column: department str
SELECT DISTINCT department FROM supervised_item
WHERE kind = 4 AND state <> 3 ORDER BY department;
