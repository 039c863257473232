-- A list of messages is joined to the attempts through this view, and a statement cannot name
-- an index through a view: named here, old statistics cannot make it a scan.
CREATE OR REPLACE VIEW outbox_attempt_view AS
SELECT delivery_id, number, at, duration, status, error, cause, address, answer
FROM outbox_attempt FORCE INDEX (PRIMARY);
