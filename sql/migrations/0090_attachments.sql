-- Files: uploads, and what becomes of them when they are attached. The bytes lie outside of the
-- database under sha256 (server/store/blob_folder.c); a row stands only for bytes that are there.
-- upload: the id that its sender chose. type: enum file_kind. standing: enum scan. remove_at: when
-- an upload that nobody attaches is removed; 0 once it is attached. purpose: 0 until then; 1 from
-- the caller, 2 of the site, 3 with a reply. name: sealed.
CREATE TABLE IF NOT EXISTS attachments_file (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	upload CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	sha256 BINARY(32) NOT NULL,
	size INT UNSIGNED NOT NULL,
	type TINYINT UNSIGNED NOT NULL,
	width INT UNSIGNED NOT NULL,
	height INT UNSIGNED NOT NULL,
	standing TINYINT UNSIGNED NOT NULL,
	uploaded_at BIGINT NOT NULL,
	uploaded_by_kind TINYINT UNSIGNED NOT NULL,
	uploaded_by BIGINT UNSIGNED NOT NULL,
	remove_at BIGINT NOT NULL,
	appeal_id BIGINT UNSIGNED NOT NULL,
	task_id BIGINT UNSIGNED NOT NULL,
	purpose TINYINT UNSIGNED NOT NULL,
	name VARBINARY(1024) NULL,
	attached_at BIGINT NOT NULL,
	attached_by VARCHAR(64) NULL,
	UNIQUE KEY attachments_upload (upload),
	KEY attachments_content (sha256),
	KEY attachments_removal (remove_at),
	KEY attachments_appeal (appeal_id, id),
	KEY attachments_waiting (uploaded_by_kind, uploaded_by, appeal_id),
	KEY attachments_standing (standing, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
