-- What a department said would be done by a day ("repaired by the 15th"): one row for each
-- progress that named one, seq being the number of its event. promise_on is the start of that
-- day. state: 1 pending, 2 kept, 3 broken, 4 lapsed because the task left the department.
CREATE TABLE IF NOT EXISTS promises_promise (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	task_id BIGINT UNSIGNED NOT NULL,
	seq BIGINT UNSIGNED NOT NULL,
	department VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	promise_on BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	decided_at BIGINT NOT NULL,
	decided_by VARCHAR(64) NULL,
	note VARCHAR(2000) NULL,
	UNIQUE KEY promises_task (task_id, seq),
	KEY promises_day (promise_on, id),
	KEY promises_department (department, promise_on),
	KEY promises_decided (state, decided_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
