-- Hand-overs between the hotline and other services.

-- name: exchange_peer_add :write
-- doc: A new one.
-- param: code str
-- param: name str
-- param: is_police bool
-- param: mode u32
-- param: public_key str
-- param: endpoint_id u64
-- param: url str?
-- param: version u64
-- param: sent_position u64
-- param: batched_position u64
-- param: sent_batch u64
-- param: sent_digest str
-- param: acked_batch u64
-- param: received_batch u64
-- param: received_digest str
-- param: seen_batch u64
-- param: owes_ack bool
-- param: key_id u64
INSERT INTO exchange_peer (code, name, is_police, mode, public_key, endpoint_id, url, version,
	sent_position, batched_position, sent_batch, sent_digest, acked_batch, received_batch,
	received_digest, seen_batch, owes_ack, key_id)
VALUES (:code, :name, :is_police, :mode, :public_key, :endpoint_id, :url, :version, :sent_position,
	:batched_position, :sent_batch, :sent_digest, :acked_batch, :received_batch,
	:received_digest, :seen_batch, :owes_ack, :key_id);

-- name: exchange_peer_save :write
-- doc: Fails when somebody else changed it since it was read.
-- param: code str
-- param: name str
-- param: is_police bool
-- param: mode u32
-- param: public_key str
-- param: endpoint_id u64
-- param: url str?
-- param: version u64
-- param: sent_position u64
-- param: batched_position u64
-- param: sent_batch u64
-- param: sent_digest str
-- param: acked_batch u64
-- param: received_batch u64
-- param: received_digest str
-- param: seen_batch u64
-- param: owes_ack bool
-- param: key_id u64
-- param: was u64
UPDATE exchange_peer SET name = :name, is_police = :is_police, mode = :mode,
	public_key = :public_key, endpoint_id = :endpoint_id, url = :url, version = :version,
	sent_position = :sent_position, batched_position = :batched_position,
	sent_batch = :sent_batch, sent_digest = :sent_digest,
	acked_batch = :acked_batch, received_batch = :received_batch,
	received_digest = :received_digest, seen_batch = :seen_batch, owes_ack = :owes_ack,
	key_id = :key_id
WHERE code = :code AND version = :was;

-- name: exchange_peer_one :one
-- doc: By its code.
-- param: code str
-- column: code str
-- column: name str
-- column: is_police bool
-- column: mode u32
-- column: public_key str
-- column: endpoint_id u64
-- column: url str?
-- column: version u64
-- column: sent_position u64
-- column: batched_position u64
-- column: sent_batch u64
-- column: sent_digest str
-- column: acked_batch u64
-- column: received_batch u64
-- column: received_digest str
-- column: seen_batch u64
-- column: owes_ack bool
-- column: key_id u64
SELECT code, name, is_police, mode, public_key, endpoint_id, url, version, sent_position,
	batched_position, sent_batch, sent_digest, acked_batch, received_batch, received_digest, seen_batch,
	owes_ack, key_id
FROM exchange_peer
WHERE code = :code;

-- name: exchange_peers :many
-- doc: Those behind a code, in the order of codes.
-- param: after str
-- param: n u32
-- column: code str
-- column: name str
-- column: is_police bool
-- column: mode u32
-- column: public_key str
-- column: endpoint_id u64
-- column: url str?
-- column: version u64
-- column: sent_position u64
-- column: batched_position u64
-- column: sent_batch u64
-- column: sent_digest str
-- column: acked_batch u64
-- column: received_batch u64
-- column: received_digest str
-- column: seen_batch u64
-- column: owes_ack bool
-- column: key_id u64
SELECT code, name, is_police, mode, public_key, endpoint_id, url, version, sent_position,
	batched_position, sent_batch, sent_digest, acked_batch, received_batch, received_digest, seen_batch,
	owes_ack, key_id
FROM exchange_peer FORCE INDEX (PRIMARY)
WHERE code > :after
ORDER BY code
LIMIT :n;

