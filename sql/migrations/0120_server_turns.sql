-- Turns: what two transactions must not decide at once and no row stands for. A name is one of
-- these rows by its hash; two names that share a row wait for each other, which does no harm.
CREATE TABLE IF NOT EXISTS server_turn (
	id SMALLINT UNSIGNED NOT NULL PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT IGNORE INTO server_turn (id)
WITH RECURSIVE n AS (SELECT 0 AS id UNION ALL SELECT id + 1 FROM n WHERE id < 255)
SELECT id FROM n;
