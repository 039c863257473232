-- A department may be switched off; its past stays. version is the compare-and-set of a row.
ALTER TABLE reference_department
	ADD COLUMN IF NOT EXISTS is_off BOOLEAN NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS version BIGINT UNSIGNED NOT NULL DEFAULT 1;

-- One row: the number of changes to the tree of departments. Who changes it holds the row, since
-- two changes that are fine alone may close a circle together.
CREATE TABLE IF NOT EXISTS reference_tree (
	id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
	version BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT IGNORE INTO reference_tree (id, version) VALUES (1, 1);
