-- Who may sign in, and what was answered under an Idempotency-Key.

-- A person with a password. role is one bit; unit the code of an organisation.
CREATE TABLE IF NOT EXISTS auth_account (
	id BIGINT UNSIGNED NOT NULL,
	login VARCHAR(64) NOT NULL,
	name VARCHAR(200) NOT NULL,
	role INT UNSIGNED NOT NULL,
	unit VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
	password VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	is_disabled BOOLEAN NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY auth_account_login (login)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A program's key: the SHA-256 of it. source is the one channel it may register on.
CREATE TABLE IF NOT EXISTS auth_key (
	id BIGINT UNSIGNED NOT NULL,
	sha256 BINARY(32) NOT NULL,
	name VARCHAR(200) NOT NULL,
	role INT UNSIGNED NOT NULL,
	unit VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
	source VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
	is_disabled BOOLEAN NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY auth_key_sha256 (sha256)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A signed-in browser: the SHA-256 of its cookie. Instants are real time.
CREATE TABLE IF NOT EXISTS auth_session (
	sha256 BINARY(32) NOT NULL,
	account_id BIGINT UNSIGNED NOT NULL,
	created_at BIGINT NOT NULL,
	seen_at BIGINT NOT NULL,
	PRIMARY KEY (sha256),
	KEY auth_session_created (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The answer to a POST, written in the transaction of its action. sha256 is that of method,
-- target and body; the body is sealed, for answers may hold what is secret. Real time.
CREATE TABLE IF NOT EXISTS server_idempotency (
	actor_kind TINYINT UNSIGNED NOT NULL,
	actor_id BIGINT UNSIGNED NOT NULL,
	token VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	sha256 BINARY(32) NOT NULL,
	status SMALLINT UNSIGNED NOT NULL,
	location VARCHAR(500) NULL,
	etag VARCHAR(200) NULL,
	body MEDIUMBLOB NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (actor_kind, actor_id, token),
	KEY server_idempotency_created (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
