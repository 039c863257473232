-- Messages that wait before they are sent, by what they are held for: taken back until then.
CREATE TABLE IF NOT EXISTS outbox_held (
	held_for BIGINT UNSIGNED NOT NULL,
	not_before BIGINT NOT NULL,
	endpoint_id BIGINT UNSIGNED NOT NULL,
	delivery_id BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (held_for, not_before, endpoint_id, delivery_id),
	KEY outbox_held_due (not_before)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The newest step of an appeal that its person may take back: until until_at, real time, while the
-- appeal is of this version. at: of the step, domain time. step: 1 registered, 2 dispatched,
-- 3 answered, 4 merged. state and tasks_before: of the appeal before it.
CREATE TABLE IF NOT EXISTS undo_step (
	appeal_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	version BIGINT UNSIGNED NOT NULL,
	step TINYINT UNSIGNED NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	tasks_before TINYINT UNSIGNED NOT NULL,
	account_id BIGINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	KEY undo_until (until_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
