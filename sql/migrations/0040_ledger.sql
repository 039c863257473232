-- The ledger: what was done, in an order that cannot be changed later without its being shown.
-- ledger_waiting has what has no position yet. kind 1: the `events` events of an appeal up to
-- seq `number`, in seals recorded_at (8 bytes) and digest (32) of each, or nothing: then they
-- are read from the history. Other kinds: a content with its moment and its digest
-- (modules/sealing.h).
CREATE TABLE IF NOT EXISTS ledger_waiting (
	kind TINYINT UNSIGNED NOT NULL,
	subject BIGINT UNSIGNED NOT NULL,
	number BIGINT UNSIGNED NOT NULL,
	events INT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	seals VARBINARY(320) NOT NULL,
	PRIMARY KEY (kind, subject, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Rows are added only. Positions are dense from 0; leaf is the hash of the entry's bytes.
CREATE TABLE IF NOT EXISTS ledger_entry (
	position BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	kind TINYINT UNSIGNED NOT NULL,
	subject BIGINT UNSIGNED NOT NULL,
	number BIGINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	digest BINARY(32) NOT NULL,
	leaf BINARY(32) NOT NULL,
	UNIQUE KEY ledger_subject (kind, subject, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Roots of the full subtrees of 256^level leaves; the first leaf is place * 256^level.
CREATE TABLE IF NOT EXISTS ledger_node (
	level TINYINT UNSIGNED NOT NULL,
	place BIGINT UNSIGNED NOT NULL,
	hash BINARY(32) NOT NULL,
	PRIMARY KEY (level, place)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What the signer signed, and when it last confirmed it.
CREATE TABLE IF NOT EXISTS ledger_checkpoint (
	size BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	root BINARY(32) NOT NULL,
	signed_at BIGINT NOT NULL,
	confirmed_at BIGINT NOT NULL,
	note TEXT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One line of a witness below a checkpoint.
CREATE TABLE IF NOT EXISTS ledger_cosignature (
	size BIGINT UNSIGNED NOT NULL,
	key_id BINARY(4) NOT NULL,
	at BIGINT NOT NULL,
	line VARCHAR(500) NOT NULL,
	PRIMARY KEY (size, key_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- ready_size: so many entries are on disk and may be signed. vkey: the signer's.
CREATE TABLE IF NOT EXISTS ledger_standing (
	id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
	ready_size BIGINT UNSIGNED NOT NULL,
	vkey VARCHAR(400) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT IGNORE INTO ledger_standing (id, ready_size, vkey) VALUES (1, 0, '');

-- Sealed contents, in parts of at most 1 MiB.
CREATE TABLE IF NOT EXISTS ledger_content (
	kind TINYINT UNSIGNED NOT NULL,
	subject BIGINT UNSIGNED NOT NULL,
	number BIGINT UNSIGNED NOT NULL,
	part INT UNSIGNED NOT NULL,
	bytes MEDIUMBLOB NOT NULL,
	PRIMARY KEY (kind, subject, number, part)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What was done before there was a ledger.
INSERT IGNORE INTO ledger_waiting (kind, subject, number, events, at, seals)
SELECT 1, appeal_id, version, version, 0, '' FROM history_appeal;
