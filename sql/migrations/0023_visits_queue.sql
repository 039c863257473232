-- Whom the centre has to call, and when: one row a caller and occasion. caller_appeal is the
-- merged appeal whose caller is meant, 0 for the task's own. cause: 1 the limit for the work
-- expired, 2 a completion passed. state: 1 waiting, 2 asked by SMS, 3 answered, 4 unreachable,
-- 5 dropped. not_before is when the next call may be made; of an asked one it is the last
-- moment of the question. ended_by is the kind of the event that ended the row.
CREATE TABLE IF NOT EXISTS visits_due (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	task_id BIGINT UNSIGNED NOT NULL,
	caller_appeal BIGINT UNSIGNED NOT NULL,
	round TINYINT UNSIGNED NOT NULL,
	cause TINYINT UNSIGNED NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	next TINYINT UNSIGNED NOT NULL,
	attempts SMALLINT UNSIGNED NOT NULL,
	since BIGINT NOT NULL,
	not_before BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	ended_by TINYINT UNSIGNED NOT NULL,
	KEY visits_due_list (state, not_before, id),
	KEY visits_due_task (task_id, caller_appeal),
	KEY visits_due_caller (caller_appeal, task_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The questions that go out by SMS: the outbox of its driver. No number stands here, and the
-- one-time code is sealed; its tag tells a right answer from a wrong one. state: 1 waiting,
-- 2 over.
CREATE TABLE IF NOT EXISTS visits_question (
	task_id BIGINT UNSIGNED NOT NULL,
	caller_appeal BIGINT UNSIGNED NOT NULL,
	asked_at BIGINT NOT NULL,
	open_until BIGINT NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	code_sealed VARBINARY(64) NOT NULL,
	code_tag BINARY(16) NOT NULL,
	PRIMARY KEY (task_id, caller_appeal, asked_at),
	KEY visits_question_state (state, asked_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

ALTER TABLE visits_visit
	ADD COLUMN IF NOT EXISTS caller_appeal BIGINT UNSIGNED NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS is_after_contact BOOLEAN NOT NULL DEFAULT 0;
