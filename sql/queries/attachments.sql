-- Files that were uploaded and attached.

-- name: attachments_add :exec
-- doc: An upload, unless somebody has taken its id meanwhile: then nothing is changed.
-- param: id u64
-- param: upload str
-- param: sha256 bytes
-- param: size u32
-- param: type u32
-- param: width u32
-- param: height u32
-- param: standing u32
-- param: at i64
-- param: by_kind u32
-- param: by_id u64
-- param: remove_at i64
INSERT INTO attachments_file (id, upload, sha256, size, type, width, height, standing, uploaded_at,
	uploaded_by_kind, uploaded_by, remove_at, appeal_id, task_id, purpose, name, attached_at,
	attached_by)
VALUES (:id, :upload, :sha256, :size, :type, :width, :height, :standing, :at, :by_kind, :by_id,
	:remove_at, 0, 0, 0, NULL, 0, NULL)
ON DUPLICATE KEY UPDATE id = attachments_file.id;

-- name: attachments_of_upload :one
-- doc: By the id that its sender chose, as it now is.
-- param: upload str
-- column: id u64
-- column: upload str
-- column: sha256 bytes
-- column: size u32
-- column: type u32
-- column: width u32
-- column: height u32
-- column: standing u32
-- column: uploaded_at i64
-- column: uploaded_by_kind u32
-- column: uploaded_by u64
-- column: remove_at i64
-- column: appeal_id u64
-- column: task_id u64
-- column: purpose u32
-- column: name bytes?
-- column: attached_at i64
-- column: attached_by str?
SELECT id, upload, sha256, size, type, width, height, standing, uploaded_at, uploaded_by_kind,
	uploaded_by, remove_at, appeal_id, task_id, purpose, name, attached_at, attached_by
FROM attachments_file WHERE upload = :upload LOCK IN SHARE MODE;

-- name: attachments_waiting :one
-- doc: How many uploads of one person or key are attached to nothing.
-- param: by_kind u32
-- param: by_id u64
-- column: n u64
SELECT COUNT(*) AS n FROM attachments_file
WHERE uploaded_by_kind = :by_kind AND uploaded_by = :by_id AND appeal_id = 0;

-- name: attachments_attach :write
-- doc: The upload becomes an attachment; fails when it is one already.
-- param: id u64
-- param: appeal_id u64
-- param: task_id u64
-- param: purpose u32
-- param: name bytes
-- param: at i64
-- param: by_name str
UPDATE attachments_file SET appeal_id = :appeal_id, task_id = :task_id, purpose = :purpose,
	name = :name, attached_at = :at, attached_by = :by_name, remove_at = 0
WHERE id = :id AND appeal_id = 0;

-- name: attachments_one :one
-- doc: One that is attached, or not.
-- param: id u64
-- column: id u64
-- column: upload str
-- column: sha256 bytes
-- column: size u32
-- column: type u32
-- column: width u32
-- column: height u32
-- column: standing u32
-- column: uploaded_at i64
-- column: uploaded_by_kind u32
-- column: uploaded_by u64
-- column: remove_at i64
-- column: appeal_id u64
-- column: task_id u64
-- column: purpose u32
-- column: name bytes?
-- column: attached_at i64
-- column: attached_by str?
SELECT id, upload, sha256, size, type, width, height, standing, uploaded_at, uploaded_by_kind,
	uploaded_by, remove_at, appeal_id, task_id, purpose, name, attached_at, attached_by
FROM attachments_file WHERE id = :id;

-- name: attachments_ids :many
-- doc: What is attached to an appeal, the first one first.
-- param: appeal_id u64
-- column: id u64
SELECT id FROM attachments_file WHERE appeal_id = :appeal_id ORDER BY id;

-- name: attachments_sum :one
-- doc: How many are attached to an appeal, and their bytes.
-- param: appeal_id u64
-- column: n u64
-- column: bytes u64
SELECT COUNT(*) AS n, CAST(COALESCE(SUM(size), 0) AS UNSIGNED) AS bytes
FROM attachments_file WHERE appeal_id = :appeal_id;

-- name: attachments_expire :exec
-- doc: Uploads that nobody attached in time are gone; their files follow.
-- param: now_at i64
-- param: n u32
DELETE FROM attachments_file WHERE remove_at > 0 AND remove_at <= :now_at ORDER BY remove_at LIMIT :n;

-- name: attachments_next :one
-- doc: When the next of them is.
-- column: remove_at i64
SELECT remove_at FROM attachments_file WHERE remove_at > 0 ORDER BY remove_at LIMIT 1;

-- name: attachments_forget :exec
-- doc: What a caller sent is not kept any longer than the caller's identity.
-- param: appeal_id u64
DELETE FROM attachments_file WHERE appeal_id = :appeal_id AND purpose = 1;

-- name: attachments_orphans :many
-- doc: Of contents given in hex as a JSON array those that no row stands for.
-- param: names str
-- column: name str
SELECT COALESCE(wanted.name, '') AS name
FROM JSON_TABLE(:names, '$[*]' COLUMNS (name CHAR(64) PATH '$')) wanted
WHERE (SELECT f.id FROM attachments_file f WHERE f.sha256 = UNHEX(wanted.name) LIMIT 1) IS NULL;

-- name: attachments_to_scan :one
-- doc: One that the virus scanner has not looked at.
-- column: id u64
-- column: sha256 bytes
SELECT id, sha256 FROM attachments_file WHERE standing = 1 ORDER BY id LIMIT 1;

-- name: attachments_scanned :exec
-- doc: What it said; of one that was removed meanwhile nothing.
-- param: id u64
-- param: standing u32
UPDATE attachments_file SET standing = :standing WHERE id = :id;
