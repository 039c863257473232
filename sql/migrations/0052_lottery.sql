-- The lottery: a draw commits to its seed before its period is over, and is opened once later.
-- The seed is sealed until then; what was committed and what was drawn stand in the ledger.
CREATE TABLE IF NOT EXISTS lottery_draw (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	from_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	count INT UNSIGNED NOT NULL,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
	commitment VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	seed_sealed VARBINARY(256) NOT NULL,
	committed_at BIGINT NOT NULL,
	committed_by_kind TINYINT UNSIGNED NOT NULL,
	committed_by BIGINT UNSIGNED NOT NULL,
	opened_at BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
