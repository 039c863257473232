-- The outbox: messages, their claims and results, endpoints and their secrets.
--
-- Indexes are forced wherever the table of deliveries is walked: it grows from nothing to many
-- rows within seconds, and the optimizer would go by statistics from before and read it whole.

-- name: outbox_insert :write
-- doc: A new message.
-- param: endpoint_id u64
-- param: id u64
-- param: topic u64
-- param: seq u32
-- param: due_at i64
-- param: created_at i64
-- param: cause u32
-- param: is_watched bool
-- param: message_id str
-- param: type str
-- param: content_type str
-- param: body str
-- param: is_sealed bool
INSERT INTO outbox_delivery (
	endpoint_id, id, topic, seq, state, standing, due_at, lease_until, fence, run_id, tries,
	cause, is_watched, created_at, done_at, message_id, type, content_type, body, is_sealed
) VALUES (
	:endpoint_id, :id, :topic, :seq, 1, 1, :due_at, 0, 0, 0, 0,
	:cause, :is_watched, :created_at, 0, :message_id, :type, :content_type, :body, :is_sealed
);

-- name: outbox_held_insert :write
-- doc: A message that waits, and may be taken back until it is due.
-- param: held_for u64
-- param: not_before i64
-- param: endpoint_id u64
-- param: delivery_id u64
INSERT INTO outbox_held (held_for, not_before, endpoint_id, delivery_id)
VALUES (:held_for, :not_before, :endpoint_id, :delivery_id);

-- name: outbox_held_count :one
-- doc: How many wait for one step.
-- param: held_for u64
-- param: not_before i64
-- column: n u64
SELECT COUNT(*) AS n FROM outbox_held
WHERE held_for = :held_for AND not_before = :not_before;

-- name: outbox_held_delete :exec
-- doc: Those of them that nobody has ever claimed go; the number of rows.
-- param: held_for u64
-- param: not_before i64
DELETE d FROM outbox_held h
STRAIGHT_JOIN outbox_delivery d FORCE INDEX (PRIMARY)
	ON d.endpoint_id = h.endpoint_id AND d.id = h.delivery_id
WHERE h.held_for = :held_for AND h.not_before = :not_before AND d.fence = 0 AND d.tries = 0
	AND d.standing = 1;

-- name: outbox_held_forget :exec
-- doc: Rows of what was due before a moment.
-- param: before i64
-- param: n u32
DELETE FROM outbox_held WHERE not_before < :before ORDER BY not_before LIMIT :n;

-- name: outbox_endpoints_of_topic :many
-- doc: Endpoints, also removed ones, with a message of a topic.
-- param: topic u64
-- column: endpoint_id u64
SELECT e.id AS endpoint_id FROM outbox_endpoint e
WHERE EXISTS (SELECT 1 FROM outbox_delivery d FORCE INDEX (outbox_order)
	WHERE d.endpoint_id = e.id AND d.topic = :topic);

-- name: outbox_forget :exec
-- doc: Bodies of a topic; what is open is dead, whoever has claimed it, and nobody is warned of it.
-- param: endpoint_id u64
-- param: topic u64
-- param: now i64
UPDATE outbox_delivery FORCE INDEX (outbox_order)
SET body = '', forgotten_at = :now, fence = fence + 1, lease_until = 0, is_watched = 0,
	done_at = IF(standing = 1, :now, done_at), state = IF(standing = 1, 3, state),
	standing = IF(standing = 1, 2, standing)
WHERE endpoint_id = :endpoint_id AND topic = :topic AND forgotten_at = 0;

-- name: outbox_sealed_insert :write
-- doc: A sealed message, whose body has an end.
-- param: created_at i64
-- param: endpoint_id u64
-- param: delivery_id u64
INSERT INTO outbox_sealed (created_at, endpoint_id, delivery_id)
VALUES (:created_at, :endpoint_id, :delivery_id);

-- name: outbox_sealed_over :many
-- doc: Those posted before a moment that wait no more, or are no more.
-- param: before i64
-- param: n u32
-- column: created_at i64
-- column: endpoint_id u64
-- column: delivery_id u64
SELECT s.created_at, s.endpoint_id, s.delivery_id
FROM outbox_sealed s FORCE INDEX (PRIMARY)
LEFT JOIN outbox_delivery d FORCE INDEX (PRIMARY)
	ON d.endpoint_id = s.endpoint_id AND d.id = s.delivery_id