-- name: exchange_peers_of :one
-- doc: How many there are of a kind.
-- param: is_police bool
-- column: n u64
SELECT COUNT(*) AS n FROM exchange_peer WHERE is_police = :is_police;

-- name: exchange_add :write
-- doc: A new hand-over.
-- param: id u64
-- param: peer str
-- param: is_ours bool
-- param: number str
-- param: appeal_id u64
-- param: state u32
-- param: pressing u32
-- param: item str
-- param: item_version u64
-- param: first_response_at i64
-- param: offered_at i64
-- param: accept_by i64
-- param: answered_at i64
-- param: arrived_at i64
-- param: ended_at i64
-- param: their_no str?
-- param: sent_seq u32
-- param: received_seq u32
-- param: version u64
-- param: place u64
INSERT INTO exchange_handover (id, peer, is_ours, number, appeal_id, state, pressing, item, item_version,
	first_response_at, offered_at, accept_by, answered_at, arrived_at, ended_at,
	their_no, sent_seq, received_seq, version, place)
VALUES (:id, :peer, :is_ours, :number, :appeal_id, :state, :pressing, :item, :item_version,
	:first_response_at, :offered_at, :accept_by, :answered_at, :arrived_at, :ended_at, :their_no,
	:sent_seq, :received_seq, :version, :place);

-- name: exchange_save :write
-- doc: After a message; fails when somebody else added one since it was read.
-- param: id u64
-- param: was u64
-- param: version u64
-- param: appeal_id u64
-- param: state u32
-- param: answered_at i64
-- param: arrived_at i64
-- param: ended_at i64
-- param: their_no str?
-- param: sent_seq u32
-- param: received_seq u32
UPDATE exchange_handover SET version = :version, appeal_id = :appeal_id, state = :state,
	answered_at = :answered_at, arrived_at = :arrived_at, ended_at = :ended_at,
	their_no = :their_no, sent_seq = :sent_seq, received_seq = :received_seq
WHERE id = :id AND version = :was;

-- name: exchange_by_number :one
-- doc: By its number at who offered it.
-- param: peer str
-- param: is_ours bool
-- param: number str
-- column: id u64
-- column: peer str
-- column: is_ours bool
-- column: number str
-- column: appeal_id u64
-- column: state u32
-- column: pressing u32
-- column: item str
-- column: item_version u64
-- column: first_response_at i64
-- column: offered_at i64
-- column: accept_by i64
-- column: answered_at i64
-- column: arrived_at i64
-- column: ended_at i64
-- column: their_no str?
-- column: sent_seq u32
-- column: received_seq u32
-- column: version u64
SELECT id, peer, is_ours, number, appeal_id, state, pressing, item, item_version,
	first_response_at, offered_at, accept_by, answered_at, arrived_at, ended_at,
	their_no, sent_seq, received_seq, version
FROM exchange_handover
WHERE peer = :peer AND is_ours = :is_ours AND number = :number;

-- name: exchange_of_appeal :one
-- doc: The newest one of an appeal.
-- param: appeal_id u64
-- column: id u64
-- column: peer str
-- column: is_ours bool
-- column: number str
-- column: appeal_id u64
-- column: state u32
-- column: pressing u32
-- column: item str
-- column: item_version u64
-- column: first_response_at i64
-- column: offered_at i64
-- column: accept_by i64
-- column: answered_at i64
-- column: arrived_at i64
-- column: ended_at i64
-- column: their_no str?
-- column: sent_seq u32
-- column: received_seq u32
-- column: version u64
SELECT id, peer, is_ours, number, appeal_id, state, pressing, item, item_version,
	first_response_at, offered_at, accept_by, answered_at, arrived_at, ended_at,
	their_no, sent_seq, received_seq, version
FROM exchange_handover FORCE INDEX (exchange_appeal)
WHERE appeal_id = :appeal_id
ORDER BY id DESC
LIMIT 1;

