-- Call-backs: what a department wants to know of a caller that it may not know, and what the
-- centre was told. answered_at is 0 while the centre has not called; until 0: no day was named.
CREATE TABLE IF NOT EXISTS callbacks_callback (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	task_id BIGINT UNSIGNED NOT NULL,
	department VARCHAR(32) NOT NULL,
	question VARCHAR(2000) NOT NULL,
	until BIGINT NOT NULL,
	asked_at BIGINT NOT NULL,
	asked_by VARCHAR(64) NOT NULL,
	is_open BOOLEAN NOT NULL,
	is_reached BOOLEAN NOT NULL,
	answer VARCHAR(2000) NULL,
	answered_at BIGINT NOT NULL,
	answered_by VARCHAR(64) NULL,
	KEY callbacks_open (is_open, id),
	KEY callbacks_department (department, is_open, id),
	KEY callbacks_task (task_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