WHERE s.created_at < :before AND (d.standing IS NULL OR d.standing <> 1)
ORDER BY s.created_at LIMIT :n;

-- name: outbox_sealed_delete :exec
-- doc: It is forgotten, unless it was sent again meanwhile.
-- param: created_at i64
-- param: delivery_id u64
DELETE s FROM outbox_sealed s FORCE INDEX (PRIMARY)
LEFT JOIN outbox_delivery d FORCE INDEX (PRIMARY)
	ON d.endpoint_id = s.endpoint_id AND d.id = s.delivery_id
WHERE s.created_at = :created_at AND s.delivery_id = :delivery_id
	AND (d.standing IS NULL OR d.standing <> 1);

-- name: outbox_forget_one :exec
-- doc: The body of one that waits no more, unless it was sent again meanwhile.
-- param: endpoint_id u64
-- param: id u64
-- param: now i64
UPDATE outbox_delivery SET body = '', forgotten_at = :now, is_watched = 0
WHERE endpoint_id = :endpoint_id AND id = :id AND standing <> 1 AND forgotten_at = 0;

-- name: outbox_last_seq :one
-- doc: The newest message of a topic.
-- param: endpoint_id u64
-- param: topic u64
-- column: seq u32
SELECT seq FROM outbox_delivery FORCE INDEX (outbox_order)
WHERE endpoint_id = :endpoint_id AND topic = :topic ORDER BY seq DESC LIMIT 1;

-- name: outbox_endpoint_insert :write
-- doc: A new endpoint, enabled.
-- param: id u64
-- param: url str
-- param: dialect u32
-- param: address_sealed bytes?
INSERT INTO outbox_endpoint (
	id, version, url, state, disabled_for, held_until, open_span, failures, failing_since,
	last_success_at, dialect, address_sealed
) VALUES (
	:id, 1, :url, 1, 0, 0, 0, 0, 0, 0, :dialect, :address_sealed
);

-- name: outbox_endpoint_touch :exec
-- doc: Takes the endpoint's row, so that rotations come one after another.
-- param: id u64
UPDATE outbox_endpoint SET version = version + 1 WHERE id = :id AND state <> 3;

-- name: outbox_endpoint_enable :exec
-- doc: Forgets what was held against the endpoint.
-- param: id u64
UPDATE outbox_endpoint SET version = version + 1, state = 1, disabled_for = 0, held_until = 0,
	open_span = 0, failures = 0, failing_since = 0 WHERE id = :id AND state <> 3;

-- name: outbox_enable_refused :exec
-- doc: The same for those of a dialect that were disabled for one reason.
-- param: dialect u32
-- param: disabled_for u32
UPDATE outbox_endpoint SET version = version + 1, state = 1, disabled_for = 0, held_until = 0,
	open_span = 0, failures = 0, failing_since = 0
WHERE dialect = :dialect AND state = 2 AND disabled_for = :disabled_for;

-- name: outbox_endpoint_pause :exec
-- doc: Nothing for one that is disabled already: why it was stays known.
-- param: id u64
-- param: disabled_for u32
UPDATE outbox_endpoint SET version = version + 1, state = 2, disabled_for = :disabled_for
WHERE id = :id AND state = 1;

-- name: outbox_endpoint_remove :exec
-- doc: Nothing goes there any more.
-- param: id u64
UPDATE outbox_endpoint SET version = version + 1, state = 3 WHERE id = :id;

-- name: outbox_secrets :many
-- doc: Secrets that sign now, the newest first.
-- param: endpoint_id u64
-- param: now i64
-- column: number u32
-- column: sealed bytes
-- column: expires_at i64
SELECT number, sealed, expires_at FROM outbox_secret
WHERE endpoint_id = :endpoint_id AND (expires_at = 0 OR expires_at > :now)
ORDER BY number DESC;

-- name: outbox_secret_last :one
-- doc: The newest secret's number.
-- param: endpoint_id u64
-- column: number u32
SELECT number FROM outbox_secret WHERE endpoint_id = :endpoint_id ORDER BY number DESC LIMIT 1;

-- name: outbox_secret_insert :write
-- doc: A new secret, which signs first.
-- param: endpoint_id u64
-- param: number u32
-- param: sealed bytes
-- param: created_at i64
INSERT INTO outbox_secret (
	endpoint_id, number, sealed, created_at, expires_at
) VALUES (
	:endpoint_id, :number, :sealed, :created_at, 0
);

