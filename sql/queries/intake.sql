-- Registrations.

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

-- name: intake_registered_since :one
-- doc: How many an actor registered from an id on; withdrawn ones (9) do not count.
-- param: since_id u64
-- param: by_kind u32
-- param: by_id u64
-- column: n u64
SELECT COUNT(*) AS n
FROM intake_appeal a FORCE INDEX (PRIMARY)
STRAIGHT_JOIN history_appeal h FORCE INDEX (PRIMARY) ON h.appeal_id = a.id
WHERE a.id >= :since_id AND a.registered_by_kind = :by_kind AND a.registered_by = :by_id
	AND h.state <> 9;
