-- Reading appeals and tasks as they are held in a transaction (modules/matter.c): one place
-- that knows their columns, for all modules. Joins to a list of ids name their order: after a
-- fast growth of a table its statistics are old, and the optimizer would read it whole.

-- name: matter_appeal :one
-- doc: One appeal with its head and its caller's sealed identity.
-- param: appeal_id u64
-- column: id u64
-- column: channel u32
-- column: external_no str?
-- column: content_class u32
-- column: category str?
-- column: area str?
-- column: title str
-- column: text str
-- column: address str?
-- column: has_location bool
-- column: latitude i64
-- column: longitude i64
-- column: occurred_at i64
-- column: received_at i64
-- column: is_urgent bool
-- column: is_anonymous bool
-- column: is_secret bool
-- column: is_visit_wanted bool
-- column: has_phone bool
-- column: accused_department str?
-- column: enterprise_uscc str?
-- column: enterprise_name str?
-- column: registered_by_kind u32
-- column: registered_by u64
-- column: version u64
-- column: state u32
-- column: merged_into u64
-- column: is_transferring bool
-- column: record_key bytes?
-- column: name_sealed bytes?
-- column: phone_sealed bytes?
-- column: id_number_sealed bytes?
-- column: caller_address_sealed bytes?
-- column: place_sealed bytes?
-- column: location_sealed bytes?
-- column: erased_at i64
-- column: handover_id u64
SELECT
	a.id, a.channel, a.external_no, a.content_class, a.category, a.area, a.title, a.text,
	a.address, a.has_location, a.latitude, a.longitude, a.occurred_at, a.received_at,
	a.is_urgent, a.is_anonymous, a.is_secret, a.is_visit_wanted, a.has_phone,
	a.accused_department, a.enterprise_uscc, a.enterprise_name, a.registered_by_kind,
	a.registered_by, h.version, h.state, h.merged_into, h.is_transferring,
	c.record_key, c.name_sealed, c.phone_sealed, c.id_number_sealed,
	c.address_sealed AS caller_address_sealed, c.place_sealed, c.location_sealed,
	COALESCE(c.erased_at, 0) AS erased_at,
	COALESCE((SELECT MAX(x.id) FROM exchange_handover x WHERE x.appeal_id = a.id), 0) AS handover_id
FROM intake_appeal a
JOIN history_appeal h ON h.appeal_id = a.id
LEFT JOIN callers_caller c ON c.appeal_id = a.id
WHERE a.id = :appeal_id;

-- name: matter_hold :one
-- doc: The head of an appeal, locked until the transaction ends.
-- param: appeal_id u64
-- column: version u64
SELECT version FROM history_appeal WHERE appeal_id = :appeal_id FOR UPDATE;

-- name: matter_appeals :many
-- doc: The appeals of a JSON array of ids, in no order.
-- param: ids str
-- column: id u64
-- column: channel u32
-- column: external_no str?
-- column: content_class u32
-- column: category str?
-- column: area str?
-- column: title str
-- column: text str
-- column: address str?
-- column: has_location bool
-- column: latitude i64
-- column: longitude i64
-- column: occurred_at i64
-- column: received_at i64
-- column: is_urgent bool
-- column: is_anonymous bool
-- column: is_secret bool
-- column: is_visit_wanted bool
-- column: has_phone bool
-- column: accused_department str?
-- column: enterprise_uscc str?
-- column: enterprise_name str?
-- column: registered_by_kind u32
-- column: registered_by u64
-- column: version u64
-- column: state u32
-- column: merged_into u64
-- column: is_transferring bool
-- column: record_key bytes?
-- column: name_sealed bytes?
-- column: phone_sealed bytes?
-- column: id_number_sealed bytes?
-- column: caller_address_sealed bytes?
-- column: place_sealed bytes?
-- column: location_sealed bytes?
-- column: erased_at i64
-- column: handover_id u64
SELECT
	a.id, a.channel, a.external_no, a.content_class, a.category, a.area, a.title, a.text,
	a.address, a.has_location, a.latitude, a.longitude, a.occurred_at, a.received_at,
	a.is_urgent, a.is_anonymous, a.is_secret, a.is_visit_wanted, a.has_phone,
	a.accused_department, a.enterprise_uscc, a.enterprise_name, a.registered_by_kind,
	a.registered_by, h.version, h.state, h.merged_into, h.is_transferring,
	c.record_key, c.name_sealed, c.phone_sealed, c.id_number_sealed,
	c.address_sealed AS caller_address_sealed, c.place_sealed, c.location_sealed,
	COALESCE(c.erased_at, 0) AS erased_at,
	COALESCE((SELECT MAX(x.id) FROM exchange_handover x WHERE x.appeal_id = a.id), 0) AS handover_id
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN intake_appeal a FORCE INDEX (PRIMARY) ON a.id = wanted.id
STRAIGHT_JOIN history_appeal h FORCE INDEX (PRIMARY) ON h.appeal_id = a.id
LEFT JOIN callers_caller c ON c.appeal_id = a.id;

