-- What is wrong with a rule (制度废改立), as a case has shown it. id is of the numbers of
-- supervised_item, so that the entries of both in the ledger are apart. proposal: 1 abolish,
-- 2 amend, 3 make. answered_at is 0 while it has no answer.
CREATE TABLE IF NOT EXISTS rule_problems_problem (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	appeal_id BIGINT UNSIGNED NOT NULL,
	rule VARCHAR(200) NOT NULL,
	problem VARCHAR(2000) NOT NULL,
	proposal TINYINT UNSIGNED NOT NULL,
	made_at BIGINT NOT NULL,
	made_by VARCHAR(64) NOT NULL,
	answer VARCHAR(2000) NULL,
	is_taken_up BOOLEAN NOT NULL,
	answered_at BIGINT NOT NULL,
	answered_by VARCHAR(64) NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
