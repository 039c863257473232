-- Durable sends: endpoints, their secrets, messages with their standing, and every attempt.

-- state: 1 enabled, 2 disabled, 3 removed. disabled_for: 1 the receiver answered 410, 2 days
-- without a success. version counts changes of url, secrets and state made by people.
CREATE TABLE IF NOT EXISTS outbox_endpoint (
	id BIGINT UNSIGNED NOT NULL,
	version BIGINT UNSIGNED NOT NULL,
	url VARCHAR(2048) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	disabled_for TINYINT UNSIGNED NOT NULL,
	held_until BIGINT NOT NULL,
	open_span BIGINT NOT NULL,
	failures INT UNSIGNED NOT NULL,
	failing_since BIGINT NOT NULL,
	last_success_at BIGINT NOT NULL,
	PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- expires_at 0: the one that signs first.
CREATE TABLE IF NOT EXISTS outbox_secret (
	endpoint_id BIGINT UNSIGNED NOT NULL,
	number INT UNSIGNED NOT NULL,
	sealed VARBINARY(200) NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (endpoint_id, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- standing: 1 open, 2 dead, 3 delivered; in this order, so that what is open comes first in
-- outbox_due and nothing ever walks over what was delivered. A claim touches no index.
CREATE TABLE IF NOT EXISTS outbox_delivery (
	endpoint_id BIGINT UNSIGNED NOT NULL,
	id BIGINT UNSIGNED NOT NULL,
	topic BIGINT UNSIGNED NOT NULL,
	seq INT UNSIGNED NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	standing TINYINT UNSIGNED NOT NULL,
	due_at BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	fence INT UNSIGNED NOT NULL,
	run_id BIGINT UNSIGNED NOT NULL,
	tries INT UNSIGNED NOT NULL,
	cause TINYINT UNSIGNED NOT NULL,
	is_watched BOOLEAN NOT NULL,
	created_at BIGINT NOT NULL,
	done_at BIGINT NOT NULL,
	message_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	type VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	content_type VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	body MEDIUMTEXT NOT NULL,
	PRIMARY KEY (endpoint_id, id),
	UNIQUE KEY outbox_order (endpoint_id, topic, seq),
	KEY outbox_due (endpoint_id, standing, due_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- number is the fence of the claim under which the attempt was made: it grows, with gaps where
-- a claim was given back or its owner died.
CREATE TABLE IF NOT EXISTS outbox_attempt (
	delivery_id BIGINT UNSIGNED NOT NULL,
	number INT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	duration BIGINT NOT NULL,
	status SMALLINT UNSIGNED NOT NULL,
	error TINYINT UNSIGNED NOT NULL,
	cause TINYINT UNSIGNED NOT NULL,
	address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	answer MEDIUMTEXT NOT NULL,
	PRIMARY KEY (delivery_id, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The processes that claim. host names the running kernel and its process ids, so that a
-- successor on the same machine can see that a process is gone and free what it had claimed.
CREATE TABLE IF NOT EXISTS outbox_run (
	id BIGINT UNSIGNED NOT NULL,
	host VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	pid INT UNSIGNED NOT NULL,
	birth BIGINT UNSIGNED NOT NULL,
	started_at BIGINT NOT NULL,
	PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What parts of the service may read: everything but secrets and claims.
CREATE OR REPLACE VIEW outbox_endpoint_view AS
SELECT id, url, state, disabled_for, held_until, failures, failing_since, last_success_at
FROM outbox_endpoint;

CREATE OR REPLACE VIEW outbox_delivery_view AS
SELECT endpoint_id, id, topic, seq, state, standing, due_at, tries, cause, created_at, done_at,
	message_id, type, content_type, body
FROM outbox_delivery;

CREATE OR REPLACE VIEW outbox_attempt_view AS
SELECT delivery_id, number, at, duration, status, error, cause, address, answer
FROM outbox_attempt;
