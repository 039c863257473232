/*
 * Whether what is stored of each appeal is what was registered: the commitments that its first
 * event recorded are made again of the rows of today. Of an erased person nothing can be said.
 */
#include "ledger/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "identity.h"
#include "matter.h"

enum { APPEALS_AT_A_TIME = 100, LINE_BYTES_MOST = 200 };

struct check {
	uint64_t after;			/* the last appeal looked at */
	uint64_t appeals, changed, erased, uncommitted;
	struct check_page {
		uint64_t last;
		uint32_t n, changed, erased, uncommitted;
		char lines[APPEALS_AT_A_TIME * LINE_BYTES_MOST];
		size_t used;
	} page;
};

static void say(struct check_page *page, struct arena *a, uint64_t id, const char *what)
{
	int n = snprintf(page->lines + page->used, LINE_BYTES_MOST, "appeal %s: %s\n",
			 appeal_reference(a, id).p, what);

	page->used += (size_t)n;
	page->changed++;
}

static bool is_of(struct arena *a, const uint8_t hash[SHA256_BYTES], struct str recorded)
{
	return str_eq(encode_hex(a, (struct str){ (const char *)hash, SHA256_BYTES }), recorded);
}

static void check_one(struct tx *tx, struct check_page *page, const struct appeal *appeal,
		      const struct sql_ledger_check_page_row *row)
{
	struct arena *a = tx_arena(tx);
	struct commitment now;
	struct appeal said = *appeal;
	struct identity who;

	if (!row->said.p || !row->caller.p) {
		page->uncommitted++;
		return;
	}
	if (!identity_read(tx, row->id, &who)) {
		if (tx_ok(tx))
			say(page, a, row->id, "a sealed value of the caller was changed");
		return;
	}
	if (who.salt.n != SALT_BYTES) {
		page->erased++;
		return;
	}
	memcpy(now.salt, who.salt.p, SALT_BYTES);
	if (who.place.p)
		said.address = who.place;
	if (who.latitude != JSON_NO_DECIMAL) {
		said.latitude = who.latitude;
		said.longitude = who.longitude;
	}
	commitment_make(a, &said, &who.caller, &now);
	bool is_said = is_of(a, now.said, row->said), is_by = is_of(a, now.caller, row->caller);

	if (!is_said || !is_by)
		say(page, a, row->id, is_said ? "the caller was changed" :
		    is_by ? "the text was changed" : "text and caller were changed");
}

static void check_page(struct tx *tx, void *arg)
{
	struct sql_ledger_check_page_row rows[APPEALS_AT_A_TIME];
	uint64_t ids[APPEALS_AT_A_TIME];
	struct check *c = arg;
	struct check_page *page = &c->page;
	struct rows *it = sql_ledger_check_page(tx, (struct sql_ledger_check_page){
		.after = c->after, .n = APPEALS_AT_A_TIME });

	*page = (struct check_page){ .last = c->after };
	while (page->n < APPEALS_AT_A_TIME && sql_ledger_check_page_next(it, &rows[page->n])) {
		page->last = ids[page->n] = rows[page->n].id;
		page->n++;
	}
	const struct appeal *appeals = matter_appeals(tx, ids, page->n);

	for (uint32_t i = 0; i < page->n && tx_ok(tx); i++)
		check_one(tx, page, &appeals[i], &rows[i]);
}

int ledger_check(const struct command_call *call)
{
	struct check c = { .after = 0 };

	do {
		if (!call->transact(check_page, &c)) {
			fprintf(stderr, "The database did not answer.\n");
			return 2;
		}
		fwrite(c.page.lines, 1, c.page.used, stdout);
		c.after = c.page.last;
		c.appeals += c.page.n;
		c.changed += c.page.changed;
		c.erased += c.page.erased;
		c.uncommitted += c.page.uncommitted;
	} while (c.page.n == APPEALS_AT_A_TIME);
	printf("%" PRIu64 " appeals, %" PRIu64 " changed, %" PRIu64 " erased, %" PRIu64
	       " from before there were commitments\n", c.appeals, c.changed, c.erased,
	       c.uncommitted);
	return c.changed ? 1 : 0;
}
