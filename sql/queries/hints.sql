-- What may be the same matter as an appeal that is about to be saved. Every statement goes by
-- an index and ends at a bound.

-- name: hints_of_phone :many
-- doc: The newest appeals of one phone.
-- param: phone_index bytes
-- param: n u32
-- column: id u64
SELECT appeal_id AS id FROM callers_caller
WHERE phone_index = :phone_index
ORDER BY appeal_id DESC
LIMIT :n;

-- name: hints_of_place :many
-- doc: The newest appeals of one kind in one area, at an address, or kept within a square: where in
-- doc: it is sealed.
-- param: category str
-- param: area str
-- param: since_id u64
-- param: place_index bytes
-- param: has_location bool
-- param: south i64
-- param: north i64
-- param: west i64
-- param: east i64
-- param: n u32
-- column: id u64
-- column: is_same_place bool
-- column: latitude i64
-- column: longitude i64
-- column: record_key bytes?
-- column: location_sealed bytes?
SELECT a.id, COALESCE(:place_index <> '' AND c.place_index = :place_index, 0) AS is_same_place,
	a.latitude, a.longitude, c.record_key, c.location_sealed
FROM intake_appeal a FORCE INDEX (intake_place)
LEFT JOIN callers_caller c ON c.appeal_id = a.id
WHERE a.category = :category AND a.area = :area AND a.id >= :since_id
	AND ((:place_index <> '' AND c.place_index = :place_index)
		OR (:has_location AND a.has_location AND a.latitude BETWEEN :south AND :north
			AND a.longitude BETWEEN :west AND :east))
ORDER BY a.id DESC
LIMIT :n;

-- name: hints_of_kind :many
-- doc: The newest appeals of one kind in one area, wherever in it.
-- param: category str
-- param: area str
-- param: since_id u64
-- param: n u32
-- column: id u64
SELECT id FROM intake_appeal FORCE INDEX (intake_place)
WHERE category = :category AND area = :area AND id >= :since_id
ORDER BY id DESC
LIMIT :n;

-- name: hints_same_phone :many
-- doc: Which of a JSON array of appeals have this phone.
-- param: ids str
-- param: phone_index bytes
-- column: id u64
SELECT c.appeal_id AS id
FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted
STRAIGHT_JOIN callers_caller c FORCE INDEX (PRIMARY) ON c.appeal_id = wanted.id
WHERE c.phone_index = :phone_index;