-- name: exchange_theirs :many
-- doc: What others handed to us and we took on as this appeal.
-- param: appeal_id u64
-- param: n u32
-- column: id u64
-- column: peer str
-- column: is_ours bool
-- column: number str
-- column: appeal_id u64
-- column: state u32
-- column: pressing u32
-- column: item str
-- column: item_version u64
-- column: first_response_at i64
-- column: offered_at i64
-- column: accept_by i64
-- column: answered_at i64
-- column: arrived_at i64
-- column: ended_at i64
-- column: their_no str?
-- column: sent_seq u32
-- column: received_seq u32
-- column: version u64
SELECT id, peer, is_ours, number, appeal_id, state, pressing, item, item_version,
	first_response_at, offered_at, accept_by, answered_at, arrived_at, ended_at,
	their_no, sent_seq, received_seq, version
FROM exchange_handover FORCE INDEX (exchange_appeal)
WHERE appeal_id = :appeal_id AND is_ours = 0
ORDER BY id
LIMIT :n;

-- name: exchange_theirs_merged :many
-- doc: The same of the appeals that are merged into one.
-- param: appeal_id u64
-- param: n u32
-- column: id u64
-- column: peer str
-- column: is_ours bool
-- column: number str
-- column: appeal_id u64
-- column: state u32
-- column: pressing u32
-- column: item str
-- column: item_version u64
-- column: first_response_at i64
-- column: offered_at i64
-- column: accept_by i64
-- column: answered_at i64
-- column: arrived_at i64
-- column: ended_at i64
-- column: their_no str?
-- column: sent_seq u32
-- column: received_seq u32
-- column: version u64
SELECT h.id, h.peer, h.is_ours, h.number, h.appeal_id, h.state, h.pressing, h.item, h.item_version,
	h.first_response_at, h.offered_at, h.accept_by, h.answered_at, h.arrived_at, h.ended_at,
	h.their_no, h.sent_seq, h.received_seq, h.version
FROM merges_merge m FORCE INDEX (merges_parent)
STRAIGHT_JOIN exchange_handover h FORCE INDEX (exchange_appeal) ON h.appeal_id = m.child_id
WHERE m.parent_id = :appeal_id AND h.is_ours = 0
ORDER BY h.id
LIMIT :n;

-- name: exchange_open :one
-- doc: What we offered of an appeal and nobody has answered yet.
-- param: appeal_id u64
-- param: offered u32
-- param: overdue u32
-- column: peer str
-- column: number str
-- column: state u32
SELECT peer, number, state FROM exchange_handover FORCE INDEX (exchange_appeal)
WHERE appeal_id = :appeal_id AND is_ours = 1 AND state IN (:offered, :overdue)
ORDER BY id DESC
LIMIT 1;

-- name: exchange_count :one
-- doc: How often an appeal was offered to this one.
-- param: appeal_id u64
-- param: peer str
-- column: n u64
SELECT COUNT(*) AS n FROM exchange_handover FORCE INDEX (exchange_appeal)
WHERE appeal_id = :appeal_id AND is_ours = 1 AND peer = :peer;

-- name: exchange_page_all :many
-- doc: Danger first, then what is urgent; behind a place.
-- param: after u64
-- param: n u32
-- column: id u64
-- column: peer str
-- column: is_ours bool
-- column: number str
-- column: appeal_id u64
-- column: state u32
-- column: pressing u32
-- column: item str
-- column: item_version u64
-- column: first_response_at i64
-- column: offered_at i64
-- column: accept_by i64
-- column: answered_at i64
-- column: arrived_at i64
-- column: ended_at i64
-- column: their_no str?
-- column: sent_seq u32
-- column: received_seq u32
-- column: version u64
-- column: place u64
SELECT id, peer, is_ours, number, appeal_id, state, pressing, item, item_version,
	first_response_at, offered_at, accept_by, answered_at, arrived_at, ended_at,
	their_no, sent_seq, received_seq, version, place
