-- What the desk asks about appeals.

-- name: desk_same_caller :one
-- doc: The state of another appeal of the same phone; of a merged one that of its parent, which
-- doc: its caller is told the result of.
-- param: appeal_id u64
-- param: other_id u64
-- column: state u32
SELECT COALESCE(parent.state, head.state) AS state
FROM callers_caller one
JOIN callers_caller other ON other.appeal_id = :other_id
	AND other.phone_index = one.phone_index
JOIN history_appeal head ON head.appeal_id = other.appeal_id
LEFT JOIN history_appeal parent ON head.merged_into <> 0 AND parent.appeal_id = head.merged_into
WHERE one.appeal_id = :appeal_id;
