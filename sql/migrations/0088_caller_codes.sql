-- How a caller proves to have an appeal without an account. The spoken code follows from the number
-- and a secret; generation counts its renewals. The link's token is made when it is first sent.
CREATE TABLE IF NOT EXISTS caller_codes_code (
	appeal_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	generation INT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Only a tag of the token is kept in clear, by which it is found.
CREATE TABLE IF NOT EXISTS caller_codes_link (
	appeal_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	token_tag BINARY(16) NOT NULL,
	token_sealed VARBINARY(200) NOT NULL,
	expires_at BIGINT NOT NULL,
	UNIQUE KEY caller_codes_token (token_tag)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Wrong codes of late, by appeal and by source network: subject is an appeal's number, or a tag of
-- the network. Rows of the past go.
CREATE TABLE IF NOT EXISTS caller_codes_miss (
	kind TINYINT UNSIGNED NOT NULL,
	subject BIGINT UNSIGNED NOT NULL,
	misses INT UNSIGNED NOT NULL,
	since BIGINT NOT NULL,
	PRIMARY KEY (kind, subject),
	KEY caller_codes_since (since)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