FROM exchange_handover FORCE INDEX (exchange_place)
WHERE place > :after
ORDER BY place
LIMIT :n;

-- name: exchange_page_state :many
-- doc: The same of one state.
-- param: state u32
-- param: after u64
-- param: n u32
-- column: id u64
-- column: peer str
-- column: is_ours bool
-- column: number str
-- column: appeal_id u64
-- column: state u32
-- column: pressing u32
-- column: item str
-- column: item_version u64
-- column: first_response_at i64
-- column: offered_at i64
-- column: accept_by i64
-- column: answered_at i64
-- column: arrived_at i64
-- column: ended_at i64
-- column: their_no str?
-- column: sent_seq u32
-- column: received_seq u32
-- column: version u64
-- column: place u64
SELECT id, peer, is_ours, number, appeal_id, state, pressing, item, item_version,
	first_response_at, offered_at, accept_by, answered_at, arrived_at, ended_at,
	their_no, sent_seq, received_seq, version, place
FROM exchange_handover FORCE INDEX (exchange_state)
WHERE state = :state AND place > :after
ORDER BY place
LIMIT :n;

-- name: exchange_late :many
-- doc: Ours that nobody answered until an instant.
-- param: state u32
-- param: at i64
-- param: n u32
-- column: id u64
-- column: peer str
-- column: is_ours bool
-- column: number str
-- column: appeal_id u64
-- column: state u32
-- column: pressing u32
-- column: item str
-- column: item_version u64
-- column: first_response_at i64
-- column: offered_at i64
-- column: accept_by i64
-- column: answered_at i64
-- column: arrived_at i64
-- column: ended_at i64
-- column: their_no str?
-- column: sent_seq u32
-- column: received_seq u32
-- column: version u64
SELECT id, peer, is_ours, number, appeal_id, state, pressing, item, item_version,
	first_response_at, offered_at, accept_by, answered_at, arrived_at, ended_at,
	their_no, sent_seq, received_seq, version
FROM exchange_handover FORCE INDEX (exchange_waiting)
WHERE is_ours = 1 AND state = :state AND accept_by <= :at
ORDER BY accept_by
LIMIT :n;

-- name: exchange_next_late :one
-- doc: When the next of ours is not answered in time.
-- param: state u32
-- column: accept_by i64
SELECT accept_by FROM exchange_handover FORCE INDEX (exchange_waiting)
WHERE is_ours = 1 AND state = :state
ORDER BY accept_by
LIMIT 1;

-- name: exchange_times :many
-- doc: What was answered in a range of time: whose, and how long it took.
-- param: since i64
-- param: until i64
-- param: n u32
-- column: is_ours bool
-- column: pressing u32
-- column: state u32
-- column: offered_at i64
-- column: answered_at i64
-- column: arrived_at i64
SELECT is_ours, pressing, state, offered_at, answered_at, arrived_at
FROM exchange_handover FORCE INDEX (exchange_answered)
WHERE answered_at >= :since AND answered_at < :until
ORDER BY answered_at
LIMIT :n;

-- name: exchange_message_add :write
-- doc: A message of either side.
-- param: handover_id u64
-- param: is_ours bool
-- param: seq u32
-- param: peer str
-- param: position u64
-- param: batch u64
-- param: kind u32
-- param: at i64
-- param: recorded_at i64
-- param: choice u32
-- param: digest bytes
-- param: body bytes
INSERT INTO exchange_message (handover_id, is_ours, seq, peer, position, batch, kind, at, recorded_at,
	choice, digest, body)
VALUES (:handover_id, :is_ours, :seq, :peer, :position, :batch, :kind, :at, :recorded_at, :choice,
	:digest, :body);

-- name: exchange_message_one :one
-- doc: One of them.
-- param: handover_id u64
-- param: is_ours bool
-- param: seq u32
-- column: digest bytes
-- column: body bytes
SELECT digest, body FROM exchange_message
WHERE handover_id = :handover_id AND is_ours = :is_ours AND seq = :seq;