-- name: outbox_secret_retire :exec
-- doc: The newest secret signs along until then.
-- param: endpoint_id u64
-- param: expires_at i64
UPDATE outbox_secret SET expires_at = :expires_at
WHERE endpoint_id = :endpoint_id AND expires_at = 0;

-- name: outbox_lanes :many
-- doc: All endpoints with the moment at which each has something to send.
-- param: now i64
-- column: id u64
-- column: version u64
-- column: url str
-- column: state u32
-- column: held_until i64
-- column: open_span i64
-- column: failures u32
-- column: failing_since i64
-- column: dialect u32
-- column: address_sealed bytes?
-- column: next_due i64
SELECT e.id, e.version, e.url, e.state, e.held_until, e.open_span, e.failures, e.failing_since,
	e.dialect, e.address_sealed,
	COALESCE((SELECT d.due_at FROM outbox_delivery d FORCE INDEX (outbox_due)
		WHERE d.endpoint_id = e.id AND d.standing = 1 AND d.lease_until <= :now
		ORDER BY d.due_at LIMIT 1), 0) AS next_due
FROM outbox_endpoint e
WHERE e.state <> 3 OR EXISTS (SELECT 1
	FROM outbox_delivery o FORCE INDEX (outbox_due)
	WHERE o.endpoint_id = e.id AND o.standing = 1);

-- name: outbox_claimable :many
-- doc: Due messages of an endpoint that nobody has claimed and that are first of their topic.
-- doc: A first message that was never replayed has nothing to wait for.
-- param: endpoint_id u64
-- param: now i64
-- param: n u32
-- column: id u64
-- column: topic u64
-- column: fence u32
-- column: tries u32
-- column: cause u32
-- column: message_id str
-- column: content_type str
-- column: body str
-- column: is_sealed bool
SELECT d.id, d.topic, d.fence, d.tries, d.cause, d.message_id, d.content_type, d.body, d.is_sealed
FROM outbox_delivery d FORCE INDEX (outbox_due)
WHERE d.endpoint_id = :endpoint_id AND d.standing = 1 AND d.due_at <= :now
AND d.lease_until <= :now
AND ((d.seq = 1 AND d.cause = 1) OR NOT EXISTS (SELECT 1
	FROM outbox_delivery p FORCE INDEX (outbox_order)
	WHERE p.endpoint_id = :endpoint_id AND p.topic = d.topic AND p.standing = 1
	AND p.seq <> d.seq AND (p.seq < d.seq OR p.lease_until > :now)))
ORDER BY d.due_at LIMIT :n;

-- name: outbox_claim :exec
-- doc: Compare-and-set on (id, fence), for a JSON list of [endpoint_id, id, fence]: of two
-- doc: claimants of one message one finds fewer rows than it named.
-- param: claims str
-- param: run_id u64
-- param: lease_until i64
UPDATE JSON_TABLE(:claims, '$[*]' COLUMNS (
	endpoint_id BIGINT UNSIGNED PATH '$[0]',
	id BIGINT UNSIGNED PATH '$[1]',
	fence INT UNSIGNED PATH '$[2]')) c
STRAIGHT_JOIN outbox_delivery d FORCE INDEX (PRIMARY)
	ON d.endpoint_id = c.endpoint_id AND d.id = c.id AND d.fence = c.fence
SET d.fence = d.fence + 1, d.run_id = :run_id, d.lease_until = :lease_until;

-- name: outbox_release :write
-- doc: Gives a claim back unused, unless it was taken over.
-- param: endpoint_id u64
-- param: id u64
-- param: fence u32
UPDATE outbox_delivery SET lease_until = IF(fence = :fence, 0, lease_until)
WHERE endpoint_id = :endpoint_id AND id = :id;

-- name: outbox_mark_delivered :exec
-- doc: Receipts, as a JSON list of [endpoint_id, id, tries, done_at]. A receipt is a fact: it is
-- doc: accepted from a late owner too.
-- param: receipts str
UPDATE JSON_TABLE(:receipts, '$[*]' COLUMNS (
	endpoint_id BIGINT UNSIGNED PATH '$[0]',
	id BIGINT UNSIGNED PATH '$[1]',
	tries INT UNSIGNED PATH '$[2]',
	done_at BIGINT PATH '$[3]')) r
