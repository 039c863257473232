-- Whose account at a provider of sign-in is whose here, and which flows were used.

-- claim: which word of the provider names the person (1 sub, 2 preferred_username, 3 email).
-- A link by sub is the person; one by another claim waits for the first sign-in, which makes a
-- link by sub of it. is_given: the account was made by the role claim.
CREATE TABLE IF NOT EXISTS oidc_link (
	issuer VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	claim TINYINT UNSIGNED NOT NULL,
	value VARCHAR(255) NOT NULL,
	account_id BIGINT UNSIGNED NOT NULL,
	is_given BOOLEAN NOT NULL,
	linked_at BIGINT NOT NULL,
	PRIMARY KEY (issuer, claim, value),
	UNIQUE KEY oidc_link_account (account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A session that a provider vouched for owes no password and no second factor of ours.
ALTER TABLE auth_session ADD COLUMN IF NOT EXISTS is_vouched BOOLEAN NOT NULL DEFAULT 0;

-- States of flows that came back: each is good once. Kept as long as a flow may take.
CREATE TABLE IF NOT EXISTS oidc_used (
	sha256 BINARY(32) NOT NULL,
	used_at BIGINT NOT NULL,
	PRIMARY KEY (sha256),
	KEY oidc_used_at (used_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
