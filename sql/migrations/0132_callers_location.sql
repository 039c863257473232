-- The exact position of the matter is sealed like its exact address: intake_appeal keeps it to the
-- hundredth of a degree.
ALTER TABLE callers_caller
	ADD COLUMN IF NOT EXISTS location_sealed VARBINARY(128) NULL;

-- Appeals from before, whose position is still to be sealed.
CREATE TABLE IF NOT EXISTS callers_position (
	appeal_id BIGINT UNSIGNED NOT NULL PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT IGNORE INTO callers_caller (appeal_id, phone_tail)
SELECT id, 1 FROM intake_appeal WHERE has_location = 1;

INSERT IGNORE INTO callers_position (appeal_id)
SELECT id FROM intake_appeal WHERE has_location = 1;
