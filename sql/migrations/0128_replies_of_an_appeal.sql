-- Which replies a number has given, by the appeals of its caller. state 5: asked for messages again.
ALTER TABLE notices_reply ADD KEY IF NOT EXISTS notices_reply_appeal (appeal_id, state, received_at);
