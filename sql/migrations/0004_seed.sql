-- Which modules have put their part of the sample district into this database.
CREATE TABLE IF NOT EXISTS server_seed (
	module VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
	seeded_at BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