STRAIGHT_JOIN outbox_delivery d FORCE INDEX (PRIMARY)
	ON d.endpoint_id = r.endpoint_id AND d.id = r.id
SET d.state = 4, d.standing = 3, d.lease_until = 0, d.tries = r.tries, d.done_at = r.done_at;

-- name: outbox_mark_failed :write
-- doc: A retry is planned, or it is dead; only by the owner, and never back from delivered.
-- param: endpoint_id u64
-- param: id u64
-- param: fence u32
-- param: state u32
-- param: standing u32
-- param: tries u32
-- param: due_at i64
-- param: done_at i64
UPDATE outbox_delivery SET
	due_at = IF(fence = :fence AND standing = 1, :due_at, due_at),
	tries = IF(fence = :fence AND standing = 1, :tries, tries),
	done_at = IF(fence = :fence AND standing = 1, :done_at, done_at),
	state = IF(fence = :fence AND standing = 1, :state, state),
	lease_until = IF(fence = :fence, 0, lease_until),
	standing = IF(fence = :fence AND standing = 1, :standing, standing)
WHERE endpoint_id = :endpoint_id AND id = :id;

-- name: outbox_attempt_insert :write
-- doc: What came of one attempt.
-- param: delivery_id u64
-- param: number u32
-- param: at i64
-- param: duration i64
-- param: status u32
-- param: error u32
-- param: cause u32
-- param: address str
-- param: answer str
INSERT INTO outbox_attempt (
	delivery_id, number, at, duration, status, error, cause, address, answer
) VALUES (
	:delivery_id, :number, :at, :duration, :status, :error, :cause, :address, :answer
);

-- name: outbox_attempt_insert_once :exec
-- doc: The same when an earlier commit may have written it already.
-- param: delivery_id u64
-- param: number u32
-- param: at i64
-- param: duration i64
-- param: status u32
-- param: error u32
-- param: cause u32
-- param: address str
-- param: answer str
INSERT IGNORE INTO outbox_attempt (
	delivery_id, number, at, duration, status, error, cause, address, answer
) VALUES (
	:delivery_id, :number, :at, :duration, :status, :error, :cause, :address, :answer
);

-- name: outbox_lane_mark :exec
-- doc: How an endpoint does; nothing when people changed it meanwhile.
-- param: id u64
-- param: version u64
-- param: state u32
-- param: disabled_for u32
-- param: held_until i64
-- param: open_span i64
-- param: failures u32
-- param: failing_since i64
-- param: last_success_at i64
UPDATE outbox_endpoint SET state = :state, disabled_for = :disabled_for,
	held_until = :held_until, open_span = :open_span, failures = :failures,
	failing_since = :failing_since,
	last_success_at = GREATEST(last_success_at, :last_success_at)
WHERE id = :id AND version = :version;

-- name: outbox_kill :exec
-- doc: Messages of an endpoint that takes none any more, a bounded number at a time. Nothing
-- doc: when it was enabled meanwhile.
-- param: endpoint_id u64
-- param: now i64
-- param: n u32
UPDATE outbox_delivery FORCE INDEX (outbox_due)
SET state = 3, standing = 2, done_at = :now
WHERE endpoint_id = :endpoint_id AND standing = 1 AND lease_until <= :now
AND (SELECT e.state FROM outbox_endpoint e WHERE e.id = :endpoint_id) <> 1 LIMIT :n;

-- name: outbox_replay :exec
-- doc: One message again, now; nothing when it was forgotten.
-- param: endpoint_id u64
-- param: id u64
-- param: now i64
-- param: cause u32
UPDATE outbox_delivery SET due_at = :now, cause = :cause,
	tries = IF(standing = 1, tries, 0), lease_until = IF(standing = 1, lease_until, 0),
	state = IF(standing = 1, state, 1), standing = 1
WHERE endpoint_id = :endpoint_id AND id = :id AND forgotten_at = 0;

-- name: outbox_replay_range :exec
-- doc: What is dead or delivered of a time range, a bounded number at a time.
-- param: endpoint_id u64
-- param: since i64
-- param: until i64
-- param: now i64
-- param: cause u32
-- param: n u32
UPDATE outbox_delivery FORCE INDEX (PRIMARY)
SET due_at = :now, cause = :cause, tries = 0, lease_until = 0, state = 1, standing = 1
WHERE endpoint_id = :endpoint_id AND standing <> 1 AND forgotten_at = 0
AND created_at >= :since AND created_at < :until ORDER BY id LIMIT :n;

