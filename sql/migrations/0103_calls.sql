-- Calls that a PBX tells of. tag is a keyed hash of the PBX's own name for the call, which may
-- hold a number. direction: 1 in, 2 out. state: 1 ringing, 2 answered, 3 ended, 4 missed; it
-- follows from the instants, which are 0 while nothing was told. announced_at: of newCall, which
-- may come last. answered_by_*: the person the PBX or a click named, kind 0 for nobody known.
CREATE TABLE IF NOT EXISTS calls_call (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	tag BINARY(16) NOT NULL,
	direction TINYINT UNSIGNED NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	number_sealed VARBINARY(128) NULL,
	number_index BINARY(16) NULL,
	queue VARCHAR(128) NULL,
	heard_at BIGINT NOT NULL,
	announced_at BIGINT NOT NULL,
	answered_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	is_forwarded BOOLEAN NOT NULL,
	answered_by_kind TINYINT UNSIGNED NOT NULL,
	answered_by BIGINT UNSIGNED NOT NULL,
	answered_login VARCHAR(64) NULL,
	answered_name VARCHAR(64) NULL,
	appeal_id BIGINT UNSIGNED NOT NULL,
	UNIQUE KEY calls_tag (tag),
	KEY calls_state (state, id),
	KEY calls_number (number_index, id),
	KEY calls_appeal (appeal_id),
	KEY calls_heard (heard_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who sits at which telephone, from the moment they said so until they sign out.
CREATE TABLE IF NOT EXISTS calls_seat (
	account_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	phone VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	since BIGINT NOT NULL,
	UNIQUE KEY calls_seat_phone (phone)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
