-- Messages whose body is kept no longer: since when, 0 of all others.
ALTER TABLE outbox_delivery
	ADD COLUMN IF NOT EXISTS forgotten_at BIGINT NOT NULL DEFAULT 0;

CREATE OR REPLACE VIEW outbox_delivery_view AS
SELECT endpoint_id, id, topic, seq, state, standing, due_at, tries, cause, created_at, done_at,
	message_id, type, content_type, body, forgotten_at
FROM outbox_delivery;

-- Sealed messages whose body is there still, by age.
CREATE TABLE IF NOT EXISTS outbox_sealed (
	created_at BIGINT NOT NULL,
	endpoint_id BIGINT UNSIGNED NOT NULL,
	delivery_id BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (created_at, delivery_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT IGNORE INTO outbox_sealed (created_at, endpoint_id, delivery_id)
SELECT created_at, endpoint_id, id FROM outbox_delivery WHERE is_sealed = 1 AND forgotten_at = 0;
