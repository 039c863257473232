-- Ready answers of the desk; days are local ones, counted from 1970. valid_to 0: no end. Each
-- version is kept as it was said.
CREATE TABLE IF NOT EXISTS knowledge_entry (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	version BIGINT UNSIGNED NOT NULL,
	title VARCHAR(200) NOT NULL,
	text TEXT NOT NULL,
	category VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
	valid_from BIGINT NOT NULL,
	valid_to BIGINT NOT NULL,
	source VARCHAR(200) NULL,
	changed_at BIGINT NOT NULL,
	changed_by VARCHAR(64) NOT NULL,
	KEY knowledge_changed (changed_at, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS knowledge_version (
	id BIGINT UNSIGNED NOT NULL,
	version BIGINT UNSIGNED NOT NULL,
	title VARCHAR(200) NOT NULL,
	text TEXT NOT NULL,
	category VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
	valid_from BIGINT NOT NULL,
	valid_to BIGINT NOT NULL,
	source VARCHAR(200) NULL,
	changed_at BIGINT NOT NULL,
	changed_by VARCHAR(64) NOT NULL,
	changed_by_kind TINYINT UNSIGNED NOT NULL,
	changed_by_id BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (id, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
