-- Enterprises by their unified social credit code, and who of the leaders keeps contact with
-- each (领导干部联系企业). The number is for pages only.
CREATE TABLE IF NOT EXISTS enterprises_enterprise (
	uscc CHAR(18) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
	id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(200) NOT NULL,
	area VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	contact_leader VARCHAR(64) NULL,
	changed_at BIGINT NOT NULL,
	UNIQUE KEY enterprises_id (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What bodies file before they inspect, fine or charge an enterprise (涉企检查、罚款、收费备案).
-- A row is a version and is never changed; each is entered into the ledger. Days are those
-- since the local 1970-01-01, the amount is in millionths of a yuan.
CREATE TABLE IF NOT EXISTS enterprises_filing (
	id BIGINT UNSIGNED NOT NULL,
	version BIGINT UNSIGNED NOT NULL,
	uscc CHAR(18) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	body VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	kind TINYINT UNSIGNED NOT NULL,
	basis VARCHAR(500) NOT NULL,
	amount BIGINT NOT NULL,
	first_day BIGINT NOT NULL,
	last_day BIGINT NOT NULL,
	exception TINYINT UNSIGNED NOT NULL,
	ticket BIGINT UNSIGNED NOT NULL,
	is_revoked BOOLEAN NOT NULL,
	filed_at BIGINT NOT NULL,
	filed_by_kind TINYINT UNSIGNED NOT NULL,
	filed_by BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (id, version),
	KEY enterprises_filed (uscc, id, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
