-- What people want to be alerted of.

-- name: alerts_read :one
-- doc: One person's choices; no row when none were made.
-- param: account_id u64
-- column: choices u32
SELECT choices FROM alerts_choice WHERE account_id = :account_id;

-- name: alerts_put :exec
-- doc: Makes or replaces them.
-- param: account_id u64
-- param: choices u32
INSERT INTO alerts_choice (account_id, choices) VALUES (:account_id, :choices)
ON DUPLICATE KEY UPDATE choices = :choices;
