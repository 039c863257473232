-- What callers are told by short message: one row for each appeal and occasion. No number and no text
-- stand here: both are put together when the message is posted, sealed. state: 1 waits for
-- not_before, 2 posted, 3 dropped (why: notices.c). ordinal tells occasions of one kind apart.
CREATE TABLE IF NOT EXISTS notices_notice (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	appeal_id BIGINT UNSIGNED NOT NULL,
	task_id BIGINT UNSIGNED NOT NULL,
	occasion TINYINT UNSIGNED NOT NULL,
	ordinal BIGINT NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	dropped_for TINYINT UNSIGNED NOT NULL,
	not_before BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	posted_at BIGINT NOT NULL,
	promise_on BIGINT NOT NULL,
	segments TINYINT UNSIGNED NOT NULL,
	delivery_id BIGINT UNSIGNED NOT NULL,
	UNIQUE KEY notices_once (appeal_id, occasion, ordinal),
	KEY notices_waiting (state, not_before, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The gateway as an endpoint of the outbox; made when the first message is posted.
CREATE TABLE IF NOT EXISTS notices_gateway (
	id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
	endpoint_id BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What the gateway reported of a message, by its own id of it.
CREATE TABLE IF NOT EXISTS notices_report (
	gateway_id VARCHAR(128) NOT NULL PRIMARY KEY,
	is_delivered BOOLEAN NOT NULL,
	state VARCHAR(64) NOT NULL,
	at BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Replies. tag tells a repeated one; content is sealed. state: 1 unread, 2 answered a question, 3 an
-- operator has read it, 4 asked for no more messages.
CREATE TABLE IF NOT EXISTS notices_reply (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	tag BINARY(16) NOT NULL,
	appeal_id BIGINT UNSIGNED NOT NULL,
	content_sealed VARBINARY(2400) NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	received_at BIGINT NOT NULL,
	read_by_kind TINYINT UNSIGNED NOT NULL,
	read_by BIGINT UNSIGNED NOT NULL,
	UNIQUE KEY notices_reply_once (tag),
	KEY notices_reply_state (state, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Numbers that want no more messages, by their blind index.
CREATE TABLE IF NOT EXISTS notices_stop (
	phone_index BINARY(16) NOT NULL PRIMARY KEY,
	since BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
