-- People who sign in: passwords that must be changed and those used before, second factors,
-- sessions that can be listed and ended, and what was guessed. All instants are real time.

-- epoch: a session is good only for the one it began with; it rises with every change of rights
-- or password. version: of what an administrator changes. is_password_initial: given by somebody
-- else, to be changed at the first sign-in. valid_until: 0 for ever.
ALTER TABLE auth_account
	ADD COLUMN IF NOT EXISTS epoch INT UNSIGNED NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS version INT UNSIGNED NOT NULL DEFAULT 1,
	ADD COLUMN IF NOT EXISTS is_password_initial BOOLEAN NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS password_at BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS valid_until BIGINT NOT NULL DEFAULT 0;

UPDATE auth_account SET password_at = created_at WHERE password_at = 0;

-- Sessions of before have no number to be ended by: their people sign in again.
DELETE FROM auth_session;

-- source: where it came from, coarse; agent: which browser, short.
ALTER TABLE auth_session
	ADD COLUMN IF NOT EXISTS id BIGINT UNSIGNED NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS epoch INT UNSIGNED NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS source VARCHAR(64) NOT NULL DEFAULT '',
	ADD COLUMN IF NOT EXISTS agent VARCHAR(64) NOT NULL DEFAULT '',
	ADD KEY IF NOT EXISTS auth_session_account (account_id, id);

-- Hashes of passwords that were in force before the present one.
CREATE TABLE IF NOT EXISTS auth_password (
	account_id BIGINT UNSIGNED NOT NULL,
	ended_at BIGINT NOT NULL,
	password VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	PRIMARY KEY (account_id, ended_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A second factor (RFC 6238). secret is in force, pending waits for its first code; both sealed.
-- last_step: a code of this time step or of one before was used and is not taken again.
CREATE TABLE IF NOT EXISTS auth_factor (
	account_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	secret VARBINARY(128) NULL,
	pending VARBINARY(128) NULL,
	last_step BIGINT NOT NULL,
	confirmed_at BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Recovery codes that were not used: the SHA-256 of 120 random bits each.
CREATE TABLE IF NOT EXISTS auth_recovery (
	account_id BIGINT UNSIGNED NOT NULL,
	sha256 BINARY(32) NOT NULL,
	PRIMARY KEY (account_id, sha256)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What was guessed wrong, once for each thing that is counted: an account from one source, the
-- source, the account, codes of the account. slot is a keyed hash and tells neither.
CREATE TABLE IF NOT EXISTS auth_failure (
	slot BINARY(16) NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (slot, at),
	KEY auth_failure_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Where an account has signed in from; source is a keyed hash.
CREATE TABLE IF NOT EXISTS auth_source (
	account_id BIGINT UNSIGNED NOT NULL,
	source BINARY(16) NOT NULL,
	seen_at BIGINT NOT NULL,
	PRIMARY KEY (account_id, source),
	KEY auth_source_seen (account_id, seen_at),
	KEY auth_source_seen_at (seen_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