-- name: matter_tasks :many
-- doc: Tasks with ids from first to last: one task, or all of one appeal.
-- param: first_id u64
-- param: last_id u64
-- column: id u64
-- column: appeal_id u64
-- column: department str
-- column: role u32
-- column: limit_class u32
-- column: state u32
-- column: round u32
-- column: version u64
-- column: dispatched_at i64
-- column: signed_at i64
-- column: contacted_at i64
-- column: submitted_at i64
-- column: closed_at i64
-- column: sign_due i64
-- column: contact_due i64
-- column: due i64
-- column: original_due i64
-- column: redo_due i64
-- column: redo_at i64
-- column: is_contacted bool
-- column: is_reached bool
-- column: result u32
-- column: reply str?
-- column: legal_basis str?
-- column: advice str?
-- column: return_standing u32
-- column: state_before u32
-- column: extension_asked_at i64
-- column: extensions u32
-- column: held_since i64
-- column: held_until i64
-- column: left_by u32
-- column: left_at i64
-- column: is_withdrawal_recorded bool
-- column: is_exclusion_asked bool
-- column: excluded_at i64
-- column: urges u32
-- column: escalated_to str?
-- column: outcome u32
-- column: archive_at i64
-- column: calendar_version u64
-- column: catalogue_version u64
-- column: limits_version u64
-- column: grounds_version u64
-- column: checklist_version u64
SELECT
	id, appeal_id, department, role, limit_class, state, round, version, dispatched_at,
	signed_at, contacted_at, submitted_at, closed_at, sign_due, contact_due, due,
	original_due, redo_due, redo_at, is_contacted, is_reached, result, reply, legal_basis, advice,
	return_standing, state_before, extension_asked_at, extensions, held_since, held_until,
	left_by, left_at, is_withdrawal_recorded, is_exclusion_asked, excluded_at, urges,
	escalated_to, outcome, archive_at, calendar_version, catalogue_version, limits_version,
	grounds_version, checklist_version
FROM tasks_task
WHERE id BETWEEN :first_id AND :last_id
ORDER BY id;

-- name: matter_tasks_of :many
-- doc: All tasks of a JSON array of appeal ids.
-- param: ids str
-- column: id u64
-- column: appeal_id u64
-- column: department str
-- column: role u32
-- column: limit_class u32
-- column: state u32
-- column: round u32
-- column: version u64
-- column: dispatched_at i64
-- column: signed_at i64
-- column: contacted_at i64
-- column: submitted_at i64
-- column: closed_at i64
-- column: sign_due i64
-- column: contact_due i64
-- column: due i64
-- column: original_due i64
-- column: redo_due i64
-- column: redo_at i64
-- column: is_contacted bool
-- column: is_reached bool
-- column: result u32
-- column: reply str?
-- column: legal_basis str?
-- column: advice str?
-- column: return_standing u32
-- column: state_before u32
-- column: extension_asked_at i64
-- column: extensions u32
-- column: held_since i64
-- column: held_until i64
-- column: left_by u32
-- column: left_at i64
-- column: is_withdrawal_recorded bool
-- column: is_exclusion_asked bool
-- column: excluded_at i64
-- column: urges u32
-- column: escalated_to str?
-- column: outcome u32
-- column: archive_at i64
-- column: calendar_version u64
-- column: catalogue_version u64
-- column: limits_version u64
-- column: grounds_version u64
-- column: checklist_version u64
SELECT
	t.id, t.appeal_id, t.department, t.role, t.limit_class, t.state, t.round, t.version,
	t.dispatched_at, t.signed_at, t.contacted_at, t.submitted_at, t.closed_at, t.sign_due,
	t.contact_due, t.due, t.original_due, t.redo_due, t.redo_at,
	t.is_contacted, t.is_reached, t.result, t.reply,
	t.legal_basis, t.advice, t.return_standing, t.state_before, t.extension_asked_at,
	t.extensions, t.held_since, t.held_until, t.left_by, t.left_at,
	t.is_withdrawal_recorded, t.is_exclusion_asked, t.excluded_at, t.urges, t.escalated_to,
	t.outcome, t.archive_at, t.calendar_version, t.catalogue_version, t.limits_version,
	t.grounds_version, t.checklist_version
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN tasks_task t FORCE INDEX (tasks_appeal) ON t.appeal_id = wanted.id
ORDER BY t.id;
