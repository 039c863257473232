-- Notices to callers by short message, reports of them, and replies.

-- name: notices_insert :exec
-- doc: An occasion to tell a caller; told once.
-- param: id u64
-- param: appeal_id u64
-- param: task_id u64
-- param: occasion u32
-- param: ordinal i64
-- param: not_before i64
-- param: created_at i64
-- param: promise_on i64
INSERT IGNORE INTO notices_notice (
	id, appeal_id, task_id, occasion, ordinal, state, dropped_for, not_before, created_at,
	posted_at, promise_on, segments, delivery_id
) VALUES (
	:id, :appeal_id, :task_id, :occasion, :ordinal, 1, 0, :not_before, :created_at,
	0, :promise_on, 0, 0
);

-- name: notices_add :write
-- doc: The same for an appeal that was just made, of which there is none yet.
-- param: id u64
-- param: appeal_id u64
-- param: occasion u32
-- param: not_before i64
-- param: created_at i64
INSERT INTO notices_notice (
	id, appeal_id, task_id, occasion, ordinal, state, dropped_for, not_before, created_at,
	posted_at, promise_on, segments, delivery_id
) VALUES (
	:id, :appeal_id, 0, :occasion, 0, 1, 0, :not_before, :created_at, 0, 0, 0, 0
);

-- name: notices_take_back :exec
-- doc: What a caller was to be told of a step that was taken back, and has not been told; occasion 0
-- doc: means each.
-- param: appeal_id u64
-- param: task_id u64
-- param: occasion u32
DELETE FROM notices_notice
WHERE appeal_id = :appeal_id AND task_id = :task_id AND state = 1
	AND (:occasion = 0 OR occasion = :occasion);

-- name: notices_merged :many
-- doc: Whose callers are told of the same matter: appeals merged into this one.
-- param: parent_id u64
-- param: n u32
-- column: appeal_id u64
SELECT m.child_id AS appeal_id FROM merges_merge m
STRAIGHT_JOIN history_appeal h FORCE INDEX (PRIMARY) ON h.appeal_id = m.child_id
WHERE m.parent_id = :parent_id AND h.merged_into = :parent_id
ORDER BY m.child_id LIMIT :n;

-- name: notices_due :many
-- doc: What may be sent now.
-- param: until i64
-- param: n u32
-- column: id u64
-- column: appeal_id u64
-- column: task_id u64
-- column: occasion u32
-- column: promise_on i64
SELECT id, appeal_id, task_id, occasion, promise_on FROM notices_notice
WHERE state = 1 AND not_before <= :until ORDER BY not_before, id LIMIT :n;

-- name: notices_next :one
-- doc: When the next one may be sent.
-- column: not_before i64
SELECT not_before FROM notices_notice WHERE state = 1 ORDER BY not_before LIMIT 1;

-- name: notices_posted :exec
-- doc: Its message is on its way.
-- param: id u64
-- param: posted_at i64
-- param: segments u32
-- param: delivery_id u64
UPDATE notices_notice SET state = 2, posted_at = :posted_at, segments = :segments,
	delivery_id = :delivery_id WHERE id = :id AND state = 1;

-- name: notices_drop :exec
-- doc: It is not sent.
-- param: id u64
-- param: dropped_for u32
UPDATE notices_notice SET state = 3, dropped_for = :dropped_for WHERE id = :id AND state = 1;

-- name: notices_gateway_of :one
-- doc: The gateway's endpoint.
-- column: endpoint_id u64
SELECT endpoint_id FROM notices_gateway WHERE id = 1;

-- name: notices_gateway_put :write
-- doc: The gateway's endpoint was made.
-- param: endpoint_id u64
INSERT INTO notices_gateway (id, endpoint_id) VALUES (1, :endpoint_id);

-- name: notices_of :many
-- doc: Notices of an appeal with what became of them, oldest first.
-- param: appeal_id u64
-- column: id u64
-- column: appeal_id u64
-- column: occasion u32
-- column: state u32
-- column: dropped_for u32
-- column: not_before i64
-- column: created_at i64
-- column: posted_at i64
-- column: segments u32
-- column: sending u32
-- column: is_reported bool
-- column: is_delivered bool
SELECT n.id, n.appeal_id, n.occasion, n.state, n.dropped_for, n.not_before, n.created_at,
	n.posted_at, n.segments, COALESCE(d.state, 0) AS sending,
	r.gateway_id IS NOT NULL AS is_reported, COALESCE(r.is_delivered, 0) AS is_delivered
FROM notices_notice n FORCE INDEX (notices_once)
LEFT JOIN notices_gateway g ON g.id = 1
LEFT JOIN outbox_delivery_view d ON d.endpoint_id = g.endpoint_id AND d.id = n.delivery_id
LEFT JOIN outbox_attempt_view a ON a.delivery_id = n.delivery_id AND a.answer LIKE 'id=%'
LEFT JOIN notices_report r ON r.gateway_id = SUBSTRING(a.answer, 4, 128)
WHERE n.appeal_id = :appeal_id
ORDER BY n.id;

