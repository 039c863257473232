-- What the frame of every action does with a task (modules/action.c).

-- name: action_save :write
-- doc: The task after an action; fails when somebody else acted since it was read.
-- param: id u64
-- param: was u64
-- param: version u64
-- param: state u32
-- param: round u32
-- param: signed_at i64
-- param: contacted_at i64
-- param: submitted_at i64
-- param: closed_at i64
-- param: sign_due i64
-- param: contact_due i64
-- param: due i64
-- param: redo_due i64
-- param: redo_at i64
-- param: is_contacted bool
-- param: is_reached bool
-- param: result u32
-- param: reply str?
-- param: legal_basis str?
-- param: return_standing u32
-- param: state_before u32
-- param: extension_asked_at i64
-- param: extensions u32
-- param: held_since i64
-- param: held_until i64
-- param: left_by u32
-- param: left_at i64
-- param: is_withdrawal_recorded bool
-- param: is_exclusion_asked bool
-- param: excluded_at i64
-- param: urges u32
-- param: escalated_to str?
-- param: outcome u32
-- param: archive_at i64
UPDATE tasks_task SET version = :version, state = :state, round = :round,
	signed_at = :signed_at, contacted_at = :contacted_at, submitted_at = :submitted_at,
	closed_at = :closed_at, sign_due = :sign_due, contact_due = :contact_due, due = :due,
	redo_due = :redo_due, redo_at = :redo_at,
	is_contacted = :is_contacted, is_reached = :is_reached, result = :result, reply = :reply,
	legal_basis = :legal_basis, return_standing = :return_standing,
	state_before = :state_before, extension_asked_at = :extension_asked_at,
	extensions = :extensions, held_since = :held_since, held_until = :held_until,
	left_by = :left_by, left_at = :left_at,
	is_withdrawal_recorded = :is_withdrawal_recorded,
	is_exclusion_asked = :is_exclusion_asked, excluded_at = :excluded_at, urges = :urges,
	escalated_to = :escalated_to, outcome = :outcome, archive_at = :archive_at
WHERE id = :id AND version = :was;

-- name: action_done_by :one
-- doc: How many events of some kinds (bits) somebody caused to a task; task 0 is the appeal's own
-- doc: events and those of all its tasks.
-- param: appeal_id u64
-- param: task_id u64
-- param: kinds u64
-- param: by_kind u32
-- param: by_id u64
-- column: n u64
SELECT COUNT(*) AS n FROM history_event
WHERE appeal_id = :appeal_id AND (:task_id = 0 OR task_id = :task_id)
	AND by_kind = :by_kind AND by_id = :by_id AND (:kinds >> kind) & 1 = 1;
