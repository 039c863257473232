/*
 * What the virus scanner says of uploads, one at a time; while it is away they wait. A file that
 * is damaged or gone is told as such when it is read, not here.
 */
#include "attachments/attachments.h"

#include <string.h>

#include "blob_store.h"
#include "virus_scan.h"

bool scanning_has_work(struct tx *tx)
{
	struct sql_attachments_to_scan_row row;

	return sql_attachments_to_scan(tx, &row);
}

/* False while nothing can be said of it. */
static bool scan(struct tx *tx, struct str sha256, enum scan *ret_standing)
{
	struct blob_name name;
	struct str bytes;

	*ret_standing = UNSCANNED;
	memcpy(name.sha256, sha256.p, SHA256_BYTES);
	if (!virus_scan_is_on())
		return true;
	enum blob_answer answer = blob_get(tx_arena(tx), &name, &bytes);
	if (answer != BLOB_FINE)
		return answer != BLOB_AWAY;
	switch (virus_scan(bytes)) {
	case SCAN_CLEAN:
		*ret_standing = CLEAN;
		return true;
	case SCAN_FOUND:
		*ret_standing = INFECTED;
		return true;
	case SCAN_AWAY:
		break;
	}
	return false;
}

bool scanning_run(struct tx *tx)
{
	struct sql_attachments_to_scan_row row;
	enum scan standing;

	if (!sql_attachments_to_scan(tx, &row) || !scan(tx, row.sha256, &standing))
		return false;
	sql_attachments_scanned(tx, (struct sql_attachments_scanned){
		.id = row.id, .standing = standing });
	return true;
}
