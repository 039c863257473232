-- Requests for more time that wait for a decision, the longest waiting first.
ALTER TABLE extensions_extension
	ADD KEY IF NOT EXISTS extensions_open (decision, asked_at, task_id);
