-- Links between accounts and people at a provider of sign-in, and used flows.

-- name: oidc_used_read :one
-- doc: Whether a flow came back already.
-- param: sha256 bytes
-- column: used_at i64
SELECT used_at FROM oidc_used WHERE sha256 = :sha256;

-- name: oidc_used_insert :write
-- doc: A flow came back; twice is a duplicate.
-- param: sha256 bytes
-- param: used_at i64
INSERT INTO oidc_used (sha256, used_at) VALUES (:sha256, :used_at);

-- name: oidc_used_prune :exec
-- doc: Forgets flows that are too old to come back, a thousand at a time.
-- param: used_before i64
DELETE FROM oidc_used WHERE used_at < :used_before ORDER BY used_at LIMIT 1000;

-- name: oidc_link_find :one
-- doc: The account of a person, by one of the provider's words for it. Blanks behind a word are
-- doc: one with none here, so who is let in by it compares.
-- param: issuer str
-- param: claim u32
-- param: value str
-- column: account_id u64
-- column: value str
-- column: is_given bool
SELECT account_id, value, is_given FROM oidc_link
WHERE issuer = :issuer AND claim = :claim AND value = :value;

-- name: oidc_link_read :one
-- doc: The link of an account.
-- param: account_id u64
-- column: issuer str
-- column: claim u32
-- column: value str
-- column: is_given bool
-- column: linked_at i64
SELECT issuer, claim, value, is_given, linked_at FROM oidc_link
WHERE account_id = :account_id;

-- name: oidc_link_insert :write
-- doc: A link; a person or an account that has one is a duplicate.
-- param: issuer str
-- param: claim u32
-- param: value str
-- param: account_id u64
-- param: is_given bool
-- param: linked_at i64
INSERT INTO oidc_link (issuer, claim, value, account_id, is_given, linked_at)
VALUES (:issuer, :claim, :value, :account_id, :is_given, :linked_at);

-- name: oidc_link_pin :exec
-- doc: A link by a word that may change becomes one by sub; none when another was first.
-- param: account_id u64
-- param: issuer str
-- param: claim u32
-- param: value str
-- param: new_claim u32
-- param: new_value str
-- param: linked_at i64
UPDATE oidc_link SET claim = :new_claim, value = :new_value, linked_at = :linked_at
WHERE account_id = :account_id AND issuer = :issuer AND claim = :claim AND value = :value;

-- name: oidc_link_delete :exec
-- doc: Takes an account's link away.
-- param: account_id u64
DELETE FROM oidc_link WHERE account_id = :account_id;
