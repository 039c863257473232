-- Departments, and the versioned documents in which areas, categories, catalogue, calendar and
-- limits are kept: a version is never changed, a task names the versions it was made with.
CREATE TABLE IF NOT EXISTS reference_department (
	code VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
	name VARCHAR(100) NOT NULL,
	name_en VARCHAR(100) NOT NULL,
	parent VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	peer_group VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	takes_tasks BOOLEAN NOT NULL,
	initials VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	phone VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- kind: 1 areas, 2 categories, 3 catalogue, 4 calendar, 5 limits (modules/reference.c).
CREATE TABLE IF NOT EXISTS reference_document (
	kind TINYINT UNSIGNED NOT NULL,
	version BIGINT UNSIGNED NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR(200) NOT NULL,
	text MEDIUMTEXT NOT NULL,
	PRIMARY KEY (kind, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
