-- Lists of appeals, full text, and the segments behind it. Lists are keyset pages over ids; one
-- query per filter that has its own index; 0 and '' leave a filter out.

-- name: search_of_state :many
-- doc: Appeals in one state.
-- param: state u32
-- param: before_id u64
-- param: n u32
-- column: id u64
SELECT appeal_id AS id FROM history_appeal FORCE INDEX (history_state)
WHERE state = :state AND appeal_id < :before_id
ORDER BY appeal_id DESC
LIMIT :n;

-- name: search_of_department :many
-- doc: Appeals that a department has, or had, a task of.
-- param: department str
-- param: before_id u64
-- param: n u32
-- column: id u64
SELECT DISTINCT appeal_id AS id FROM tasks_task FORCE INDEX (tasks_department)
WHERE department = :department AND appeal_id < :before_id
ORDER BY appeal_id DESC
LIMIT :n;

-- name: search_of_open :many
-- doc: Appeals with an open task that is due before a moment; '' is any department.
-- param: due_before i64
-- param: department str
-- param: before_id u64
-- param: n u32
-- column: id u64
SELECT DISTINCT appeal_id AS id FROM tasks_task FORCE INDEX (tasks_open)
WHERE closed_at = 0 AND appeal_id < :before_id AND left_at = 0 AND due < :due_before
	AND (:department = '' OR department = :department)
ORDER BY appeal_id DESC
LIMIT :n;

-- name: search_of_channel :many
-- doc: Appeals of one channel.
-- param: channel u32
-- param: before_id u64
-- param: n u32
-- column: id u64
SELECT id FROM intake_appeal FORCE INDEX (intake_channel)
WHERE channel = :channel AND id < :before_id
ORDER BY id DESC
LIMIT :n;

-- name: search_of_category :many
-- doc: Appeals of a JSON array of categories; '' is any area.
-- param: categories str
-- param: area str
-- param: before_id u64
-- param: n u32
-- column: id u64
SELECT a.id
FROM JSON_TABLE(:categories, '$[*]' COLUMNS (code VARCHAR(16)
	CHARACTER SET ascii COLLATE ascii_bin PATH '$')) wanted
STRAIGHT_JOIN intake_appeal a FORCE INDEX (intake_place)
	ON a.category = wanted.code AND a.id < :before_id AND (:area = '' OR a.area = :area)
ORDER BY a.id DESC
LIMIT :n;

-- name: search_of_phone :many
-- doc: Appeals of one phone, newest first, by its blind index.
-- param: phone_index bytes
-- param: before_id u64
-- param: n u32
-- column: id u64
SELECT appeal_id AS id FROM callers_caller
WHERE phone_index = :phone_index AND appeal_id < :before_id
ORDER BY appeal_id DESC
LIMIT :n;

-- name: search_of_phone_tail :many
-- doc: Appeals of phones with the same last digits, newest first.
-- param: phone_tail u32
-- param: before_id u64
-- param: n u32
-- column: id u64
SELECT appeal_id AS id FROM callers_caller
WHERE phone_tail = :phone_tail AND appeal_id < :before_id
ORDER BY appeal_id DESC
LIMIT :n;

-- name: search_of_external :many
-- doc: Appeals with a channel's own number, on whichever channel (domain.h numbers them).
-- param: external_no str
-- column: id u64
SELECT id FROM intake_appeal
WHERE channel IN (1, 2, 3, 4, 5, 6, 7, 8) AND external_no = :external_no;

-- name: search_of_contact :many
-- doc: Appeals about the enterprises that the register names a login for.
-- param: contact str
-- param: before_id u64
-- param: n u32
-- column: id u64
SELECT a.id
FROM enterprises_enterprise n FORCE INDEX (enterprises_contact)
STRAIGHT_JOIN intake_appeal a FORCE INDEX (intake_enterprise)
	ON a.enterprise_uscc = n.uscc AND a.id < :before_id
WHERE n.contact_leader = :contact
ORDER BY a.id DESC
LIMIT :n;

-- name: search_since :many
-- doc: Appeals from an id on, newest first.
-- param: since_id u64
-- param: before_id u64
-- param: n u32
-- column: id u64
SELECT id FROM intake_appeal
WHERE id >= :since_id AND id < :before_id
ORDER BY id DESC
LIMIT :n;

