-- Who has an appeal open on a screen, until when unless it is said again. Real time.
CREATE TABLE IF NOT EXISTS presence_person (
	appeal_id BIGINT UNSIGNED NOT NULL,
	account_id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(200) NOT NULL,
	role INT UNSIGNED NOT NULL,
	unit VARCHAR(32) NULL,
	since BIGINT NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (appeal_id, account_id),
	KEY presence_until (until)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who of them is replying: one, or nobody.
CREATE TABLE IF NOT EXISTS presence_reply (
	appeal_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	since BIGINT NOT NULL,
	until BIGINT NOT NULL,
	KEY presence_reply_until (until)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
