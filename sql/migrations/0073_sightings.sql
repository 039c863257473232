-- Who saw which appeal: one row for a reader, an appeal and a kind of answer, and a slot of time.
-- slot: ten minutes since 1970; at: when it was seen first in the slot, until: its end, to which
-- it may have been seen again. A list counts by the hour. Names are those of then.
CREATE TABLE IF NOT EXISTS sightings_seen (
	appeal_id BIGINT UNSIGNED NOT NULL,
	slot INT UNSIGNED NOT NULL,
	by_kind TINYINT UNSIGNED NOT NULL,
	by_id BIGINT UNSIGNED NOT NULL,
	kind TINYINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	until BIGINT NOT NULL,
	by_name VARCHAR(64) NOT NULL,
	by_role INT UNSIGNED NOT NULL,
	by_unit VARCHAR(32) NOT NULL,
	source VARCHAR(64) NOT NULL,
	PRIMARY KEY (appeal_id, slot, by_kind, by_id, kind),
	KEY sightings_by (by_id, by_kind, at, appeal_id, kind),
	KEY sightings_slot (slot)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Answers that show many appeals, one row each; the ids wait there until they are rows of
-- sightings_seen. digest: of the ids, so that a list looked at again within the hour adds nothing.
CREATE TABLE IF NOT EXISTS sightings_list (
	by_kind TINYINT UNSIGNED NOT NULL,
	by_id BIGINT UNSIGNED NOT NULL,
	slot INT UNSIGNED NOT NULL,
	digest BINARY(16) NOT NULL,
	kind TINYINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	until BIGINT NOT NULL,
	by_name VARCHAR(64) NOT NULL,
	by_role INT UNSIGNED NOT NULL,
	by_unit VARCHAR(32) NOT NULL,
	source VARCHAR(64) NOT NULL,
	appeals INT UNSIGNED NOT NULL,
	is_waiting BOOLEAN NOT NULL,
	ids MEDIUMTEXT NOT NULL,
	PRIMARY KEY (slot, by_kind, by_id, kind, digest),
	KEY sightings_waiting (is_waiting)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
