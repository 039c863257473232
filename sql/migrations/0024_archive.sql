-- Which tasks are archived next; most have 0.
ALTER TABLE tasks_task ADD KEY IF NOT EXISTS tasks_archive (archive_at);
