-- Registrations. Lists are keyset pages over ids; one query per filter that has its own index.

-- name: intake_insert :write
-- doc: A registration.
-- param: id u64
-- param: channel u32
-- param: external_no str?
-- param: content_class u32
-- param: category str?
-- param: area str?
-- param: title str
-- param: text str
-- param: address str?
-- param: has_location bool
-- param: latitude i64
-- param: longitude i64
-- param: occurred_at i64
-- param: received_at i64
-- param: is_urgent bool
-- param: is_anonymous bool
-- param: is_secret bool
-- param: is_visit_wanted bool
-- param: has_phone bool
-- param: accused_department str?
-- param: enterprise_uscc str?
-- param: enterprise_name str?
-- param: registered_by_kind u32
-- param: registered_by u64
-- param: content_digest bytes
INSERT INTO intake_appeal (
	id, channel, external_no, content_class, category, area, title, text, address,
	has_location, latitude, longitude, occurred_at, received_at, is_urgent, is_anonymous,
	is_secret, is_visit_wanted, has_phone, accused_department, enterprise_uscc,
	enterprise_name, registered_by_kind, registered_by, content_digest
) VALUES (
	:id, :channel, :external_no, :content_class, :category, :area, :title, :text, :address,
	:has_location, :latitude, :longitude, :occurred_at, :received_at, :is_urgent,
	:is_anonymous, :is_secret, :is_visit_wanted, :has_phone, :accused_department,
	:enterprise_uscc, :enterprise_name, :registered_by_kind, :registered_by, :content_digest
);

-- name: intake_by_external :one
-- doc: The appeal that a channel's own number already has.
-- param: channel u32
-- param: external_no str
-- column: id u64
-- column: content_digest bytes
SELECT id, content_digest FROM intake_appeal
WHERE channel = :channel AND external_no = :external_no;

-- name: intake_page :many
-- doc: Ids of appeals, newest first, below a key; 0 and '' leave a filter out.
-- param: before_id u64
-- param: channel u32
-- param: department str
-- param: due_before i64
-- param: overdue_at i64
-- param: owner_id u64
-- param: n u32
-- column: id u64
SELECT a.id FROM intake_appeal a
WHERE a.id < :before_id
	AND (:channel = 0 OR a.channel = :channel)
	AND (:owner_id = 0 OR (a.registered_by_kind = 1 AND a.registered_by = :owner_id))
	AND (:department = '' OR EXISTS (SELECT 1 FROM tasks_task t
		WHERE t.appeal_id = a.id AND t.department = :department))
	AND (:department = '' OR a.accused_department IS NULL
		OR a.accused_department <> :department)
	AND (:due_before = 0 OR EXISTS (SELECT 1 FROM tasks_task t
		WHERE t.appeal_id = a.id AND t.closed_at = 0 AND t.due < :due_before))
	AND (:overdue_at = 0 OR EXISTS (SELECT 1 FROM tasks_task t
		WHERE t.appeal_id = a.id AND t.closed_at = 0 AND t.due <= :overdue_at))
ORDER BY a.id DESC
LIMIT :n;

-- name: intake_page_of_state :many
-- doc: The same for one state, by the index on the heads.
-- param: state u32
-- param: before_id u64
-- param: channel u32
-- param: department str
-- param: due_before i64
-- param: overdue_at i64
-- param: owner_id u64
-- param: n u32
-- column: id u64
SELECT h.appeal_id AS id FROM history_appeal h
JOIN intake_appeal a ON a.id = h.appeal_id
WHERE h.state = :state AND h.appeal_id < :before_id
	AND (:channel = 0 OR a.channel = :channel)
	AND (:owner_id = 0 OR (a.registered_by_kind = 1 AND a.registered_by = :owner_id))
	AND (:department = '' OR EXISTS (SELECT 1 FROM tasks_task t
		WHERE t.appeal_id = a.id AND t.department = :department))
	AND (:department = '' OR a.accused_department IS NULL
		OR a.accused_department <> :department)
	AND (:due_before = 0 OR EXISTS (SELECT 1 FROM tasks_task t
		WHERE t.appeal_id = a.id AND t.closed_at = 0 AND t.due < :due_before))
	AND (:overdue_at = 0 OR EXISTS (SELECT 1 FROM tasks_task t
		WHERE t.appeal_id = a.id AND t.closed_at = 0 AND t.due <= :overdue_at))
ORDER BY h.appeal_id DESC
LIMIT :n;

-- name: intake_page_of_phone :many
-- doc: Appeals of one phone, by its blind index.
-- param: phone_index bytes
-- param: state u32
-- param: before_id u64
-- param: channel u32
-- param: department str
-- param: due_before i64
-- param: overdue_at i64
-- param: n u32
-- column: id u64
SELECT c.appeal_id AS id FROM callers_caller c
JOIN intake_appeal a ON a.id = c.appeal_id
JOIN history_appeal h ON h.appeal_id = c.appeal_id
WHERE c.phone_index = :phone_index AND c.appeal_id < :before_id
	AND (:state = 0 OR h.state = :state)
	AND (:channel = 0 OR a.channel = :channel)
	AND (:department = '' OR EXISTS (SELECT 1 FROM tasks_task t
		WHERE t.appeal_id = a.id AND t.department = :department))
	AND (:due_before = 0 OR EXISTS (SELECT 1 FROM tasks_task t
		WHERE t.appeal_id = a.id AND t.closed_at = 0 AND t.due < :due_before))
	AND (:overdue_at = 0 OR EXISTS (SELECT 1 FROM tasks_task t
		WHERE t.appeal_id = a.id AND t.closed_at = 0 AND t.due <= :overdue_at))
ORDER BY c.appeal_id DESC
LIMIT :n;
