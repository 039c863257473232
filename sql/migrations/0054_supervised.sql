-- The supervision ledger (督查台账): what a department was told to do by when, and letters of
-- supervision. kind: 1 item, 2 decision, 3 recommendation, 4 inspection, which only supervisors
-- know of. state: 1 open, 2 proved, 3 signed off. version is the number of the last act. next_at
-- is when it is marked overdue if nothing happens before, 0 when it will not be. risk is JSON.
CREATE TABLE IF NOT EXISTS supervised_item (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	kind TINYINT UNSIGNED NOT NULL,
	year SMALLINT UNSIGNED NOT NULL,
	n INT UNSIGNED NOT NULL,
	source TINYINT UNSIGNED NOT NULL,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	demand VARCHAR(2000) NOT NULL,
	owner VARCHAR(200) NULL,
	task_id BIGINT UNSIGNED NOT NULL,
	meeting_id BIGINT UNSIGNED NOT NULL,
	risk MEDIUMTEXT NULL,
	state TINYINT UNSIGNED NOT NULL,
	version BIGINT UNSIGNED NOT NULL,
	made_at BIGINT NOT NULL,
	due BIGINT NOT NULL,
	overdue_at BIGINT NOT NULL,
	urges INT UNSIGNED NOT NULL,
	next_at BIGINT NOT NULL,
	proved_at BIGINT NOT NULL,
	proved_by_kind TINYINT UNSIGNED NOT NULL,
	proved_by BIGINT UNSIGNED NOT NULL,
	signed_off_at BIGINT NOT NULL,
	UNIQUE KEY supervised_item_number (kind, year, n),
	KEY supervised_item_next (next_at, id),
	KEY supervised_item_state (state, due),
	KEY supervised_item_department (department, id),
	KEY supervised_item_meeting (meeting_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What was done about an item, never changed. The names of kinds are in modules/supervised.
CREATE TABLE IF NOT EXISTS supervised_act (
	item_id BIGINT UNSIGNED NOT NULL,
	n BIGINT UNSIGNED NOT NULL,
	kind TINYINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	by_kind TINYINT UNSIGNED NOT NULL,
	by_id BIGINT UNSIGNED NOT NULL,
	by_name VARCHAR(64) NOT NULL,
	text VARCHAR(2000) NULL,
	PRIMARY KEY (item_id, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Joint meetings (联席会议): what was agreed there are items of theirs.
CREATE TABLE IF NOT EXISTS supervised_meeting (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	year SMALLINT UNSIGNED NOT NULL,
	n INT UNSIGNED NOT NULL,
	title VARCHAR(200) NOT NULL,
	held_on BIGINT NOT NULL,
	present VARCHAR(2000) NOT NULL,
	at BIGINT NOT NULL,
	by_name VARCHAR(64) NOT NULL,
	UNIQUE KEY supervised_meeting_number (year, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The last number of a kind in a year, meetings as kind 5: without a gap.
CREATE TABLE IF NOT EXISTS supervised_number (
	kind TINYINT UNSIGNED NOT NULL,
	year SMALLINT UNSIGNED NOT NULL,
	last INT UNSIGNED NOT NULL,
	PRIMARY KEY (kind, year)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
