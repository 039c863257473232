-- Acts of people and programs that are no step of an appeal, each also a content of the ledger
-- (modules/sealing.h). kind, by_kind, by_role: modules/audit.h. subject: of the kind the act is
-- about, 0 for none. Rows are added only.
CREATE TABLE IF NOT EXISTS audit_act (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	kind TINYINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	by_kind TINYINT UNSIGNED NOT NULL,
	by_id BIGINT UNSIGNED NOT NULL,
	by_name VARCHAR(64) NULL,
	by_role INT UNSIGNED NOT NULL,
	by_unit VARCHAR(32) NULL,
	source VARCHAR(64) NULL,
	subject BIGINT UNSIGNED NOT NULL,
	reason VARCHAR(2000) NULL,
	detail MEDIUMTEXT NULL,
	KEY audit_time (at, id),
	KEY audit_kind (kind, at, id),
	KEY audit_by (by_id, by_kind, at, id),
	KEY audit_subject (subject, at, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Refused sign-ins, counted: hour is the hour of 1970 in which they came, account 0 a login that
-- nobody has. An hour that is over becomes one act, and its rows stay for who asks.
CREATE TABLE IF NOT EXISTS audit_refusal (
	hour INT UNSIGNED NOT NULL,
	account BIGINT UNSIGNED NOT NULL,
	source VARCHAR(64) NOT NULL,
	refusals BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (hour, account, source)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The hours before this one have their act.
CREATE TABLE IF NOT EXISTS audit_standing (
	id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
	counted_until INT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT IGNORE INTO audit_standing (id, counted_until) VALUES (1, 0);
