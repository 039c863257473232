-- Return visits of the centre, attempts included. Numbers of the answers are those of the
-- API's words in their order, plus one; 0 is no answer.
CREATE TABLE IF NOT EXISTS visits_visit (
	task_id BIGINT UNSIGNED NOT NULL,
	n BIGINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	round TINYINT UNSIGNED NOT NULL,
	channel TINYINT UNSIGNED NOT NULL,
	is_reached BOOLEAN NOT NULL,
	contacted TINYINT UNSIGNED NOT NULL,
	solved TINYINT UNSIGNED NOT NULL,
	result TINYINT UNSIGNED NOT NULL,
	attitude TINYINT UNSIGNED NOT NULL,
	truthful TINYINT UNSIGNED NOT NULL,
	reason TINYINT UNSIGNED NOT NULL,
	note VARCHAR(2000) NULL,
	by_kind TINYINT UNSIGNED NOT NULL,
	by_id BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (task_id, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
