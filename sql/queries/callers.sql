-- Identities, sealed. Nothing here is ever written to a log or an event.

-- name: callers_insert :write
-- doc: The identity behind an appeal, and the exact address of the matter.
-- param: appeal_id u64
-- param: record_key bytes
-- param: key_id u32
-- param: name_sealed bytes?
-- param: phone_sealed bytes?
-- param: phone_index bytes?
-- param: phone_tail u32
-- param: id_number_sealed bytes?
-- param: address_sealed bytes?
-- param: accused_person_sealed bytes?
-- param: place_sealed bytes?
-- param: location_sealed bytes?
-- param: place_index bytes?
-- param: salt_sealed bytes
INSERT INTO callers_caller (
	appeal_id, record_key, key_id, name_sealed, phone_sealed, phone_index, phone_tail,
	id_number_sealed, address_sealed, accused_person_sealed, place_sealed, location_sealed,
	place_index, salt_sealed
) VALUES (
	:appeal_id, :record_key, :key_id, :name_sealed, :phone_sealed, :phone_index, :phone_tail,
	:id_number_sealed, :address_sealed, :accused_person_sealed, :place_sealed, :location_sealed,
	:place_index, :salt_sealed
);

-- name: callers_one :one
-- doc: The sealed values of one appeal.
-- param: appeal_id u64
-- column: record_key bytes?
-- column: name_sealed bytes?
-- column: phone_sealed bytes?
-- column: id_number_sealed bytes?
-- column: address_sealed bytes?
-- column: accused_person_sealed bytes?
-- column: place_sealed bytes?
-- column: location_sealed bytes?
-- column: salt_sealed bytes?
-- column: erased_at i64
SELECT record_key, name_sealed, phone_sealed, id_number_sealed, address_sealed,
	accused_person_sealed, place_sealed, location_sealed, salt_sealed, erased_at
FROM callers_caller
WHERE appeal_id = :appeal_id;

-- name: callers_erase :exec
-- doc: Nothing of a person stays in the row; no row when it was erased before.
-- param: appeal_id u64
-- param: at i64
-- param: why u32
UPDATE callers_caller SET
	record_key = NULL, key_id = 4294967295, name_sealed = NULL, phone_sealed = NULL,
	phone_index = NULL, phone_tail = 1, id_number_sealed = NULL, address_sealed = NULL,
	accused_person_sealed = NULL, place_sealed = NULL, location_sealed = NULL,
	place_index = NULL, salt_sealed = NULL, erased_at = :at, erased_for = :why
WHERE appeal_id = :appeal_id AND erased_at = 0;

-- name: callers_keys_used :many
-- doc: The keys that record keys are wrapped by, and how many each.
-- column: key_id u32
-- column: records u64
SELECT key_id, COUNT(*) AS records FROM callers_caller GROUP BY key_id;

-- name: callers_key_next :one
-- doc: The next key that record keys are wrapped by.
-- param: after u32
-- column: key_id u32
SELECT key_id FROM callers_caller
WHERE key_id > :after
ORDER BY key_id
LIMIT 1;

-- name: callers_under_key :many
-- doc: Records whose keys are wrapped by one key of the key file.
-- param: key_id u32
-- param: n u32
-- column: appeal_id u64
-- column: record_key bytes?
SELECT appeal_id, record_key FROM callers_caller
WHERE key_id = :key_id
ORDER BY appeal_id
LIMIT :n;

-- name: callers_rewrap :exec
-- doc: The same record key under another key; no row when it was erased meanwhile.
-- param: appeal_id u64
-- param: was u32
-- param: record_key bytes
-- param: key_id u32
UPDATE callers_caller SET record_key = :record_key, key_id = :key_id
WHERE appeal_id = :appeal_id AND key_id = :was;

-- name: callers_old :many
-- doc: Rows from before records had keys of their own, with the address and the position
-- doc: that are to be sealed.
-- param: n u32
-- column: appeal_id u64
-- column: name_sealed bytes?
-- column: phone_sealed bytes?
-- column: accused_person_sealed bytes?
-- column: salt_sealed bytes?
-- column: place str?
-- column: has_location bool
-- column: latitude i64
-- column: longitude i64
SELECT c.appeal_id, c.name_sealed, c.phone_sealed, c.accused_person_sealed, c.salt_sealed,
	a.address AS place, COALESCE(a.has_location, 0) AS has_location,
	COALESCE(a.latitude, 0) AS latitude, COALESCE(a.longitude, 0) AS longitude
FROM callers_caller c
LEFT JOIN intake_appeal a ON a.id = c.appeal_id
WHERE c.key_id = 0
ORDER BY c.appeal_id
LIMIT :n;

-- name: callers_renew :write
-- doc: One of them, sealed under a key of its own.
-- param: appeal_id u64
-- param: record_key bytes
-- param: key_id u32
-- param: name_sealed bytes?
-- param: phone_sealed bytes?
-- param: phone_tail u32
-- param: accused_person_sealed bytes?
-- param: place_sealed bytes?
-- param: location_sealed bytes?
-- param: place_index bytes?
-- param: salt_sealed bytes?
UPDATE callers_caller SET
	record_key = :record_key, key_id = :key_id, name_sealed = :name_sealed,
	phone_sealed = :phone_sealed, phone_tail = :phone_tail,
	accused_person_sealed = :accused_person_sealed, place_sealed = :place_sealed,
	location_sealed = :location_sealed,
	place_index = :place_index, salt_sealed = :salt_sealed
WHERE appeal_id = :appeal_id AND key_id = 0;

-- name: callers_coarsen :exec
-- doc: What was registered keeps the street of an address that has been sealed, and a position to
-- doc: about a kilometre.
-- param: appeal_id u64
-- param: street str?
UPDATE intake_appeal SET address = COALESCE(:street, address),
	latitude = latitude DIV 10000 * 10000, longitude = longitude DIV 10000 * 10000
WHERE id = :appeal_id;

-- name: callers_positions :many
-- doc: Appeals whose position is not sealed yet. Without a record key nothing is left to seal it under.
-- param: n u32
-- column: appeal_id u64
-- column: record_key bytes?
-- column: is_sealed bool
-- column: latitude i64
-- column: longitude i64
SELECT p.appeal_id, c.record_key, c.location_sealed IS NOT NULL AS is_sealed,
	a.latitude, a.longitude
FROM callers_position p
STRAIGHT_JOIN callers_caller c FORCE INDEX (PRIMARY) ON c.appeal_id = p.appeal_id
STRAIGHT_JOIN intake_appeal a FORCE INDEX (PRIMARY) ON a.id = p.appeal_id
WHERE c.key_id <> 0
ORDER BY p.appeal_id
LIMIT :n;

-- name: callers_position_seal :exec
-- doc: The position of one of them.
-- param: appeal_id u64
-- param: location_sealed bytes
UPDATE callers_caller SET location_sealed = :location_sealed
WHERE appeal_id = :appeal_id AND erased_at = 0;

-- name: callers_position_done :exec
-- doc: It is sealed, or erased.
-- param: appeal_id u64
DELETE FROM callers_position WHERE appeal_id = :appeal_id;

-- name: callers_appeals_of_phone :many
-- doc: All appeals of one phone, oldest first.
-- param: phone_index bytes
-- param: n u32
-- column: appeal_id u64
SELECT appeal_id FROM callers_caller
WHERE phone_index = :phone_index
ORDER BY appeal_id
LIMIT :n;