-- name: search_filter :many
-- doc: Which of a JSON array of ids pass the filters, newest first. What is not to be known of
-- doc: is dropped here, before anything of it is looked at or counted.
-- param: ids str
-- param: state u32
-- param: channel u32
-- param: department str
-- param: due_before i64
-- param: overdue_at i64
-- param: owner_id u64
-- param: contact str
-- param: fast_lane_kind u32
-- param: categories str
-- param: area str
-- column: id u64
SELECT a.id
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN intake_appeal a FORCE INDEX (PRIMARY) ON a.id = wanted.id
STRAIGHT_JOIN history_appeal h FORCE INDEX (PRIMARY) ON h.appeal_id = a.id
WHERE (:state = 0 OR h.state = :state)
	AND (:channel = 0 OR a.channel = :channel)
	AND (JSON_LENGTH(:categories) = 0 OR a.category IN (SELECT wanted_category.code
		FROM JSON_TABLE(:categories, '$[*]' COLUMNS (code VARCHAR(16)
			CHARACTER SET ascii COLLATE ascii_bin PATH '$')) wanted_category))
	AND (:area = '' OR a.area = :area)
	AND (:owner_id = 0 OR (a.registered_by_kind = 1 AND a.registered_by = :owner_id))
	AND (:contact = '' OR (a.is_secret = 0 AND 0 < (SELECT COUNT(*)
		FROM enterprises_enterprise n FORCE INDEX (PRIMARY)
		WHERE n.uscc = a.enterprise_uscc AND n.contact_leader = :contact)))
	AND (:department = '' OR 0 < (SELECT COUNT(*)
		FROM tasks_task t FORCE INDEX (tasks_appeal)
		WHERE t.appeal_id = a.id AND t.department = :department))
	AND (:department = '' OR a.accused_department IS NULL
		OR a.accused_department <> :department)
	AND (:fast_lane_kind = 0 OR 0 < (SELECT COUNT(*)
		FROM history_event e FORCE INDEX (PRIMARY)
		WHERE e.appeal_id = a.id AND e.kind = :fast_lane_kind))
	AND (:due_before = 0 OR 0 < (SELECT COUNT(*)
		FROM tasks_task t FORCE INDEX (tasks_appeal)
		WHERE t.appeal_id = a.id AND t.closed_at = 0 AND t.left_at = 0
			AND t.due < :due_before))
	AND (:overdue_at = 0 OR 0 < (SELECT COUNT(*)
		FROM tasks_task t FORCE INDEX (tasks_appeal)
		WHERE t.appeal_id = a.id AND t.closed_at = 0 AND t.left_at = 0
			AND t.due <= :overdue_at))
ORDER BY a.id DESC;

-- name: search_texts :many
-- doc: What is searched of a JSON array of ids, newest first.
-- param: ids str
-- column: id u64
-- column: title str
-- column: text str
-- column: address str?
-- column: external_no str?
-- column: is_secret bool
SELECT a.id, a.title, a.text, a.address, a.external_no, a.is_secret
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN intake_appeal a FORCE INDEX (PRIMARY) ON a.id = wanted.id
ORDER BY a.id DESC;

-- name: search_waiting_add :write
-- doc: An appeal that is to be packed.
-- param: appeal_id u64
INSERT INTO search_waiting (appeal_id) VALUES (:appeal_id);

-- name: search_waiting_newest :many
-- doc: Appeals below an id that are not packed yet, newest first.
-- param: before_id u64
-- param: n u32
-- column: id u64
SELECT appeal_id AS id FROM search_waiting
WHERE appeal_id < :before_id
ORDER BY appeal_id DESC
LIMIT :n;

-- name: search_waiting_oldest :many
-- doc: Appeals to be packed next.
-- param: n u32
-- column: id u64
SELECT appeal_id AS id FROM search_waiting
ORDER BY appeal_id
LIMIT :n;

-- name: search_waiting_done :write
-- doc: An appeal that this transaction packs; a conflict if another one did.
-- param: appeal_id u64
DELETE FROM search_waiting WHERE appeal_id = :appeal_id;

-- name: search_segments :many
-- doc: All segments that are searched, by their newest appeal.
-- column: segment_id u32
-- column: id_lo u64
-- column: id_hi u64
SELECT segment_id, id_lo, id_hi FROM search_segment
WHERE state = 2
ORDER BY id_hi DESC;

-- name: search_segment_lists :one
-- doc: The lists of a segment that is searched.
-- param: segment_id u32
-- column: docs u32
-- column: ids bytes
-- column: dir bytes
SELECT docs, ids, dir FROM search_segment
WHERE segment_id = :segment_id AND state = 2;

