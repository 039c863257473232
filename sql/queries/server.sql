-- Statements of the server's own tables.

-- name: session_limit :exec
-- doc: Longest run of one statement on this connection, in seconds.
-- param: seconds u32
SET SESSION max_statement_time = :seconds;

-- name: sequence_read :one
-- doc: The first free number of a sequence.
-- param: name str
-- column: next u64
SELECT next FROM server_sequence WHERE name = :name;

-- name: sequence_add :exec
-- doc: Starts a sequence at 1; no row when somebody else was first.
-- param: name str
INSERT IGNORE INTO server_sequence (name, next) VALUES (:name, 1);

-- name: sequence_take :exec
-- doc: Takes the numbers seen .. after - 1; no row when somebody else was first.
-- param: name str
-- param: seen u64
-- param: after u64
UPDATE server_sequence SET next = :after WHERE name = :name AND next = :seen;

-- name: turn_take :one
-- doc: Waits for a turn, and keeps it until the transaction ends.
-- param: id u32
-- column: id u32
SELECT id FROM server_turn WHERE id = :id FOR UPDATE;

-- name: lease_read :one
-- doc: Who holds a lease, and until when.
-- param: name str
-- column: holder u64
-- column: held_until i64
SELECT holder, held_until FROM server_lease WHERE name = :name;

-- name: lease_add :exec
-- doc: A lease that nobody holds; no row when it is there.
-- param: name str
INSERT IGNORE INTO server_lease (name, holder, beat, held_until) VALUES (:name, 0, 0, 0);

-- name: lease_touch :exec
-- doc: Keeps a lease of ours or takes one that ran out. The row always changes.
-- param: name str
-- param: holder u64
-- param: now i64
-- param: held_until i64
UPDATE server_lease SET holder = :holder, beat = beat + 1, held_until = :held_until
WHERE name = :name AND (holder = :holder OR held_until < :now);

-- name: lease_release :exec
-- doc: Ends a lease of ours before its time.
-- param: name str
-- param: holder u64
UPDATE server_lease SET beat = beat + 1, held_until = 0 WHERE name = :name AND holder = :holder;

-- name: snapshot_version :one
-- doc: Version of the reference data.
-- column: version u64
SELECT version FROM server_snapshot WHERE id = 1;

-- name: snapshot_bump :exec
-- doc: Says that the reference data changed.
UPDATE server_snapshot SET version = version + 1 WHERE id = 1;

-- name: migration_table :one
-- doc: 1 when the list of migrations exists in the current schema.
-- column: is_there bool
SELECT COUNT(*) AS is_there FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_name = 'server_migration';

-- name: migration_list :many
-- doc: What was applied, in order.
-- column: number u32
-- column: name str
-- column: sha256 bytes
SELECT number, name, sha256 FROM server_migration ORDER BY number;

-- name: migration_add :exec
-- doc: Records an applied migration; no row when another server has done it.
-- param: number u32
-- param: name str
-- param: sha256 bytes
-- param: applied_at i64
INSERT IGNORE INTO server_migration (number, name, sha256, applied_at)
VALUES (:number, :name, :sha256, :applied_at);

-- name: test_clock_read :one
-- doc: Where the test clock stands.
-- column: stands_at i64
SELECT stands_at FROM server_test_clock WHERE id = 1;

-- name: test_clock_set :exec
-- doc: Moves the test clock.
-- param: stands_at i64
INSERT INTO server_test_clock (id, stands_at) VALUES (1, :stands_at)
ON DUPLICATE KEY UPDATE stands_at = VALUES(stands_at);

-- name: test_clock_clear :exec
-- doc: The demo runs on real time.
DELETE FROM server_test_clock;

-- name: data_keys :many
-- doc: The data keys, wrapped; the one in force first.
-- column: id u32
-- column: wrapped bytes
SELECT id, wrapped FROM server_data_key ORDER BY id;

-- name: data_keys_wanted :one
-- doc: Whether nobody has used this database yet, so that nothing is sealed in it.
-- column: is_fresh bool
SELECT NOT EXISTS (SELECT 1 FROM auth_key) AND NOT EXISTS (SELECT 1 FROM auth_account) AS is_fresh;

-- name: data_key_add :exec
-- doc: A data key; no row when another server was first.
-- param: id u32
-- param: wrapped bytes
-- param: key_id u32
INSERT IGNORE INTO server_data_key (id, wrapped, key_id) VALUES (:id, :wrapped, :key_id);

-- name: data_keys_used :many
-- doc: The keys that data keys are wrapped by.
-- column: key_id u32
SELECT DISTINCT key_id FROM server_data_key;

-- name: data_key_rewrap :write
-- doc: The same data key under another key.
-- param: id u32
-- param: wrapped bytes
-- param: key_id u32
-- param: was bytes
UPDATE server_data_key SET wrapped = :wrapped, key_id = :key_id WHERE id = :id AND wrapped = :was;
