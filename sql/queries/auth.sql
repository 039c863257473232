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
-- param: is_password_initial bool
-- param: valid_until i64
-- param: now i64
INSERT INTO auth_account
	(id, login, name, role, unit, is_outsourced, password, is_password_initial, password_at,
	 valid_until, is_disabled, created_at)
VALUES (:id, :login, :name, :role, :unit, :is_outsourced, :password, :is_password_initial, :now,
	:valid_until, 0, :now);

-- name: auth_account_by_login :one
-- doc: What sign-in needs of one account. Blanks behind a login are one with none here, so the
-- doc: caller compares.
-- param: login str
-- column: id u64
-- column: login str
-- column: name str
-- column: role u32
-- column: unit str?
-- column: is_outsourced bool
-- column: password str
-- column: is_disabled bool
-- column: is_password_initial bool
-- column: password_at i64
-- column: valid_until i64
-- column: epoch u32
-- column: factor bytes?
SELECT a.id, a.login, a.name, a.role, a.unit, a.is_outsourced, a.password, a.is_disabled,
	a.is_password_initial, a.password_at, a.valid_until, a.epoch, f.secret AS factor
FROM auth_account a LEFT JOIN auth_factor f ON f.account_id = a.id WHERE a.login = :login;

-- name: auth_account_one :one
-- doc: An account as administrators see it.
-- param: id u64
-- column: id u64
-- column: login str
-- column: name str
-- column: role u32
-- column: unit str?
-- column: is_outsourced bool
-- column: is_disabled bool
-- column: is_password_initial bool
-- column: created_at i64
-- column: password_at i64
-- column: valid_until i64
-- column: version u32
-- column: has_factor bool
SELECT a.id, a.login, a.name, a.role, a.unit, a.is_outsourced, a.is_disabled,
	a.is_password_initial, a.created_at, a.password_at, a.valid_until, a.version,
	f.secret IS NOT NULL AS has_factor
FROM auth_account a LEFT JOIN auth_factor f ON f.account_id = a.id WHERE a.id = :id;

-- name: auth_account_page :many
-- doc: Accounts behind an id, as administrators see them.
-- param: after u64
-- param: n u32
-- column: id u64
-- column: login str
-- column: name str
-- column: role u32
-- column: unit str?
-- column: is_outsourced bool
-- column: is_disabled bool
-- column: is_password_initial bool
-- column: created_at i64
-- column: password_at i64
-- column: valid_until i64
-- column: version u32
-- column: has_factor bool
SELECT a.id, a.login, a.name, a.role, a.unit, a.is_outsourced, a.is_disabled,
	a.is_password_initial, a.created_at, a.password_at, a.valid_until, a.version,
	f.secret IS NOT NULL AS has_factor
FROM auth_account a LEFT JOIN auth_factor f ON f.account_id = a.id
WHERE a.id > :after ORDER BY a.id LIMIT :n;

-- name: auth_account_password :one
-- doc: The hash in force, and what the owner may not choose.
-- param: id u64
-- column: login str
-- column: password str
-- column: epoch u32
-- column: password_at i64
SELECT login, password, epoch, password_at FROM auth_account WHERE id = :id;

-- name: auth_account_change :exec
-- doc: What an administrator changes; another epoch ends every session of before.
-- param: id u64
-- param: version u32
-- param: epochs u32
-- param: name str
-- param: role u32
-- param: unit str?
-- param: is_outsourced bool
-- param: valid_until i64
UPDATE auth_account SET name = :name, role = :role, unit = :unit,
	is_outsourced = :is_outsourced, valid_until = :valid_until, version = version + 1,
	epoch = epoch + :epochs
WHERE id = :id AND version = :version;

-- name: auth_account_able :exec
-- doc: Disables or enables; no row when it is so already. Every session of before is over.
-- param: id u64
-- param: is_disabled bool
UPDATE auth_account SET is_disabled = :is_disabled, version = version + 1, epoch = epoch + 1
WHERE id = :id AND is_disabled <> :is_disabled;

-- name: auth_password_change :exec
-- doc: Another password; no row when somebody else was first. Every session of before is over.
-- param: id u64
-- param: epoch u32
-- param: password str
-- param: is_password_initial bool
-- param: now i64
UPDATE auth_account SET password = :password, is_password_initial = :is_password_initial,
	password_at = :now, epoch = epoch + 1, version = version + 1
WHERE id = :id AND epoch = :epoch;

-- name: auth_password_keep :write
-- doc: The hash that was in force until now.
-- param: account_id u64
-- param: now i64
-- param: password str
INSERT INTO auth_password (account_id, ended_at, password) VALUES (:account_id, :now, :password);

