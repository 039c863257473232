-- The keys of which indexes, tags and signatures are derived and which seal single values; each
-- wrapped by the line of the key file that key_id names. Id 0 is in force; others stand for lines
-- that sealed values themselves before there were data keys.
CREATE TABLE IF NOT EXISTS server_data_key (
	id INT UNSIGNED NOT NULL PRIMARY KEY,
	wrapped VARBINARY(128) NOT NULL,
	key_id INT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
