-- Hand-overs between the hotline and other services (移交转办), by messages and by signed batches.

-- Another service. is_police: it is 110, and we are the hotline to it; otherwise it is a hotline
-- and we are 110. mode: 1 live, 2 batch. public_key verifies its batches, '' is none.
-- endpoint_id is where its messages are pushed to, 0 nowhere. Everything of a direction is
-- numbered without a gap in this row, so whoever adds to one changes it by compare-and-set:
-- sent_position of our messages, of which those up to batched_position are in one of our batches,
-- sent_batch of these, of which the other side has all up to
-- acked_batch; received_batch is the last of theirs that was taken in, with its digest, and
-- seen_batch the highest that was seen. owes_ack: they do not know yet what we have.
CREATE TABLE IF NOT EXISTS exchange_peer (
	code VARCHAR(32) NOT NULL PRIMARY KEY,
	name VARCHAR(200) NOT NULL,
	is_police TINYINT UNSIGNED NOT NULL,
	mode TINYINT UNSIGNED NOT NULL,
	public_key VARCHAR(400) NOT NULL,
	endpoint_id BIGINT UNSIGNED NOT NULL,
	url VARCHAR(1000) NULL,
	version BIGINT UNSIGNED NOT NULL,
	sent_position BIGINT UNSIGNED NOT NULL,
	batched_position BIGINT UNSIGNED NOT NULL,
	sent_batch BIGINT UNSIGNED NOT NULL,
	sent_digest VARCHAR(64) NOT NULL,
	acked_batch BIGINT UNSIGNED NOT NULL,
	received_batch BIGINT UNSIGNED NOT NULL,
	received_digest VARCHAR(64) NOT NULL,
	seen_batch BIGINT UNSIGNED NOT NULL,
	owes_ack TINYINT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One hand-over. number is the offerer's. state: exchange_state of rules/exchange.h. pressing: 0
-- danger for which police were called first, 1 urgent, 2 other; place sorts by it, then by id.
-- Instants are 0 until they are known; answered_at is of ACCEPT or REFUSE, arrived_at when somebody came to the scene.
-- sent_seq and received_seq count messages of this hand-over, ours and theirs.
CREATE TABLE IF NOT EXISTS exchange_handover (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	peer VARCHAR(32) NOT NULL,
	is_ours TINYINT UNSIGNED NOT NULL,
	number VARCHAR(64) NOT NULL,
	appeal_id BIGINT UNSIGNED NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	pressing TINYINT UNSIGNED NOT NULL,
	item VARCHAR(32) NOT NULL,
	item_version BIGINT UNSIGNED NOT NULL,
	first_response_at BIGINT NOT NULL,
	offered_at BIGINT NOT NULL,
	accept_by BIGINT NOT NULL,
	answered_at BIGINT NOT NULL,
	arrived_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	their_no VARCHAR(64) NULL,
	sent_seq INT UNSIGNED NOT NULL,
	received_seq INT UNSIGNED NOT NULL,
	version BIGINT UNSIGNED NOT NULL,
	place BIGINT UNSIGNED NOT NULL,
	UNIQUE KEY exchange_number (peer, is_ours, number),
	KEY exchange_appeal (appeal_id, id),
	KEY exchange_waiting (is_ours, state, accept_by),
	UNIQUE KEY exchange_place (place),
	KEY exchange_state (state, place),
	KEY exchange_answered (answered_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Every message, once: of theirs the primary key sees to it. body is its canonical text, sealed,
-- since an offer may hold a name and a number, and empty once these are erased; digest is keyed. position counts ours to a peer without a gap, 0 of
-- theirs; batch is the one of theirs that brought it, 0 of ours and of what came live.
CREATE TABLE IF NOT EXISTS exchange_message (
	handover_id BIGINT UNSIGNED NOT NULL,
	is_ours TINYINT UNSIGNED NOT NULL,
	seq INT UNSIGNED NOT NULL,
	peer VARCHAR(32) NOT NULL,
	position BIGINT UNSIGNED NOT NULL,
	batch BIGINT UNSIGNED NOT NULL,
	kind TINYINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	digest BINARY(16) NOT NULL,
	body MEDIUMBLOB NOT NULL,
	PRIMARY KEY (handover_id, is_ours, seq),
	KEY exchange_position (peer, is_ours, position)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Batches of both directions. file is ours as it was signed, sealed, until it was acknowledged
-- for long enough; of theirs none is kept.
CREATE TABLE IF NOT EXISTS exchange_batch (
	peer VARCHAR(32) NOT NULL,
	is_ours TINYINT UNSIGNED NOT NULL,
	number BIGINT UNSIGNED NOT NULL,
	digest VARCHAR(64) NOT NULL,
	messages INT UNSIGNED NOT NULL,
	made_at BIGINT NOT NULL,
	acknowledged_at BIGINT NOT NULL,
	is_kept TINYINT UNSIGNED NOT NULL,
	file MEDIUMBLOB NULL,
	PRIMARY KEY (peer, is_ours, number),
	KEY exchange_kept (is_kept, acknowledged_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