-- name: exchange_messages :many
-- doc: Ours to a peer behind a position, with what is left of them when their words are erased.
-- param: peer str
-- param: after u64
-- param: n u32
-- column: handover_id u64
-- column: seq u32
-- column: position u64
-- column: kind u32
-- column: at i64
-- column: choice u32
-- column: body bytes
-- column: peer str
-- column: is_offered_by_us bool
-- column: number str
-- column: appeal_id u64
-- column: pressing u32
-- column: item str
-- column: item_version u64
-- column: first_response_at i64
SELECT m.handover_id, m.seq, m.position, m.kind, m.at, m.choice, m.body, m.peer,
	h.is_ours AS is_offered_by_us, h.number, h.appeal_id, h.pressing, h.item, h.item_version,
	h.first_response_at
FROM exchange_message m FORCE INDEX (exchange_position)
STRAIGHT_JOIN exchange_handover h FORCE INDEX (PRIMARY) ON h.id = m.handover_id
WHERE m.peer = :peer AND m.is_ours = 1 AND m.position > :after
ORDER BY m.position
LIMIT :n;

-- name: exchange_messages_of :many
-- doc: What both sides said of an appeal, newest first.
-- param: appeal_id u64
-- param: n u32
-- column: handover_id u64
-- column: is_ours bool
-- column: seq u32
-- column: kind u32
-- column: at i64
-- column: recorded_at i64
-- column: choice u32
-- column: body bytes
-- column: peer str
-- column: is_offered_by_us bool
-- column: number str
SELECT m.handover_id, m.is_ours, m.seq, m.kind, m.at, m.recorded_at, m.choice, m.body, h.peer,
	h.is_ours AS is_offered_by_us, h.number
FROM exchange_handover h FORCE INDEX (exchange_appeal)
STRAIGHT_JOIN exchange_message m FORCE INDEX (PRIMARY) ON m.handover_id = h.id
WHERE h.appeal_id = :appeal_id
ORDER BY m.recorded_at DESC, m.handover_id DESC, m.kind DESC, m.seq DESC
LIMIT :n;

-- name: exchange_refusal_add :write
-- doc: A message of a batch that was not possible.
-- param: peer str
-- param: is_ours bool
-- param: batch u64
-- param: line u32
-- param: number str
-- param: seq u32
-- param: reason str
-- param: detail str
-- param: at i64
INSERT INTO exchange_refusal (peer, is_ours, batch, line, number, seq, reason, detail, at, named_in)
VALUES (:peer, :is_ours, :batch, :line, :number, :seq, :reason, :detail, :at, 0);

-- name: exchange_refusals_unnamed :many
-- doc: Of theirs that they do not know of yet.
-- param: peer str
-- param: n u32
-- column: number str
-- column: seq u32
-- column: reason str
SELECT number, seq, reason FROM exchange_refusal FORCE INDEX (exchange_unnamed)
WHERE peer = :peer AND is_ours = 0 AND named_in = 0
ORDER BY batch, line
LIMIT :n;

-- name: exchange_refusals_name :exec
-- doc: They are named by a batch of ours.
-- param: peer str
-- param: number u64
-- param: n u32
UPDATE exchange_refusal SET named_in = :number
WHERE peer = :peer AND is_ours = 0 AND named_in = 0
ORDER BY batch, line
LIMIT :n;

-- name: exchange_refusals :many
-- doc: Of both directions, newest first.
-- param: peer str
-- param: n u32
-- column: is_ours bool
-- column: batch u64
-- column: number str
-- column: seq u32
-- column: reason str
-- column: detail str
-- column: at i64
-- column: named_in u64
SELECT is_ours, batch, number, seq, reason, detail, at, named_in
FROM exchange_refusal FORCE INDEX (exchange_refused_at)
WHERE peer = :peer
ORDER BY at DESC, batch DESC, line DESC
LIMIT :n;

