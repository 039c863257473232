-- Full-text search: what the packer has made of the texts (modules/search, modules/finding.c).
-- search_waiting has what it has not got to yet; a segment's row makes its blocks visible.
CREATE TABLE IF NOT EXISTS search_waiting (
	appeal_id BIGINT UNSIGNED NOT NULL PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- state: 1 being merged, 2 searched, 3 merged into another and to be removed (finding.h).
-- Up to 512 appeals at level 0, eight times that at each level above. ids: of its appeals,
-- packed; dir: first grams of its blocks, four bytes each. next_gram and sources (a JSON array
-- of segments) say how far a merge has come and of what.
CREATE TABLE IF NOT EXISTS search_segment (
	segment_id INT UNSIGNED NOT NULL PRIMARY KEY,
	level TINYINT UNSIGNED NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	docs INT UNSIGNED NOT NULL,
	id_lo BIGINT UNSIGNED NOT NULL,
	id_hi BIGINT UNSIGNED NOT NULL,
	next_gram BIGINT UNSIGNED NOT NULL,
	sources VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	ids MEDIUMBLOB NOT NULL,
	dir MEDIUMBLOB NOT NULL,
	KEY search_segment_state (state, level, id_hi)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS search_block (
	segment_id INT UNSIGNED NOT NULL,
	first_gram INT UNSIGNED NOT NULL,
	data VARBINARY(7900) NOT NULL,
	PRIMARY KEY (segment_id, first_gram)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What was registered before there was a search.
INSERT IGNORE INTO search_waiting (appeal_id) SELECT id FROM intake_appeal;
