-- What was proposed when an appeal was registered, and whether it was accepted.
CREATE TABLE IF NOT EXISTS suggestions_outcome (
	appeal_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	rule VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	is_accepted BOOLEAN NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