-- name: search_blocks :many
-- doc: The blocks of a JSON array of [segment, first gram].
-- param: wanted str
-- column: segment_id u32
-- column: first_gram u32
-- column: data bytes
SELECT b.segment_id, b.first_gram, b.data
FROM JSON_TABLE(:wanted, '$[*]' COLUMNS (
	segment_id INT UNSIGNED PATH '$[0]',
	first_gram INT UNSIGNED PATH '$[1]'
)) wanted
STRAIGHT_JOIN search_block b FORCE INDEX (PRIMARY)
	ON b.segment_id = wanted.segment_id AND b.first_gram = wanted.first_gram;

-- name: search_blocks_between :many
-- doc: Blocks of one segment from one first gram to another, both included.
-- param: segment_id u32
-- param: first_gram u32
-- param: last_gram u32
-- column: first_gram u32
-- column: data bytes
SELECT first_gram, data FROM search_block
WHERE segment_id = :segment_id AND first_gram BETWEEN :first_gram AND :last_gram
ORDER BY first_gram;

-- name: search_block_add :write
-- doc: A block of a segment that is being made.
-- param: segment_id u32
-- param: first_gram u32
-- param: data bytes
INSERT INTO search_block (segment_id, first_gram, data)
VALUES (:segment_id, :first_gram, :data);

-- name: search_segment_add :write
-- doc: A segment: searched at once when it is whole, or to be filled by a merge.
-- param: segment_id u32
-- param: level u32
-- param: state u32
-- param: docs u32
-- param: id_lo u64
-- param: id_hi u64
-- param: sources str
-- param: ids bytes
-- param: dir bytes
INSERT INTO search_segment (
	segment_id, level, state, docs, id_lo, id_hi, next_gram, sources, ids, dir
) VALUES (
	:segment_id, :level, :state, :docs, :id_lo, :id_hi, 0, :sources, :ids, :dir
);

-- name: search_merging :one
-- doc: The merge under way: there is at most one.
-- column: segment_id u32
-- column: docs u32
-- column: next_gram u64
-- column: sources str
SELECT segment_id, docs, next_gram, sources FROM search_segment
WHERE state = 1
LIMIT 1;

-- name: search_merge_move :write
-- doc: A step of a merge; its blocks follow those before.
-- param: segment_id u32
-- param: was u64
-- param: next_gram u64
-- param: more bytes
-- param: state u32
UPDATE search_segment
SET dir = CONCAT(dir, :more), next_gram = :next_gram, state = :state
WHERE segment_id = :segment_id AND state = 1 AND next_gram = :was;

-- name: search_segment_retire :write
-- doc: A segment whose appeals another one has from this transaction on.
-- param: segment_id u32
UPDATE search_segment SET state = 3 WHERE segment_id = :segment_id AND state = 2;

-- name: search_sources :many
-- doc: The segments of a JSON array, with the ids of their appeals.
-- param: segments str
-- column: segment_id u32
-- column: docs u32
SELECT s.segment_id, s.docs
FROM JSON_TABLE(:segments, '$[*]' COLUMNS (segment_id INT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN search_segment s FORCE INDEX (PRIMARY) ON s.segment_id = wanted.segment_id
WHERE s.state = 2;

-- name: search_lowest :many
-- doc: The oldest segments of a level.
-- param: level u32
-- param: n u32
-- column: segment_id u32
SELECT segment_id FROM search_segment
WHERE state = 2 AND level = :level
ORDER BY id_hi
LIMIT :n;

-- name: search_retired :one
-- doc: A segment to be removed.
-- column: segment_id u32
SELECT segment_id FROM search_segment
WHERE state = 3
LIMIT 1;

-- name: search_blocks_remove :exec
-- doc: Some blocks of a segment that nobody searches any more.
-- param: segment_id u32
-- param: n u32
DELETE FROM search_block WHERE segment_id = :segment_id LIMIT :n;

-- name: search_segment_remove :write
-- doc: A segment without blocks.
-- param: segment_id u32
DELETE FROM search_segment WHERE segment_id = :segment_id AND state = 3;

-- name: search_forget :exec
-- doc: Retires every segment; what they had is to be packed again.
UPDATE search_segment SET state = 3;

-- name: search_span :one
-- doc: The first and the last appeal; 0 when there is none.
-- column: first_id u64
-- column: last_id u64
SELECT COALESCE(MIN(id), 0) AS first_id, COALESCE(MAX(id), 0) AS last_id FROM intake_appeal;

-- name: search_waiting_count :one
-- doc: How many appeals wait to be packed.
-- column: n u64
SELECT COUNT(*) AS n FROM search_waiting;

-- name: search_wait_again :exec
-- doc: All appeals of a span of ids wait to be packed.
-- param: first_id u64
-- param: last_id u64
INSERT IGNORE INTO search_waiting (appeal_id)
SELECT id FROM intake_appeal WHERE id BETWEEN :first_id AND :last_id;
