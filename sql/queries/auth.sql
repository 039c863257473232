-- Accounts, sessions and the answers kept under idempotency keys.

-- name: auth_account_insert :write
-- doc: A new account; a login that exists is a duplicate.
-- param: id u64
-- param: login str
-- param: name str
-- param: role u32
-- param: unit str?
-- param: is_outsourced bool
-- param: password str
-- param: created_at i64
INSERT INTO auth_account
	(id, login, name, role, unit, is_outsourced, password, is_disabled, created_at)
VALUES (:id, :login, :name, :role, :unit, :is_outsourced, :password, 0, :created_at);

-- name: auth_accounts :many
-- doc: All accounts that may sign in, without passwords.
-- column: id u64
-- column: name str
-- column: role u32
-- column: unit str?
-- column: is_outsourced bool
SELECT id, name, role, unit, is_outsourced FROM auth_account WHERE is_disabled = 0;

-- name: auth_account_by_login :one
-- doc: What sign-in needs of one account.
-- param: login str
-- column: id u64
-- column: name str
-- column: role u32
-- column: unit str?
-- column: is_outsourced bool
-- column: password str
-- column: is_disabled bool
SELECT id, name, role, unit, is_outsourced, password, is_disabled FROM auth_account
WHERE login = :login;

-- name: auth_session_insert :write
-- doc: A browser has signed in.
-- param: sha256 bytes
-- param: account_id u64
-- param: now i64
INSERT INTO auth_session (sha256, account_id, created_at, seen_at)
VALUES (:sha256, :account_id, :now, :now);

-- name: auth_session_read :one
-- doc: The session behind a cookie.
-- param: sha256 bytes
-- column: account_id u64
-- column: created_at i64
-- column: seen_at i64
SELECT account_id, created_at, seen_at FROM auth_session WHERE sha256 = :sha256;

-- name: auth_session_seen :exec
-- doc: The session was used; no row when another request said so first.
-- param: sha256 bytes
-- param: before i64
-- param: now i64
UPDATE auth_session SET seen_at = :now WHERE sha256 = :sha256 AND seen_at = :before;

-- name: auth_session_delete :exec
-- doc: Signs one browser out.
-- param: sha256 bytes
DELETE FROM auth_session WHERE sha256 = :sha256;

-- name: auth_sessions_prune :exec
-- doc: Takes away sessions that are over, a thousand at a time.
-- param: created_before i64
DELETE FROM auth_session WHERE created_at < :created_before ORDER BY created_at LIMIT 1000;

-- name: idempotency_read :one
-- doc: The answer kept under a key.
-- param: actor_kind u32
-- param: actor_id u64
-- param: token str
-- column: sha256 bytes
-- column: status u32
-- column: location str?
-- column: etag str?
-- column: body bytes
SELECT sha256, status, location, etag, body FROM server_idempotency
WHERE actor_kind = :actor_kind AND actor_id = :actor_id AND token = :token;

-- name: idempotency_insert :write
-- doc: Keeps an answer; a key that is there already is a duplicate.
-- param: actor_kind u32
-- param: actor_id u64
-- param: token str
-- param: sha256 bytes
-- param: status u32
-- param: location str?
-- param: etag str?
-- param: body bytes
-- param: created_at i64
INSERT INTO server_idempotency
	(actor_kind, actor_id, token, sha256, status, location, etag, body, created_at)
VALUES (:actor_kind, :actor_id, :token, :sha256, :status, :location, :etag, :body,
	:created_at);

-- name: idempotency_prune :exec
-- doc: Forgets old answers, a thousand at a time.
-- param: created_before i64
DELETE FROM server_idempotency WHERE created_at < :created_before ORDER BY created_at LIMIT 1000;

-- name: auth_ping :one
-- doc: Answers when the database does.
-- column: one u32
SELECT 1 AS one;
