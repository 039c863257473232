-- Statements of tx_test.c on a table of its own.

-- name: note_add :write
-- param: id u64
-- param: title str
-- param: note str?
-- param: photo bytes?
-- param: level u32
-- param: is_open bool
-- param: at i64
INSERT INTO test_note (id, title, note, photo, level, is_open, at, version)
VALUES (:id, :title, :note, :photo, :level, :is_open, :at, 1);

-- name: note_move :write
-- doc: Guarded by the version, like every change.
-- param: id u64
-- param: version u32
-- param: level u32
UPDATE test_note SET level = :level, version = :version + 1
WHERE id = :id AND version = :version;

-- name: note_remove :write
-- param: id u64
DELETE FROM test_note WHERE id = :id;

-- name: note_add_now :exec
-- param: id u64
INSERT INTO test_note (id, title, level, is_open, at, version) VALUES (:id, 'now', 0, FALSE, 0, 1);

-- name: note_level_all :exec
-- param: level u32
UPDATE test_note SET level = :level;

-- name: note_level_one :exec
-- param: id u64
-- param: level u32
UPDATE test_note SET level = :level WHERE id = :id;

-- name: note_clear :exec
DELETE FROM test_note;

-- name: note_load :one
-- param: id u64
-- column: title str
-- column: note str?
-- column: photo bytes?
-- column: level u32
-- column: is_open bool
-- column: at i64
-- column: version u32
SELECT title, note, photo, level, is_open, at, version FROM test_note WHERE id = :id;

-- name: note_list :many
-- doc: A parameter twice, and quotes with a colon inside.
-- param: level u32
-- column: id u64
-- column: title str
SELECT id, CONCAT(title, ':level') AS title FROM test_note
WHERE level = :level OR (:level = 0 AND "a:b" <> 'it''s') ORDER BY id;

-- name: note_count :one
-- column: n u64
SELECT COUNT(*) AS n FROM test_note;

-- name: note_unfit :one
-- doc: A number that is NULL when the table is empty: a mistake in the statement.
-- column: most u64
SELECT MAX(id) AS most FROM test_note;

-- name: note_sleep :one
-- column: n u32
SELECT SLEEP(10) AS n;

-- name: questions :one
-- doc: Messages this connection has sent.
-- column: n u64
SELECT CAST(variable_value AS UNSIGNED) AS n FROM information_schema.session_status
WHERE variable_name = 'Questions';

-- name: lock_waits :one
-- doc: Transactions that stand still because of a lock.
-- column: n u64
SELECT CAST(variable_value AS UNSIGNED) AS n FROM information_schema.global_status
WHERE variable_name = 'Innodb_row_lock_current_waits';

-- name: note_sum :one
-- doc: A sum comes back as a decimal, which must arrive as a number.
-- column: total u64
SELECT COALESCE(SUM(level), 0) AS total FROM test_note;

-- name: table_there :one
-- param: name str
-- column: is_there bool
SELECT COUNT(*) AS is_there FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_name = :name;

-- name: lock_wait :exec
-- param: seconds u32
SET SESSION innodb_lock_wait_timeout = :seconds;

-- name: lease_seize :exec
-- doc: What another server does to take a lease.
-- param: name str
-- param: held_until i64
UPDATE server_lease SET holder = 1, beat = beat + 1, held_until = :held_until WHERE name = :name;

-- name: migration_falsify :exec
-- param: number u32
-- param: sha256 bytes
UPDATE server_migration SET sha256 = :sha256 WHERE number = :number;

-- name: migration_drop :exec
-- param: number u32
DELETE FROM server_migration WHERE number = :number;
