-- What browsers are told, until it is too old to be asked for again. `position` is 0 until the
-- row has its place behind all others (live_place), in an order that all servers agree on: ids
-- are given when a row is written, and transactions commit in another order.
-- subject: judged by its topic when sent; 0: `data` goes to those that roles, unit and account name.
CREATE TABLE IF NOT EXISTS live_message (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	position BIGINT UNSIGNED NOT NULL DEFAULT 0,
	topic VARCHAR(24) NOT NULL,
	subject BIGINT UNSIGNED NOT NULL,
	part BIGINT UNSIGNED NOT NULL,
	number BIGINT UNSIGNED NOT NULL,
	code BIGINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	roles INT UNSIGNED NOT NULL,
	unit VARCHAR(32) NULL,
	account BIGINT UNSIGNED NOT NULL,
	but_account BIGINT UNSIGNED NOT NULL,
	data VARCHAR(4096) NULL,
	told_at BIGINT NOT NULL,
	KEY live_position (position)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One row. last: the highest position given; gone: positions up to it are taken away.
CREATE TABLE IF NOT EXISTS live_place (
	id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
	last BIGINT UNSIGNED NOT NULL,
	gone BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT IGNORE INTO live_place (id, last, gone) VALUES (1, 0, 0);
