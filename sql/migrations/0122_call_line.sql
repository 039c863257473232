-- The person at whose telephone alone a call rings; 0: in the queue, for whoever takes it.
ALTER TABLE calls_call ADD COLUMN IF NOT EXISTS rings_at BIGINT UNSIGNED NOT NULL DEFAULT 0;
