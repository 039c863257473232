-- Histories that are brought in.

-- name: import_known :many
-- doc: Which of a JSON array of {channel, external_no} are registered already.
-- param: pairs str
-- column: channel u32
-- column: external_no str?
SELECT a.channel, a.external_no
FROM JSON_TABLE(:pairs, '$[*]' COLUMNS (
	channel TINYINT UNSIGNED PATH '$.channel',
	external_no VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$.external_no'
)) wanted
STRAIGHT_JOIN intake_appeal a FORCE INDEX (intake_external)
	ON a.channel = wanted.channel AND a.external_no = wanted.external_no;
