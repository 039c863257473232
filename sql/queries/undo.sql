-- Steps that their person may take back.

-- name: undo_offer :exec
-- doc: The newest step of an appeal.
-- param: appeal_id u64
-- param: version u64
-- param: step u32
-- param: state u32
-- param: tasks_before u32
-- param: account_id u64
-- param: at i64
-- param: until_at i64
INSERT INTO undo_step (appeal_id, version, step, state, tasks_before, account_id, at, until_at)
VALUES (:appeal_id, :version, :step, :state, :tasks_before, :account_id, :at, :until_at)
ON DUPLICATE KEY UPDATE version = VALUES(version), step = VALUES(step), state = VALUES(state),
	tasks_before = VALUES(tasks_before), account_id = VALUES(account_id), at = VALUES(at), until_at = VALUES(until_at);

-- name: undo_one :one
-- doc: The step, locked: it is taken back once.
-- param: appeal_id u64
-- column: version u64
-- column: step u32
-- column: state u32
-- column: tasks_before u32
-- column: account_id u64
-- column: at i64
-- column: until_at i64
SELECT version, step, state, tasks_before, account_id, at, until_at FROM undo_step
WHERE appeal_id = :appeal_id FOR UPDATE;

-- name: undo_drop :exec
-- doc: It was taken back.
-- param: appeal_id u64
DELETE FROM undo_step WHERE appeal_id = :appeal_id;

-- name: undo_forget :exec
-- doc: Steps that are over.
-- param: before i64
-- param: n u32
DELETE FROM undo_step WHERE until_at < :before ORDER BY until_at LIMIT :n;
