-- Who is told of what. The id is that of the outbox's endpoint; events holds patterns separated
-- by commas; format: 1 standard, 2 cloudevents. A removed endpoint keeps its row, so that its
-- deliveries stay explained.
CREATE TABLE IF NOT EXISTS webhooks_endpoint (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	format TINYINT UNSIGNED NOT NULL,
	events VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	is_removed BOOLEAN NOT NULL,
	created_at BIGINT NOT NULL,
	created_by_kind TINYINT UNSIGNED NOT NULL,
	created_by BIGINT UNSIGNED NOT NULL,
	KEY webhooks_department (department, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What an operator must see: an endpoint that a dispatched task did not reach in time. since is
-- when that task's message was posted; ended_at 0 while it lasts.
CREATE TABLE IF NOT EXISTS webhooks_warning (
	endpoint_id BIGINT UNSIGNED NOT NULL,
	since BIGINT NOT NULL,
	noticed_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	PRIMARY KEY (endpoint_id, since),
	KEY webhooks_warning_open (ended_at, noticed_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
