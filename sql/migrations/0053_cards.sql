-- Yellow cards of a department in a month (202603, local, of the moments of the cards): first_at
-- is the moment of the first, red_at that of the red card for the second, 0 until there is one.
CREATE TABLE IF NOT EXISTS deadlines_yellow (
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	month INT UNSIGNED NOT NULL,
	first_at BIGINT NOT NULL,
	red_at BIGINT NOT NULL,
	PRIMARY KEY (department, month)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Cards from before count as well; kind 13 is a card. 28800 seconds: local time is UTC+8.
INSERT IGNORE INTO deadlines_yellow (department, month, first_at, red_at)
SELECT t.department,
	CAST(DATE_FORMAT(TIMESTAMP('1970-01-01') + INTERVAL (e.at DIV 1000000 + 28800) SECOND,
		'%Y%m') AS UNSIGNED) AS month, MIN(e.at), 0
FROM history_event e JOIN tasks_task t ON t.id = e.task_id
WHERE e.kind = 13 AND JSON_VALUE(e.data, '$.colour') = 'yellow'
GROUP BY t.department, month;

-- Tasks of the evidence pack of an accountability item: of these alone fraud may be decided.
CREATE TABLE IF NOT EXISTS accountability_evidence (
	item_id BIGINT UNSIGNED NOT NULL,
	task_id BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (item_id, task_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Tasks of which a person has decided that fraud is proven, once each.
CREATE TABLE IF NOT EXISTS accountability_fraud (
	task_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	item_id BIGINT UNSIGNED NOT NULL,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	proven_at BIGINT NOT NULL,
	KEY accountability_fraud_at (proven_at, department)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
