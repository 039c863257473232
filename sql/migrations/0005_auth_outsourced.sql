-- Accounts and keys of a contractor. The main business of a hotline may not be contracted out
-- (国办函〔2025〕66号), so the routes of that business refuse them.

ALTER TABLE auth_account
	ADD COLUMN IF NOT EXISTS is_outsourced BOOLEAN NOT NULL DEFAULT 0;

ALTER TABLE auth_key
	ADD COLUMN IF NOT EXISTS is_outsourced BOOLEAN NOT NULL DEFAULT 0;
