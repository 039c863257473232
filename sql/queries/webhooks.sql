-- Webhook endpoints of departments, their deliveries, and the warnings about silent ones.

-- name: webhooks_insert :write
-- doc: A new endpoint.
-- param: id u64
-- param: department str
-- param: format u32
-- param: events str
-- param: prefix str?
-- param: created_at i64
-- param: created_by_kind u32
-- param: created_by u64
INSERT INTO webhooks_endpoint (
	id, department, format, events, prefix, is_removed, created_at, created_by_kind, created_by
) VALUES (
	:id, :department, :format, :events, :prefix, 0, :created_at, :created_by_kind, :created_by
);

-- name: webhooks_remove :exec
-- doc: Nothing is posted to the endpoint any more.
-- param: id u64
UPDATE webhooks_endpoint SET is_removed = 1 WHERE id = :id AND is_removed = 0;

-- name: webhooks_one :one
-- doc: An endpoint with how it does.
-- param: id u64
-- column: id u64
-- column: department str
-- column: format u32
-- column: events str
-- column: prefix str?
-- column: created_at i64
-- column: url str
-- column: state u32
-- column: disabled_for u32
-- column: held_until i64
-- column: failures u32
-- column: failing_since i64
-- column: last_success_at i64
SELECT w.id, w.department, w.format, w.events, w.prefix, w.created_at, e.url, e.state, e.disabled_for,
	e.held_until, e.failures, e.failing_since, e.last_success_at
FROM webhooks_endpoint w JOIN outbox_endpoint_view e ON e.id = w.id
WHERE w.id = :id AND w.is_removed = 0;

-- name: webhooks_list :many
-- doc: Endpoints in order of their making; of one department, or of all.
-- param: department str
-- param: is_all bool
-- param: after u64
-- param: n u32
-- column: id u64
-- column: department str
-- column: format u32
-- column: events str
-- column: prefix str?
-- column: created_at i64
-- column: url str
-- column: state u32
-- column: disabled_for u32
-- column: held_until i64
-- column: failures u32
-- column: failing_since i64
-- column: last_success_at i64
SELECT w.id, w.department, w.format, w.events, w.prefix, w.created_at, e.url, e.state, e.disabled_for,
	e.held_until, e.failures, e.failing_since, e.last_success_at
FROM webhooks_endpoint w JOIN outbox_endpoint_view e ON e.id = w.id
WHERE w.id > :after AND w.is_removed = 0 AND (:is_all OR w.department = :department)
ORDER BY w.id LIMIT :n;

-- name: webhooks_deliveries :many
-- doc: Messages to an endpoint, the newest first.
-- param: endpoint_id u64
-- param: before u64
-- param: n u32
-- column: id u64
-- column: topic u64
-- column: seq u32
-- column: state u32
-- column: due_at i64
-- column: created_at i64
-- column: done_at i64
-- column: forgotten_at i64
-- column: message_id str
-- column: type str
SELECT d.id, d.topic, d.seq, d.state, d.due_at, d.created_at, d.done_at,
	d.forgotten_at, d.message_id, d.type
FROM outbox_delivery_view d
WHERE d.endpoint_id = :endpoint_id AND d.id < :before
ORDER BY d.id DESC LIMIT :n;

-- name: webhooks_deliveries_in :many
-- doc: The same in one state. Its standing leads to the few open and dead ones directly.
-- param: endpoint_id u64
-- param: standing u32
-- param: state u32
-- param: before u64
-- param: n u32
-- column: id u64
-- column: topic u64
-- column: seq u32
-- column: state u32
-- column: due_at i64
-- column: created_at i64
-- column: done_at i64
-- column: forgotten_at i64
-- column: message_id str
-- column: type str
SELECT d.id, d.topic, d.seq, d.state, d.due_at, d.created_at, d.done_at,
	d.forgotten_at, d.message_id, d.type
FROM outbox_delivery_view d
WHERE d.endpoint_id = :endpoint_id AND d.standing = :standing AND d.state = :state
AND d.id < :before
ORDER BY d.id DESC LIMIT :n;

-- name: webhooks_delivery :one
-- doc: One message.
-- param: endpoint_id u64
-- param: id u64
-- column: id u64
-- column: topic u64
-- column: seq u32
-- column: state u32
-- column: due_at i64
-- column: created_at i64
-- column: done_at i64
-- column: forgotten_at i64
-- column: message_id str
-- column: type str
SELECT d.id, d.topic, d.seq, d.state, d.due_at, d.created_at, d.done_at,
	d.forgotten_at, d.message_id, d.type
FROM outbox_delivery_view d
WHERE d.endpoint_id = :endpoint_id AND d.id = :id;

-- name: webhooks_attempts :many
-- doc: Attempts of some messages, given as a JSON list of ids, in order.
-- param: ids str
-- param: chars u32
-- column: delivery_id u64
-- column: at i64
-- column: duration i64
-- column: status u32
-- column: error u32
-- column: cause u32
-- column: address str
-- column: answer str
SELECT a.delivery_id, a.at, a.duration, a.status, a.error, a.cause, a.address,
	LEFT(a.answer, :chars) AS answer
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) w
STRAIGHT_JOIN outbox_attempt_view a ON a.delivery_id = w.id
ORDER BY a.delivery_id, a.number;

-- name: webhooks_warnings_open :many
-- doc: Warnings that last.
-- column: endpoint_id u64
-- column: since i64
SELECT endpoint_id, since FROM webhooks_warning WHERE ended_at = 0;

-- name: webhooks_warning_insert :write
-- doc: An endpoint has fallen silent.
-- param: endpoint_id u64
-- param: since i64
-- param: noticed_at i64
INSERT INTO webhooks_warning (
	endpoint_id, since, noticed_at, ended_at
) VALUES (
	:endpoint_id, :since, :noticed_at, 0
);

-- name: webhooks_warning_again :exec
-- doc: The same silence as before, which had seemed over.
-- param: endpoint_id u64
-- param: since i64
UPDATE webhooks_warning SET ended_at = 0 WHERE endpoint_id = :endpoint_id AND since = :since;

-- name: webhooks_warning_end :exec
-- doc: It is heard from again.
-- param: endpoint_id u64
-- param: now i64
UPDATE webhooks_warning SET ended_at = :now WHERE endpoint_id = :endpoint_id AND ended_at = 0;

-- name: webhooks_warnings :many
-- doc: What operators must see now, the newest first.
-- param: before_at i64
-- param: before_id u64
-- param: n u32
-- column: endpoint_id u64
-- column: since i64
-- column: noticed_at i64
-- column: department str
-- column: url str
SELECT x.endpoint_id, x.since, x.noticed_at, w.department, e.url
FROM webhooks_warning x
JOIN webhooks_endpoint w ON w.id = x.endpoint_id
JOIN outbox_endpoint_view e ON e.id = x.endpoint_id
WHERE x.ended_at = 0
AND (x.noticed_at < :before_at OR (x.noticed_at = :before_at AND x.endpoint_id < :before_id))
ORDER BY x.noticed_at DESC, x.endpoint_id DESC LIMIT :n;
