-- The appeals of one enterprise, in order of receipt.
ALTER TABLE intake_appeal ADD KEY IF NOT EXISTS intake_enterprise (enterprise_uscc, id);
