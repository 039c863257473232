-- choice is the coded word of a message, 1 + the index of its reason, result or level, 0 of none:
-- it is nobody's and stays when the words are erased.
ALTER TABLE exchange_message ADD COLUMN IF NOT EXISTS choice TINYINT UNSIGNED NOT NULL DEFAULT 0;

-- The key that speaks for a service, 0: whichever may register on its channel, as long as no
-- other service of the same kind is there.
ALTER TABLE exchange_peer ADD COLUMN IF NOT EXISTS key_id BIGINT UNSIGNED NOT NULL DEFAULT 0;

-- Messages that were not possible while the rest of their batch was taken in. is_ours: the other
-- side said so of one of ours. batch is theirs that brought it, or that said so, and line its place there. named_in
-- is the batch of ours that names it to them, 0 of none yet.
CREATE TABLE IF NOT EXISTS exchange_refusal (
	peer VARCHAR(32) NOT NULL,
	is_ours TINYINT UNSIGNED NOT NULL,
	batch BIGINT UNSIGNED NOT NULL,
	line INT UNSIGNED NOT NULL,
	number VARCHAR(64) NOT NULL,
	seq INT UNSIGNED NOT NULL,
	reason VARCHAR(32) NOT NULL,
	detail VARCHAR(400) NOT NULL,
	at BIGINT NOT NULL,
	named_in BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (peer, is_ours, batch, line),
	KEY exchange_unnamed (peer, is_ours, named_in, batch, line),
	KEY exchange_refused_at (peer, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
