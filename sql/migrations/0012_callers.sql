-- Who called, apart from what was said: sealed values and a blind index for exact search by
-- phone. Deleting a row here erases the person and leaves the matter.
CREATE TABLE IF NOT EXISTS callers_caller (
	appeal_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	name_sealed VARBINARY(1024) NULL,
	phone_sealed VARBINARY(256) NULL,
	phone_index BINARY(16) NULL,
	accused_person_sealed VARBINARY(1024) NULL,
	KEY callers_phone (phone_index, appeal_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
