-- Tables of the server itself. Every statement can be run again; instants are microseconds UTC.

-- What was applied: the number, name and SHA-256 of each file of sql/migrations.
CREATE TABLE IF NOT EXISTS server_migration (
	number INT UNSIGNED NOT NULL,
	name VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	sha256 BINARY(32) NOT NULL,
	applied_at BIGINT NOT NULL,
	PRIMARY KEY (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who does what must be done by one server at a time. Every fenced transaction changes beat.
CREATE TABLE IF NOT EXISTS server_lease (
	name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	holder BIGINT UNSIGNED NOT NULL,
	beat BIGINT UNSIGNED NOT NULL,
	held_until BIGINT NOT NULL,
	PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The first number of each sequence that no server has taken yet.
CREATE TABLE IF NOT EXISTS server_sequence (
	name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	next BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One row: the version of the reference data.
CREATE TABLE IF NOT EXISTS server_snapshot (
	id INT UNSIGNED NOT NULL,
	version BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT IGNORE INTO server_snapshot (id, version) VALUES (1, 1);

-- At most one row: where the test clock of a demo stands. Empty without a test clock.
CREATE TABLE IF NOT EXISTS server_test_clock (
	id INT UNSIGNED NOT NULL,
	stands_at BIGINT NOT NULL,
	PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
