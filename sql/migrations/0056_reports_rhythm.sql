-- The rhythm of supervision: weekly lists, monthly analyses, quarterly summaries that were frozen.
-- kind: 1 week, 2 month, 3 quarter; ends is the last day as 20260308. The content stands in the
-- ledger, here is only who and when; made_at 0 while somebody is about to freeze it.
CREATE TABLE IF NOT EXISTS reports_rhythm (
	kind TINYINT UNSIGNED NOT NULL,
	ends INT UNSIGNED NOT NULL,
	made_at BIGINT NOT NULL,
	made_by VARCHAR(64) NULL,
	PRIMARY KEY (kind, ends)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What happened to tasks at a moment, since the history is not ordered by time. mark: 1 yellow
-- card, 2 red card, 3 redo, 4 ruling, 5 return asked, 6 put on account, 7 taken off it.
CREATE TABLE IF NOT EXISTS reports_mark (
	task_id BIGINT UNSIGNED NOT NULL,
	seq BIGINT UNSIGNED NOT NULL,
	mark TINYINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (task_id, seq),
	KEY reports_mark_at (mark, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Kinds: 10 redo, 13 card, 15 return asked, 19 ruled, 24 and 25 on and off account.
INSERT IGNORE INTO reports_mark (task_id, seq, mark, at)
SELECT task_id, seq, CASE kind WHEN 10 THEN 3 WHEN 15 THEN 5 WHEN 19 THEN 4 WHEN 24 THEN 6
	WHEN 25 THEN 7 ELSE IF(JSON_VALUE(data, '$.colour') = 'red', 2, 1) END, at
FROM history_event WHERE kind IN (10, 13, 15, 19, 24, 25);
