-- Identities, sealed. Nothing here is ever written to a log or an event.

-- name: callers_insert :write
-- doc: The identity behind an appeal.
-- param: appeal_id u64
-- param: name_sealed bytes?
-- param: phone_sealed bytes?
-- param: phone_index bytes?
-- param: phone_tail u32
-- param: accused_person_sealed bytes?
-- param: salt_sealed bytes
INSERT INTO callers_caller (
	appeal_id, name_sealed, phone_sealed, phone_index, phone_tail, accused_person_sealed,
	salt_sealed
) VALUES (
	:appeal_id, :name_sealed, :phone_sealed, :phone_index, :phone_tail,
	:accused_person_sealed, :salt_sealed
);

-- name: callers_without_tail :many
-- doc: Callers from before there was an index of the last digits.
-- param: n u32
-- column: appeal_id u64
-- column: phone_sealed bytes?
SELECT appeal_id, phone_sealed FROM callers_caller
WHERE phone_tail = 0
LIMIT :n;

-- name: callers_set_tail :write
-- doc: The index of the last digits of one of them.
-- param: appeal_id u64
-- param: phone_tail u32
UPDATE callers_caller SET phone_tail = :phone_tail WHERE appeal_id = :appeal_id;

-- name: callers_one :one
-- doc: The sealed values of one appeal.
-- param: appeal_id u64
-- column: name_sealed bytes?
-- column: phone_sealed bytes?
-- column: accused_person_sealed bytes?
-- column: salt_sealed bytes?
SELECT name_sealed, phone_sealed, accused_person_sealed, salt_sealed FROM callers_caller
WHERE appeal_id = :appeal_id;
