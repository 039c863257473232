-- What a key may be narrowed by, and secrets of which two may be in force at a time.

-- visible is what people and logs call the key by. scopes and addresses are comma-separated,
-- empty: all. secrets is the number that was given to a secret last. sha256 is of keys made
-- before there were secrets of their own; it stands in auth_secret, too.
ALTER TABLE auth_key
	ADD COLUMN IF NOT EXISTS visible CHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL,
	ADD COLUMN IF NOT EXISTS scopes VARCHAR(2600) CHARACTER SET ascii COLLATE ascii_bin
		NOT NULL DEFAULT '',
	ADD COLUMN IF NOT EXISTS addresses VARCHAR(1700) CHARACTER SET ascii COLLATE ascii_bin
		NOT NULL DEFAULT '',
	ADD COLUMN IF NOT EXISTS expires_at BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS secrets INT UNSIGNED NOT NULL DEFAULT 1,
	ADD COLUMN IF NOT EXISTS version BIGINT UNSIGNED NOT NULL DEFAULT 1,
	MODIFY COLUMN sha256 BINARY(32) NULL;

UPDATE auth_key SET visible = LPAD(CONV(id, 10, 36), 8, '0') WHERE visible IS NULL;

ALTER TABLE auth_key
	ADD UNIQUE KEY IF NOT EXISTS auth_key_visible (visible);

-- What a key proves itself by. kind: 1 the SHA-256 of a bearer key, 2 a signing secret (sealed),
-- 3 the SHA-256 of a certificate's public key (SPKI). ends_at 0: until it is taken away. Real time.
CREATE TABLE IF NOT EXISTS auth_secret (
	key_id BIGINT UNSIGNED NOT NULL,
	number INT UNSIGNED NOT NULL,
	kind TINYINT UNSIGNED NOT NULL,
	sha256 BINARY(32) NULL,
	sealed VARBINARY(200) NULL,
	created_at BIGINT NOT NULL,
	ends_at BIGINT NOT NULL,
	used_at BIGINT NOT NULL,
	PRIMARY KEY (key_id, number),
	UNIQUE KEY auth_secret_sha256 (sha256)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT IGNORE INTO auth_secret (key_id, number, kind, sha256, created_at, ends_at, used_at)
SELECT id, 1, 1, sha256, created_at, 0, 0 FROM auth_key WHERE sha256 IS NOT NULL;
