-- Accountability (责任追究): one row an item, from the clue to the takedown of what was published.
-- What its acts said stands in the ledger, under (item, number of the act); `acts` counts them
-- and is the compare-and-set of the row. Numbers of items and of leaders are of one sequence.
CREATE TABLE IF NOT EXISTS accountability_item (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	acts BIGINT UNSIGNED NOT NULL,
	source TINYINT UNSIGNED NOT NULL,
	task_id BIGINT UNSIGNED NOT NULL,
	event_seq BIGINT UNSIGNED NOT NULL,
	finding_id BIGINT UNSIGNED NOT NULL,
	title VARCHAR(200) NOT NULL,
	raised_at BIGINT NOT NULL,
	raised_by_kind TINYINT UNSIGNED NOT NULL,
	raised_by BIGINT UNSIGNED NOT NULL,
	leader VARCHAR(64) NULL,
	statement_until BIGINT NOT NULL,
	decision VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
	decision_version BIGINT UNSIGNED NOT NULL,
	decided_at BIGINT NOT NULL,
	published VARCHAR(500) NULL,
	published_at BIGINT NOT NULL,
	takedown_at BIGINT NOT NULL,
	KEY accountability_department (department, id),
	KEY accountability_published (state, takedown_at, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who is in charge of a department (分管领导), in [valid_from, valid_until).
CREATE TABLE IF NOT EXISTS accountability_leader (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	name VARCHAR(64) NOT NULL,
	account VARCHAR(64) NULL,
	valid_from BIGINT NOT NULL,
	valid_until BIGINT NOT NULL,
	KEY accountability_in_charge (department, valid_from, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
