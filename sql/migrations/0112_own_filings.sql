-- What a body filed, newest first, without reading what others filed.
ALTER TABLE enterprises_filing ADD KEY IF NOT EXISTS enterprises_filed_by (body, id, version);