-- name: auth_passwords :many
-- doc: The last hashes of an account, newest first.
-- param: account_id u64
-- param: n u32
-- column: ended_at i64
-- column: password str
SELECT ended_at, password FROM auth_password
WHERE account_id = :account_id ORDER BY ended_at DESC LIMIT :n;

-- name: auth_passwords_forget :exec
-- doc: Hashes that no rule asks for any more.
-- param: account_id u64
-- param: before i64
DELETE FROM auth_password WHERE account_id = :account_id AND ended_at < :before;

-- name: auth_factor_one :one
-- doc: The second factor of an account, in force or waiting.
-- param: account_id u64
-- column: secret bytes?
-- column: pending bytes?
-- column: pending_at i64
-- column: last_step i64
-- column: confirmed_at i64
SELECT secret, pending, pending_at, last_step, confirmed_at FROM auth_factor
WHERE account_id = :account_id;

-- name: auth_factor_start :exec
-- doc: A secret that waits for its first code, in the place of one that waited.
-- param: account_id u64
-- param: pending bytes
-- param: now i64
INSERT INTO auth_factor (account_id, secret, pending, pending_at, last_step, confirmed_at)
VALUES (:account_id, NULL, :pending, :now, 0, 0)
ON DUPLICATE KEY UPDATE pending = VALUES(pending), pending_at = VALUES(pending_at);

-- name: auth_factor_confirm :exec
-- doc: The waiting secret is in force; its first code is used.
-- param: account_id u64
-- param: pending bytes
-- param: step i64
-- param: now i64
UPDATE auth_factor SET secret = pending, pending = NULL, last_step = :step, confirmed_at = :now
WHERE account_id = :account_id AND pending = :pending;

-- name: auth_factor_use :exec
-- doc: A code is used up; no row when it, or a later one, was used before.
-- param: account_id u64
-- param: step i64
UPDATE auth_factor SET last_step = :step WHERE account_id = :account_id AND last_step < :step;

-- name: auth_factor_delete :exec
-- doc: The account has no second factor any more.
-- param: account_id u64
DELETE FROM auth_factor WHERE account_id = :account_id;

-- name: auth_recovery_insert :write
-- doc: One recovery code.
-- param: account_id u64
-- param: sha256 bytes
INSERT INTO auth_recovery (account_id, sha256) VALUES (:account_id, :sha256);

-- name: auth_recovery_use :exec
-- doc: Uses a code up; no row: there is none like it.
-- param: account_id u64
-- param: sha256 bytes
DELETE FROM auth_recovery WHERE account_id = :account_id AND sha256 = :sha256;

-- name: auth_recovery_delete :exec
-- doc: All codes of an account are void.
-- param: account_id u64
DELETE FROM auth_recovery WHERE account_id = :account_id;

-- name: auth_recovery_count :one
-- doc: How many codes are left.
-- param: account_id u64
-- column: n u32
SELECT COUNT(*) AS n FROM auth_recovery WHERE account_id = :account_id;

-- name: auth_failure_insert :write
-- doc: One wrong guess, for one thing that is counted.
-- param: slot bytes
-- param: at i64
INSERT INTO auth_failure (slot, at) VALUES (:slot, :at);

-- name: auth_failures :many
-- doc: How often was guessed wrong since, for each of four things.
-- param: pair bytes
-- param: source bytes
-- param: account bytes
-- param: code bytes
-- param: since i64
-- column: slot bytes
-- column: n u32
-- column: last i64
SELECT slot, COUNT(*) AS n, MAX(at) AS last FROM auth_failure
WHERE slot IN (:pair, :source, :account, :code) AND at > :since GROUP BY slot;

-- name: auth_failures_forgive :exec
-- doc: Who got in did not guess.
-- param: pair bytes
-- param: code bytes
DELETE FROM auth_failure WHERE slot IN (:pair, :code);

-- name: auth_failures_prune :exec
-- doc: Forgets what lies behind the window, a thousand at a time.
-- param: before i64
DELETE FROM auth_failure WHERE at < :before ORDER BY at LIMIT 1000;

-- name: auth_source_read :one
-- doc: Whether an account has signed in from there.
-- param: account_id u64
-- param: source bytes
-- column: seen_at i64
SELECT seen_at FROM auth_source WHERE account_id = :account_id AND source = :source;

-- name: auth_source_seen :exec
-- doc: An account has signed in from there.
-- param: account_id u64
-- param: source bytes
-- param: now i64
INSERT INTO auth_source (account_id, source, seen_at) VALUES (:account_id, :source, :now)
ON DUPLICATE KEY UPDATE seen_at = VALUES(seen_at);