-- name: notices_report_put :exec
-- doc: A report; the last word counts, and delivered stays delivered.
-- param: gateway_id str
-- param: is_delivered bool
-- param: state str
-- param: at i64
INSERT INTO notices_report (gateway_id, is_delivered, state, at)
VALUES (:gateway_id, :is_delivered, :state, :at)
ON DUPLICATE KEY UPDATE state = IF(is_delivered, state, VALUES(state)),
	is_delivered = is_delivered OR VALUES(is_delivered), at = VALUES(at);

-- name: notices_reply_insert :exec
-- doc: A reply; one that came before is not taken again.
-- param: id u64
-- param: tag bytes
-- param: appeal_id u64
-- param: content_sealed bytes
-- param: state u32
-- param: received_at i64
INSERT IGNORE INTO notices_reply (
	id, tag, appeal_id, content_sealed, state, received_at, read_by_kind, read_by
) VALUES (
	:id, :tag, :appeal_id, :content_sealed, :state, :received_at, 0, 0
);

-- name: notices_last_told :one
-- doc: The appeal that a number was told of last.
-- param: phone_index bytes
-- column: appeal_id u64
SELECT n.appeal_id FROM callers_caller c
JOIN notices_notice n ON n.appeal_id = c.appeal_id AND n.state = 2
WHERE c.phone_index = :phone_index ORDER BY n.posted_at DESC, n.id DESC LIMIT 1;

-- name: notices_answerable :many
-- doc: What a number was told that a digit may answer, the newest first.
-- param: phone_index bytes
-- param: result u32
-- param: question u32
-- param: n u32
-- column: appeal_id u64
-- column: occasion u32
-- column: posted_at i64
SELECT n.appeal_id, n.occasion, n.posted_at FROM callers_caller c
JOIN notices_notice n ON n.appeal_id = c.appeal_id AND n.state = 2
	AND n.occasion IN (:result, :question)
WHERE c.phone_index = :phone_index ORDER BY n.posted_at DESC, n.id DESC LIMIT :n;

-- name: notices_answered_at :one
-- doc: When a number last answered by a reply; 0 for never.
-- param: phone_index bytes
-- param: state u32
-- column: at i64
SELECT COALESCE(MAX(r.received_at), 0) AS at FROM callers_caller c
JOIN notices_reply r ON r.appeal_id = c.appeal_id AND r.state = :state
WHERE c.phone_index = :phone_index;

-- name: notices_stop_put :exec
-- doc: No more messages to this number.
-- param: phone_index bytes
-- param: since i64
INSERT IGNORE INTO notices_stop (phone_index, since) VALUES (:phone_index, :since);

-- name: notices_stop_lift :exec
-- doc: Messages to this number again; no row where it had not stopped them.
-- param: phone_index bytes
DELETE FROM notices_stop WHERE phone_index = :phone_index;

-- name: notices_is_stopped :one
-- doc: Whether a number wants none.
-- param: phone_index bytes
-- column: since i64
SELECT since FROM notices_stop WHERE phone_index = :phone_index;

-- name: notices_replies :many
-- doc: Replies in a state, or all, the newest first.
-- param: state u32
-- param: before u64
-- param: n u32
-- column: id u64
-- column: appeal_id u64
-- column: content_sealed bytes
-- column: state u32
-- column: received_at i64
SELECT id, appeal_id, content_sealed, state, received_at FROM notices_reply
WHERE (:state = 0 OR state = :state) AND id < :before ORDER BY id DESC LIMIT :n;

-- name: notices_reply_state :exec
-- doc: What a reply came to.
-- param: id u64
-- param: state u32
UPDATE notices_reply SET state = :state WHERE id = :id;

-- name: notices_reply_waits :one
-- doc: A reply that nobody has read yet.
-- param: id u64
-- column: id u64
SELECT id FROM notices_reply WHERE id = :id AND state = 1;

-- name: notices_reply_read :exec
-- doc: An operator has read it.
-- param: id u64
-- param: kind u32
-- param: by u64
UPDATE notices_reply SET state = 3, read_by_kind = :kind, read_by = :by
WHERE id = :id AND state = 1;

-- name: notices_replies_of :many
-- doc: Replies about an appeal, oldest first.
-- param: appeal_id u64
-- column: id u64
-- column: content_sealed bytes
-- column: received_at i64
SELECT id, content_sealed, received_at FROM notices_reply FORCE INDEX (notices_reply_appeal)
WHERE appeal_id = :appeal_id ORDER BY id;

-- name: notices_replies_forget :exec
-- doc: They are no more.
-- param: appeal_id u64
DELETE FROM notices_reply WHERE appeal_id = :appeal_id;

-- name: notices_drop_of :exec
-- doc: What waits to be told of an appeal is not told.
-- param: appeal_id u64
-- param: why u32
UPDATE notices_notice FORCE INDEX (notices_once) SET state = 3, dropped_for = :why
WHERE appeal_id = :appeal_id AND state = 1;
