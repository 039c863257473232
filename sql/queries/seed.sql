-- The sample district of a demo.

-- name: seed_is_done :one
-- doc: Whether a module's part is there.
-- param: module str
-- column: seeded_at i64
SELECT seeded_at FROM server_seed WHERE module = :module;

-- name: seed_done :write
-- doc: A module's part is there.
-- param: module str
-- param: seeded_at i64
INSERT INTO server_seed (module, seeded_at) VALUES (:module, :seeded_at);
