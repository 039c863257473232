/*
 * What has been packed is derived from the appeals: the command makes it anew, after rows were
 * brought into the tables by other means (a restored backup) or a segment was damaged. All is
 * one transaction; what waits then is found like everything else that waits.
 */
#include "search/search.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "search_sql.h"

enum { IDS_AT_A_TIME = 10000000 };	/* those of one day */

static void wait_again(struct tx *tx, void *arg)
{
	struct sql_search_span_row row = { 0 };
	uint64_t *count = arg;

	*count = 0;
	sql_search_forget(tx);
	if (!sql_search_span(tx, &row) || row.last_id == 0)
		return;
	for (uint64_t id = row.first_id; id <= row.last_id && tx_ok(tx); id += IDS_AT_A_TIME)
		sql_search_wait_again(tx, (struct sql_search_wait_again){
			.first_id = id, .last_id = id + IDS_AT_A_TIME - 1 });
	struct sql_search_waiting_count_row waiting = { 0 };
	if (sql_search_waiting_count(tx, &waiting))
		*count = waiting.n;
}

int search_command(const struct command_call *call)
{
	uint64_t count = 0;

	if (call->argc != 2 || strcmp(call->argv[1], "rebuild") != 0) {
		fprintf(stderr, "usage: liandong search rebuild\n");
		return 2;
	}
	if (!call->transact(wait_again, &count)) {
		fprintf(stderr, "Nothing was changed.\n");
		return 1;
	}
	printf("%" PRIu64 " appeals wait to be packed by the server\n", count);
	return 0;
}
