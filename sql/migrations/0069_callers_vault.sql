-- Each row is sealed under a key of its own, which stands in it wrapped by the line of the key
-- file that key_id names: 0 while it is still sealed by that line itself, 4294967295 once erased.
-- place is the exact address of the matter: intake_appeal keeps the street of it.
ALTER TABLE callers_caller
	ADD COLUMN IF NOT EXISTS record_key VARBINARY(128) NULL,
	ADD COLUMN IF NOT EXISTS key_id INT UNSIGNED NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS id_number_sealed VARBINARY(128) NULL,
	ADD COLUMN IF NOT EXISTS address_sealed VARBINARY(1024) NULL,
	ADD COLUMN IF NOT EXISTS place_sealed VARBINARY(1024) NULL,
	ADD COLUMN IF NOT EXISTS place_index BINARY(16) NULL,
	ADD COLUMN IF NOT EXISTS erased_at BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS erased_for TINYINT UNSIGNED NOT NULL DEFAULT 0,
	ADD KEY IF NOT EXISTS callers_key (key_id, appeal_id);

-- Appeals from before every one had a row here, so that their addresses are sealed, too.
INSERT IGNORE INTO callers_caller (appeal_id, phone_tail)
SELECT id, 1 FROM intake_appeal WHERE address IS NOT NULL;