-- name: exchange_batch_add :write
-- doc: A batch that was made or taken in.
-- param: peer str
-- param: is_ours bool
-- param: number u64
-- param: digest str
-- param: messages u32
-- param: made_at i64
-- param: acknowledged_at i64
-- param: is_kept bool
-- param: file bytes?
INSERT INTO exchange_batch (peer, is_ours, number, digest, messages, made_at, acknowledged_at, is_kept,
	file)
VALUES (:peer, :is_ours, :number, :digest, :messages, :made_at, :acknowledged_at, :is_kept, :file);

-- name: exchange_batch_one :one
-- doc: One batch.
-- param: peer str
-- param: is_ours bool
-- param: number u64
-- column: digest str
-- column: file bytes?
SELECT digest, file FROM exchange_batch
WHERE peer = :peer AND is_ours = :is_ours AND number = :number;

-- name: exchange_batches :many
-- doc: Of one direction behind a number.
-- param: peer str
-- param: is_ours bool
-- param: after u64
-- param: n u32
-- column: number u64
-- column: digest str
-- column: messages u32
-- column: made_at i64
-- column: acknowledged_at i64
-- column: is_kept bool
SELECT number, digest, messages, made_at, acknowledged_at, is_kept
FROM exchange_batch FORCE INDEX (PRIMARY)
WHERE peer = :peer AND is_ours = :is_ours AND number > :after
ORDER BY number
LIMIT :n;

-- name: exchange_acknowledge :exec
-- doc: The other side has all of ours up to a number.
-- param: peer str
-- param: above u64
-- param: until u64
-- param: at i64
UPDATE exchange_batch SET acknowledged_at = :at
WHERE peer = :peer AND is_ours = 1 AND number > :above AND number <= :until AND acknowledged_at = 0;

-- name: exchange_prune :exec
-- doc: Files of batches that were acknowledged before an instant.
-- param: before i64
-- param: n u32
UPDATE exchange_batch SET file = NULL, is_kept = 0
WHERE is_kept = 1 AND acknowledged_at > 0 AND acknowledged_at < :before
LIMIT :n;

-- name: exchange_forget :exec
-- doc: What was said in hand-overs of an appeal whose identity is erased; digests stay.
-- param: appeal_id u64
UPDATE exchange_handover h FORCE INDEX (exchange_appeal)
JOIN exchange_message m FORCE INDEX (PRIMARY) ON m.handover_id = h.id
SET m.body = ''
WHERE h.appeal_id = :appeal_id AND m.body <> '';

-- name: exchange_pushed_of :many
-- doc: Where hand-overs of an appeal were pushed to.
-- param: appeal_id u64
-- column: id u64
-- column: endpoint_id u64
SELECT h.id, p.endpoint_id
FROM exchange_handover h FORCE INDEX (exchange_appeal)
JOIN exchange_peer p ON p.code = h.peer
WHERE h.appeal_id = :appeal_id AND p.endpoint_id > 0;

-- name: exchange_forget_files :exec
-- doc: Files of batches that may hold it and are not needed any more.
-- param: appeal_id u64
UPDATE exchange_handover h FORCE INDEX (exchange_appeal)
JOIN exchange_batch b FORCE INDEX (PRIMARY) ON b.peer = h.peer AND b.is_ours = 1
SET b.file = NULL, b.is_kept = 0
WHERE h.appeal_id = :appeal_id AND b.is_kept = 1 AND b.acknowledged_at > 0;

-- name: exchange_forget_refused :exec
-- doc: The same of what was refused before an instant and became no appeal.
-- param: state u32
-- param: before i64
UPDATE exchange_handover h FORCE INDEX (exchange_state)
JOIN exchange_message m FORCE INDEX (PRIMARY) ON m.handover_id = h.id
SET m.body = ''
WHERE h.state = :state AND h.appeal_id = 0 AND h.ended_at < :before AND m.body <> '';
