-- Replies go with the identity behind their appeal.
ALTER TABLE notices_reply
	ADD KEY IF NOT EXISTS notices_reply_appeal (appeal_id, id);
