-- Which sounds and desktop notices a person wants: bits of modules/alerts.c. Without a row: its default.
CREATE TABLE IF NOT EXISTS alerts_choice (
	account_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	choices INT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
