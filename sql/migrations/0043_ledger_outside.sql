-- The salt of the commitments to what was said and who said it, sealed as the identity is; every
-- appeal has a row here from now on (modules/identity.h). Deleting the row erases both.
ALTER TABLE callers_caller ADD COLUMN IF NOT EXISTS salt_sealed VARBINARY(128) NULL;

-- Headers that every attempt of a webhook carries besides its own.
CREATE TABLE IF NOT EXISTS outbox_header (
	name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
	value VARCHAR(8000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
