-- Who has an appeal open, and who is replying.

-- name: presence_stay :exec
-- doc: A person has an appeal open until then; since now unless it was so already.
-- param: appeal_id u64
-- param: account_id u64
-- param: name str
-- param: role u32
-- param: unit str?
-- param: now i64
-- param: until i64
INSERT INTO presence_person (appeal_id, account_id, name, role, unit, since, until)
VALUES (:appeal_id, :account_id, :name, :role, :unit, :now, :until)
ON DUPLICATE KEY UPDATE since = IF(presence_person.until > :now, presence_person.since, :now),
	name = :name, role = :role, unit = :unit, until = :until;

-- name: presence_claim :exec
-- doc: Replying is this person's, if nobody else's or if it is taken over. Each line of the update
-- doc: sees what those before it made.
-- param: appeal_id u64
-- param: account_id u64
-- param: takes_over bool
-- param: now i64
-- param: until i64
INSERT INTO presence_reply (appeal_id, account_id, since, until)
VALUES (:appeal_id, :account_id, :now, :until)
ON DUPLICATE KEY UPDATE
	since = IF(presence_reply.account_id <> :account_id
			AND (:takes_over OR presence_reply.until <= :now)
		OR presence_reply.account_id = :account_id AND presence_reply.until <= :now,
		:now, presence_reply.since),
	account_id = IF(:takes_over OR presence_reply.until <= :now, :account_id,
		presence_reply.account_id),
	until = IF(presence_reply.account_id = :account_id, :until, presence_reply.until);

-- name: presence_release :exec
-- doc: This person is not replying any more.
-- param: appeal_id u64
-- param: account_id u64
DELETE FROM presence_reply WHERE appeal_id = :appeal_id AND account_id = :account_id;

-- name: presence_leave :exec
-- doc: This person has the appeal open no more.
-- param: appeal_id u64
-- param: account_id u64
DELETE FROM presence_person WHERE appeal_id = :appeal_id AND account_id = :account_id;

-- name: presence_people :many
-- doc: Who has the appeals of a JSON list open, the longest first; replies_since is 0 but for one.
-- param: ids str
-- param: now i64
-- column: appeal_id u64
-- column: account_id u64
-- column: name str
-- column: role u32
-- column: unit str?
-- column: since i64
-- column: replies_since i64
SELECT p.appeal_id, p.account_id, p.name, p.role, p.unit, p.since,
	COALESCE(r.since, 0) AS replies_since
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN presence_person p FORCE INDEX (PRIMARY) ON p.appeal_id = wanted.id
LEFT JOIN presence_reply r ON r.appeal_id = p.appeal_id AND r.account_id = p.account_id
	AND r.until > :now
WHERE p.until > :now
ORDER BY p.appeal_id, p.since, p.account_id;

-- name: presence_lapsed :many
-- doc: Appeals that somebody has open no more without having said so.
-- param: now i64
-- param: n u32
-- column: appeal_id u64
(SELECT appeal_id FROM presence_person FORCE INDEX (presence_until)
	WHERE until <= :now ORDER BY until LIMIT :n)
UNION
(SELECT appeal_id FROM presence_reply FORCE INDEX (presence_reply_until)
	WHERE until <= :now ORDER BY until LIMIT :n);

-- name: presence_forget :exec
-- doc: Takes away who has an appeal open no more.
-- param: appeal_id u64
-- param: now i64
DELETE FROM presence_person WHERE appeal_id = :appeal_id AND until <= :now;

-- name: presence_reply_forget :exec
-- doc: Takes away who is replying no more.
-- param: appeal_id u64
-- param: now i64
DELETE FROM presence_reply WHERE appeal_id = :appeal_id AND until <= :now;
