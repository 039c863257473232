-- Receivers that are spoken to in another way than by signed webhooks. dialect: 1 signed webhooks,
-- 2 wecom, 3 dingtalk, 4 feishu, 5 a gateway of short messages. Where the address itself is a
-- secret, url is what may be shown of it and address_sealed all of it.
ALTER TABLE outbox_endpoint
	ADD COLUMN IF NOT EXISTS dialect TINYINT UNSIGNED NOT NULL DEFAULT 1,
	ADD COLUMN IF NOT EXISTS address_sealed VARBINARY(2400) NULL;

-- The text of a sealed message is base64 of what is sealed for its place.
ALTER TABLE outbox_delivery
	ADD COLUMN IF NOT EXISTS is_sealed BOOLEAN NOT NULL DEFAULT 0;

-- A bot's own secret may be longer than one of ours.
ALTER TABLE outbox_secret
	MODIFY sealed VARBINARY(400) NOT NULL;