-- name: outbox_silent :many
-- doc: Endpoints with a watched message that is older and did not arrive, and those whose receiver
-- doc: said that their key or signature is wrong, which no waiting mends.
-- param: before i64
-- column: endpoint_id u64
-- column: since i64
SELECT e.id AS endpoint_id, COALESCE(
	IF(e.state = 2 AND e.disabled_for = 3, NULLIF(e.failing_since, 0), NULL),
	(SELECT o.created_at FROM outbox_delivery o FORCE INDEX (outbox_due)
		WHERE o.endpoint_id = e.id AND o.standing = 1 AND o.is_watched = 1
		AND o.created_at <= :before
		ORDER BY o.due_at LIMIT 1),
	(SELECT x.created_at FROM outbox_delivery x FORCE INDEX (outbox_due)
		WHERE x.endpoint_id = e.id AND x.standing = 2 AND x.is_watched = 1
		AND x.created_at <= :before
		ORDER BY x.due_at LIMIT 1), 0) AS since
FROM outbox_endpoint e WHERE e.state <> 3 HAVING since > 0;

-- name: outbox_counts :one
-- doc: Open and dead messages of all endpoints, without those that cannot be sent again.
-- column: open u64
-- column: dead u64
SELECT COALESCE(SUM((SELECT COUNT(*) FROM outbox_delivery o FORCE INDEX (outbox_due)
		WHERE o.endpoint_id = e.id AND o.standing = 1)), 0) AS open,
	COALESCE(SUM((SELECT COUNT(*) FROM outbox_delivery x FORCE INDEX (outbox_due)
		WHERE x.endpoint_id = e.id AND x.standing = 2 AND x.forgotten_at = 0)), 0) AS dead
FROM outbox_endpoint e;

-- name: outbox_run_insert :write
-- doc: This process claims.
-- param: id u64
-- param: host str
-- param: pid u32
-- param: birth u64
-- param: started_at i64
INSERT INTO outbox_run (
	id, host, pid, birth, started_at, seen_at, is_gone
) VALUES (
	:id, :host, :pid, :birth, :started_at, :started_at, 0
);

-- name: outbox_run_seen :exec
-- doc: A process that claims is there still.
-- param: id u64
-- param: seen_at i64
UPDATE outbox_run SET seen_at = :seen_at WHERE id = :id;

-- name: outbox_runs_seen :one
-- doc: Processes on whatever machine that were there lately, and those of them that began lately.
-- param: seen_since i64
-- param: begun_since i64
-- column: n u64
-- column: young u64
SELECT COUNT(*) AS n, COALESCE(SUM(started_at > :begun_since), 0) AS young
FROM outbox_run WHERE seen_at > :seen_since;

-- name: outbox_runs :many
-- doc: Processes that claim or claimed on this machine.
-- param: host str
-- column: id u64
-- column: pid u32
-- column: birth u64
SELECT id, pid, birth FROM outbox_run WHERE host = :host AND is_gone = 0;

-- name: outbox_run_free :exec
-- doc: What a process had claimed of an endpoint may be claimed again.
-- param: endpoint_id u64
-- param: run_id u64
UPDATE outbox_delivery FORCE INDEX (outbox_due) SET lease_until = 0
WHERE endpoint_id = :endpoint_id AND standing = 1 AND run_id = :run_id;

-- name: outbox_run_gone :exec
-- doc: The process is gone.
-- param: id u64
UPDATE outbox_run SET is_gone = 1 WHERE id = :id;

-- name: outbox_runs_forget :exec
-- doc: Processes that are gone and whose last request matters to nobody any more.
-- param: seen_until i64
DELETE FROM outbox_run WHERE is_gone = 1 AND seen_at <= :seen_until;

-- name: outbox_headers :many
-- doc: What every attempt carries besides its own headers.
-- column: name str
-- column: value str
SELECT name, value FROM outbox_header ORDER BY name LIMIT 4;

-- name: outbox_header_put :exec
-- doc: A header of every attempt from now on.
-- param: name str
-- param: value str
INSERT INTO outbox_header (name, value) VALUES (:name, :value)
ON DUPLICATE KEY UPDATE value = VALUES(value);
