-- How the service does: what stands still, waits or fails. Reads only, each by an index or a few rows.

-- name: health_due :one
-- doc: The earliest moment at which something is due; no row when nothing is.
-- column: next_at i64
SELECT next_at FROM deadlines_deadline WHERE next_at > 0 ORDER BY next_at LIMIT 1;

-- name: health_night :one
-- doc: The check of the newest night.
-- column: night_at i64
-- column: ended_at i64
-- column: mismatches u64
SELECT night_at, ended_at, mismatches FROM deadlines_check ORDER BY night_at DESC LIMIT 1;

-- name: health_ledger :one
-- doc: What has no position yet, up to a number of rows, and since when the first waits; the newest
-- doc: checkpoint, and when the signer was last seen.
-- param: most u32
-- column: waiting u64
-- column: since i64
-- column: signed_at i64
-- column: confirmed_at i64
SELECT COUNT(w.at) AS waiting, COALESCE(MIN(w.at), 0) AS since,
	COALESCE((SELECT p.signed_at FROM ledger_checkpoint p ORDER BY p.size DESC LIMIT 1), 0) AS signed_at,
	COALESCE((SELECT GREATEST(s.confirmed_at, p.signed_at) FROM ledger_checkpoint p
		STRAIGHT_JOIN ledger_standing s ON s.id = 1 ORDER BY p.size DESC LIMIT 1), 0) AS confirmed_at
FROM (SELECT IF(kind = 1, IF(seals = '', 0, CAST(CONV(HEX(LEFT(seals, 8)), 16, 10) AS SIGNED)), at) AS at
	FROM ledger_waiting LIMIT :most) w;

-- name: health_endpoints :many
-- doc: Who is posted to, how each does, and since when its first open message waits. An endpoint is
-- doc: of a department, of the gateway of short messages, or of a service that matters are exchanged with.
-- param: standing u32
-- column: id u64
-- column: department str?
-- column: is_gateway bool
-- column: disabled_for u32
-- column: held_until i64
-- column: failing_since i64
-- column: waiting_since i64
SELECT e.id, w.department, g.endpoint_id IS NOT NULL AS is_gateway, e.disabled_for, e.held_until,
	e.failing_since, COALESCE((SELECT d.created_at FROM outbox_delivery_view d
		WHERE d.endpoint_id = e.id AND d.standing = :standing
		ORDER BY d.due_at LIMIT 1), 0) AS waiting_since
FROM outbox_endpoint_view e
LEFT JOIN webhooks_endpoint w ON w.id = e.id
LEFT JOIN notices_gateway g ON g.id = 1 AND g.endpoint_id = e.id
WHERE e.state <> 3
ORDER BY e.id;

-- name: health_database :one
-- doc: The database about itself: its version, our schema, its clock, where it keeps its data.
-- column: version str
-- column: schema_number u32
-- column: now i64
-- column: data_folder str
-- column: is_read_only bool
-- column: has_log bool
-- column: is_cluster bool
SELECT VERSION() AS version, COALESCE(MAX(m.number), 0) AS schema_number,
	CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED) AS now, @@global.datadir AS data_folder,
	@@global.read_only AS is_read_only, @@global.log_bin AS has_log, @@global.wsrep_on AS is_cluster
FROM server_migration m;

-- name: health_cluster :many
-- doc: How this node of a cluster stands, and how many replicas follow it.
-- column: name str
-- column: value str
SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM information_schema.GLOBAL_STATUS
WHERE VARIABLE_NAME IN ('WSREP_CLUSTER_SIZE', 'WSREP_CLUSTER_STATUS', 'SLAVES_CONNECTED');

-- name: health_unscanned :one
-- doc: The first file that the virus scanner has not looked at.
-- column: uploaded_at i64
SELECT uploaded_at FROM attachments_file WHERE standing = 1 ORDER BY id LIMIT 1;

-- name: health_exchange :many
-- doc: Services that hand-overs are exchanged with: urgent offers that they have not answered in
-- time, and messages that one side could not take, since an instant.
-- param: overdue u32
-- param: since i64
-- column: code str
-- column: name str
-- column: late u64
-- column: late_since i64
-- column: refused u64
-- column: refused_since i64
SELECT p.code, p.name, COALESCE(h.n, 0) AS late, COALESCE(h.since, 0) AS late_since,
	COALESCE(r.n, 0) AS refused, COALESCE(r.since, 0) AS refused_since
FROM exchange_peer p
LEFT JOIN (SELECT peer, COUNT(*) AS n, MIN(accept_by) AS since
	FROM exchange_handover FORCE INDEX (exchange_waiting)
	WHERE is_ours = 1 AND state = :overdue AND accept_by >= :since AND pressing <= 1
	GROUP BY peer) h ON h.peer = p.code
LEFT JOIN (SELECT peer, COUNT(*) AS n, MIN(at) AS since FROM exchange_refusal
	WHERE at >= :since GROUP BY peer) r ON r.peer = p.code
ORDER BY p.code;