-- name: auth_source_nth :one
-- doc: When the n-th newest source was seen.
-- param: account_id u64
-- param: skip u32
-- column: seen_at i64
SELECT seen_at FROM auth_source WHERE account_id = :account_id
ORDER BY seen_at DESC LIMIT 1 OFFSET :skip;

-- name: auth_sources_forget :exec
-- doc: An account's older sources.
-- param: account_id u64
-- param: until i64
DELETE FROM auth_source WHERE account_id = :account_id AND seen_at <= :until;

-- name: auth_sources_prune :exec
-- doc: Sources that nobody came from for long, a thousand at a time.
-- param: before i64
DELETE FROM auth_source WHERE seen_at < :before ORDER BY seen_at LIMIT 1000;

-- name: auth_session_insert :write
-- doc: A browser has signed in.
-- param: sha256 bytes
-- param: id u64
-- param: account_id u64
-- param: epoch u32
-- param: source str
-- param: agent str
-- param: is_vouched bool
-- param: now i64
INSERT INTO auth_session
	(sha256, id, account_id, epoch, source, agent, is_vouched, created_at, seen_at)
VALUES (:sha256, :id, :account_id, :epoch, :source, :agent, :is_vouched, :now, :now);

-- name: auth_session_read :one
-- doc: The session behind a cookie and whose it is; none when the account was changed since.
-- param: sha256 bytes
-- column: id u64
-- column: account_id u64
-- column: created_at i64
-- column: seen_at i64
-- column: name str
-- column: role u32
-- column: unit str?
-- column: is_outsourced bool
-- column: is_password_initial bool
-- column: password_at i64
-- column: valid_until i64
-- column: has_factor bool
-- column: is_vouched bool
SELECT s.id, s.account_id, s.created_at, s.seen_at, a.name, a.role, a.unit, a.is_outsourced,
	a.is_password_initial, a.password_at, a.valid_until, f.secret IS NOT NULL AS has_factor,
	s.is_vouched
FROM auth_session s JOIN auth_account a ON a.id = s.account_id
LEFT JOIN auth_factor f ON f.account_id = a.id
WHERE s.sha256 = :sha256 AND a.is_disabled = 0 AND a.epoch = s.epoch;

-- name: auth_sessions_alive :many
-- doc: Of sessions in a JSON list of [account, number], those whose account was not changed since.
-- param: pairs str
-- column: id u64
-- column: created_at i64
-- column: seen_at i64
-- column: role u32
-- column: is_password_initial bool
-- column: password_at i64
-- column: valid_until i64
-- column: has_factor bool
-- column: is_vouched bool
SELECT s.id, s.created_at, s.seen_at, a.role, a.is_password_initial, a.password_at, a.valid_until,
	f.secret IS NOT NULL AS has_factor, s.is_vouched
FROM JSON_TABLE(:pairs, '$[*]' COLUMNS (
	account_id BIGINT UNSIGNED PATH '$[0]',
	id BIGINT UNSIGNED PATH '$[1]')) asked
STRAIGHT_JOIN auth_session s FORCE INDEX (auth_session_account)
	ON s.account_id = asked.account_id AND s.id = asked.id
STRAIGHT_JOIN auth_account a ON a.id = s.account_id
LEFT JOIN auth_factor f ON f.account_id = a.id
WHERE a.is_disabled = 0 AND a.epoch = s.epoch;

-- name: auth_sessions :many
-- doc: The sessions of an account, newest first.
-- param: account_id u64
-- param: n u32
-- column: id u64
-- column: created_at i64
-- column: seen_at i64
-- column: source str
-- column: agent str
SELECT s.id, s.created_at, s.seen_at, s.source, s.agent
FROM auth_session s JOIN auth_account a ON a.id = s.account_id
WHERE s.account_id = :account_id AND a.epoch = s.epoch ORDER BY s.id DESC LIMIT :n;

-- name: auth_session_nth :one
-- doc: The n-th newest session.
-- param: account_id u64
-- param: skip u32
-- column: id u64
SELECT id FROM auth_session WHERE account_id = :account_id ORDER BY id DESC LIMIT 1 OFFSET :skip;

-- name: auth_sessions_cut :exec
-- doc: Ends an account's older sessions.
-- param: account_id u64
-- param: until u64
DELETE FROM auth_session WHERE account_id = :account_id AND id <= :until;

-- name: auth_session_end :exec
-- doc: Ends one session of an account by its number.
-- param: account_id u64
-- param: id u64
DELETE FROM auth_session WHERE account_id = :account_id AND id = :id;

-- name: auth_sessions_end :exec
-- doc: Ends the sessions of an account but one (0: but none).
-- param: account_id u64
-- param: but u64
DELETE FROM auth_session WHERE account_id = :account_id AND id <> :but;

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
