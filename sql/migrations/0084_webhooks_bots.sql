-- Bots of groups: format 3 wecom, 4 dingtalk, 5 feishu. prefix: a word that a bot wants to find in
-- every message.
ALTER TABLE webhooks_endpoint
	ADD COLUMN IF NOT EXISTS prefix VARCHAR(40) NULL;
