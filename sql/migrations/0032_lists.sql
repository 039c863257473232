-- What lists of appeals go by, newest first: a department's appeals; those with an open task by
-- its due; those of a channel. No list goes by tasks_due.
ALTER TABLE tasks_task
	ADD KEY IF NOT EXISTS tasks_department (department, appeal_id),
	ADD KEY IF NOT EXISTS tasks_open (closed_at, appeal_id, left_at, due, department),
	DROP KEY IF EXISTS tasks_due;
ALTER TABLE intake_appeal ADD KEY IF NOT EXISTS intake_channel (channel, id);
