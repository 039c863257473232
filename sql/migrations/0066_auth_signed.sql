-- Ids of signed requests that were seen, until their timestamps are too old to be accepted.
CREATE TABLE IF NOT EXISTS auth_signed (
	key_id BIGINT UNSIGNED NOT NULL,
	token VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	ends_at BIGINT NOT NULL,
	PRIMARY KEY (key_id, token),
	KEY auth_signed_ends (ends_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
