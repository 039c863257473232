-- What somebody has begun to write, sealed: any JSON object. The id is chosen by who writes it. Empty
-- once it was registered: what is saved late under the id does not bring it back.
CREATE TABLE IF NOT EXISTS drafts_draft (
	owner_kind TINYINT UNSIGNED NOT NULL,
	owner_id BIGINT UNSIGNED NOT NULL,
	id BINARY(16) NOT NULL,
	saved_at BIGINT NOT NULL,
	content_sealed MEDIUMBLOB NOT NULL,
	PRIMARY KEY (owner_kind, owner_id, id),
	KEY drafts_saved (saved_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
