-- Keys of programs, what they prove themselves by, and ids of signed requests.

-- name: keys_insert :write
-- doc: A new key; its first secret has the number 1.
-- param: id u64
-- param: visible str
-- param: name str
-- param: role u32
-- param: unit str?
-- param: source str?
-- param: is_outsourced bool
-- param: scopes str
-- param: addresses str
-- param: expires_at i64
-- param: created_at i64
INSERT INTO auth_key
	(id, visible, name, role, unit, source, is_outsourced, scopes, addresses, expires_at,
	 is_disabled, secrets, version, created_at)
VALUES (:id, :visible, :name, :role, :unit, :source, :is_outsourced, :scopes, :addresses,
	:expires_at, 0, 1, 1, :created_at);

-- name: keys_change :write
-- doc: Everything of a key that may change; nothing when somebody else was first.
-- param: id u64
-- param: version u64
-- param: name str
-- param: is_outsourced bool
-- param: scopes str
-- param: addresses str
-- param: expires_at i64
-- param: is_disabled bool
-- param: secrets u32
UPDATE auth_key SET name = :name, is_outsourced = :is_outsourced, scopes = :scopes,
	addresses = :addresses, expires_at = :expires_at, is_disabled = :is_disabled,
	secrets = :secrets, version = version + 1
WHERE id = :id AND version = :version;

-- name: keys_one :one
-- doc: One key.
-- param: id u64
-- column: visible str?
-- column: name str
-- column: role u32
-- column: unit str?
-- column: source str?
-- column: is_outsourced bool
-- column: scopes str
-- column: addresses str
-- column: expires_at i64
-- column: is_disabled bool
-- column: secrets u32
-- column: version u64
-- column: created_at i64
SELECT visible, name, role, unit, source, is_outsourced, scopes, addresses, expires_at,
	is_disabled, secrets, version, created_at
FROM auth_key WHERE id = :id;

-- name: keys_ids :many
-- doc: Ids of keys behind one, in their order.
-- param: after u64
-- param: n u32
-- column: id u64
SELECT id FROM auth_key WHERE id > :after ORDER BY id LIMIT :n;

-- name: keys_all :many
-- doc: All keys, for the snapshot.
-- column: id u64
-- column: visible str?
-- column: name str
-- column: role u32
-- column: unit str?
-- column: source str?
-- column: is_outsourced bool
-- column: scopes str
-- column: addresses str
-- column: expires_at i64
-- column: is_disabled bool
SELECT id, visible, name, role, unit, source, is_outsourced, scopes, addresses, expires_at,
	is_disabled
FROM auth_key ORDER BY id;

-- name: keys_secrets_all :many
-- doc: What all keys prove themselves by, for the snapshot.
-- column: key_id u64
-- column: number u32
-- column: kind u32
-- column: sha256 bytes?
-- column: sealed bytes?
-- column: ends_at i64
SELECT key_id, number, kind, sha256, sealed, ends_at FROM auth_secret ORDER BY key_id, number;

-- name: keys_secrets :many
-- doc: What one key proves itself by.
-- param: key_id u64
-- column: number u32
-- column: kind u32
-- column: sha256 bytes?
-- column: created_at i64
-- column: ends_at i64
-- column: used_at i64
SELECT number, kind, sha256, created_at, ends_at, used_at FROM auth_secret
WHERE key_id = :key_id ORDER BY number;

-- name: keys_secret_insert :write
-- doc: A new secret; one that another key has is a duplicate.
-- param: key_id u64
-- param: number u32
-- param: kind u32
-- param: sha256 bytes?
-- param: sealed bytes?
-- param: created_at i64
INSERT INTO auth_secret (key_id, number, kind, sha256, sealed, created_at, ends_at, used_at)
VALUES (:key_id, :number, :kind, :sha256, :sealed, :created_at, 0, 0);

-- name: keys_secret_end :write
-- doc: Says until when a secret is in force.
-- param: key_id u64
-- param: number u32
-- param: ends_at i64
UPDATE auth_secret SET ends_at = :ends_at WHERE key_id = :key_id AND number = :number;

-- name: keys_secret_remove :exec
-- doc: Takes a secret away.
-- param: key_id u64
-- param: number u32
DELETE FROM auth_secret WHERE key_id = :key_id AND number = :number;

-- name: keys_secret_used :exec
-- doc: A secret was used; said at most once a minute, by whichever server is first.
-- param: key_id u64
-- param: number u32
-- param: before i64
-- param: at i64
UPDATE auth_secret SET used_at = :at
WHERE key_id = :key_id AND number = :number AND used_at <= :before;

-- name: keys_signed_insert :exec
-- doc: Remembers the id of a signed request; no row when it was seen before.
-- param: key_id u64
-- param: token str
-- param: ends_at i64
INSERT IGNORE INTO auth_signed (key_id, token, ends_at) VALUES (:key_id, :token, :ends_at);

-- name: keys_signed_prune :exec
-- doc: Forgets ids that are too old to be accepted again, a thousand at a time.
-- param: now i64
DELETE FROM auth_signed WHERE ends_at < :now ORDER BY ends_at LIMIT 1000;
