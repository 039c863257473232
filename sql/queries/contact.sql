-- Who keeps contact with which enterprise.

-- name: contact_login :one
-- doc: The login of an account.
-- param: id u64
-- column: login str
SELECT login FROM auth_account WHERE id = :id;

-- name: contact_keeps :one
-- doc: Whether the register names this login for an enterprise.
-- param: uscc str
-- param: login str
-- column: n u32
SELECT COUNT(*) AS n FROM enterprises_enterprise
WHERE uscc = :uscc AND contact_leader = :login;
