-- What outside supervisors (监督员) saw and suggest, and what a supervisor answered. kind:
-- 1 observation, 2 suggestion. answered_at is 0 while it has no answer.
CREATE TABLE IF NOT EXISTS observations_observation (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	kind TINYINT UNSIGNED NOT NULL,
	appeal_id BIGINT UNSIGNED NOT NULL,
	text VARCHAR(2000) NOT NULL,
	made_at BIGINT NOT NULL,
	made_by_kind TINYINT UNSIGNED NOT NULL,
	made_by BIGINT UNSIGNED NOT NULL,
	made_by_name VARCHAR(64) NOT NULL,
	answer VARCHAR(2000) NULL,
	answered_at BIGINT NOT NULL,
	answered_by VARCHAR(64) NULL,
	KEY observations_by (made_by_kind, made_by, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Whose enterprises a contact leader's are.
ALTER TABLE enterprises_enterprise ADD KEY IF NOT EXISTS enterprises_contact (contact_leader);
