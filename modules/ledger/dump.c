/*
 * The whole ledger as lines of text, for a program that shares nothing with this one: entries
 * with what they stand for, events that no entry stands for, the stored nodes, the checkpoints.
 * All as it is stored, whether it fits together or not: to judge that is the reader's task.
 *
 * Written page by page, each in a transaction of its own: what is entered meanwhile is left
 * out, so that the dump is of one moment and takes constant memory.
 */
#include "ledger/ledger.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"

enum { ENTRIES_AT_A_TIME = 200, ROWS_AT_A_TIME = 2000, LINE_BUFFER = 1 << 20 };

struct dump {
	uint64_t size, newest;		/* entries and newest checkpoint at its beginning */
	struct sha256 *hash;
	struct buf page;
	uint64_t position;		/* the next entry */
	uint64_t appeal_id, seq;	/* the last event looked at */
	uint64_t level, place;		/* the last node */
	uint64_t checkpoint;		/* the last one's size */
	bool has_more;
};

/* A page is written when its transaction was read to the end: it may be run again. */
static bool page_out(struct dump *d)
{
	crypto_sha256_add(d->hash, buf_str(&d->page));
	bool is_written = !d->page.overflow &&
			  fwrite(d->page.p, 1, d->page.n, stdout) == d->page.n;

	buf_clear(&d->page);
	return is_written;
}

static void add_field(struct dump *d, struct str text)
{
	buf_add_byte(&d->page, '\t');
	buf_add(&d->page, text);
}

static void add_number(struct dump *d, uint64_t number)
{
	buf_add_byte(&d->page, '\t');
	buf_add_u64(&d->page, number);
}

static void add_hex(struct dump *d, struct tx *tx, struct str bytes)
{
	add_field(d, encode_hex(tx_arena(tx), bytes));
}

static void add_base64(struct dump *d, struct tx *tx, struct str bytes)
{
	add_field(d, encode_base64(tx_arena(tx), bytes));
}

/* ---- head ---- */

static void read_head(struct tx *tx, void *arg)
{
	struct sql_ledger_checkpoint_newest_row newest = { 0 };
	struct note_key receipts = receipt_key(tx_arena(tx));
	struct str origin = ledger_origin();
	struct dump *d = arg;

	buf_clear(&d->page);
	tx_consistent_view(tx);
	d->size = ledger_size(tx);
	d->newest = sql_ledger_checkpoint_newest(tx, &newest) ? newest.size : 0;
	struct str vkey = ledger_vkey(tx);
	struct str receipt = note_key_text(tx_arena(tx), &receipts);

	buf_printf(&d->page, "liandong-ledger/1\norigin\t%.*s\nkey\t%.*s\nreceipt-key\t%.*s\n",
		   STR_ARG(origin), STR_ARG(vkey), STR_ARG(receipt));
}

/* ---- entries ---- */

static void add_event(struct dump *d, struct tx *tx, const struct sql_ledger_dump_entries_row *row)
{
	if (row->seq == 0) {
		buf_add(&d->page, STR("missing\tevent\n"));
		return;
	}
	buf_printf(&d->page, "event\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu32 "\t%" PRId64 "\t%" PRId64
		   "\t%" PRIu32 "\t%" PRIu64, row->subject, row->seq, row->event_kind,
		   row->event_at, row->recorded_at, row->by_kind, row->by_id);
	add_base64(d, tx, row->by_name);
	add_number(d, row->task_id);
	add_base64(d, tx, row->data);
	add_hex(d, tx, row->event_digest);
	buf_add_byte(&d->page, '\n');
}

static void add_entry(struct dump *d, struct tx *tx, const struct sql_ledger_dump_entries_row *row)
{
	buf_printf(&d->page, "entry\t%" PRIu64 "\t%" PRIu32 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRId64,
		   row->position, row->kind, row->subject, row->number, row->at);
	add_hex(d, tx, row->digest);
	add_hex(d, tx, row->leaf);
	buf_add_byte(&d->page, '\n');
	if (row->kind == ENTRY_EVENT)
		add_event(d, tx, row);
}

/* Up to and with the first entry whose content follows, which is told part by part. */
struct content {
	enum entry_kind kind;	/* 0: the page ended otherwise */
	uint64_t subject, number;
	uint32_t part;
	char carry[3];		/* bytes that do not fill a group of base64 yet */
	size_t carried;
};

struct entry_page {
	struct dump *d;
	struct content content, after;	/* before and after the part that is being read */
	uint64_t next;
};

static void read_entries(struct tx *tx, void *arg)
{
	struct sql_ledger_dump_entries_row row = { 0 };
	struct entry_page *page = arg;
	struct dump *d = page->d;
	uint32_t n = 0;

	buf_clear(&d->page);
	page->content = (struct content){ .part = 0 };
	page->next = d->position;
	struct rows *rows = sql_ledger_dump_entries(tx, (struct sql_ledger_dump_entries){
		.first = d->position, .n = ENTRIES_AT_A_TIME });

	while (!page->content.kind && sql_ledger_dump_entries_next(rows, &row) &&
	       row.position < d->size) {
		add_entry(d, tx, &row);
		page->next = row.position + 1;
		n++;
		if (row.kind != ENTRY_EVENT)
			page->content = (struct content){
				.kind = (enum entry_kind)row.kind, .subject = row.subject,
				.number = row.number,
			};
	}
	d->has_more = n == ENTRIES_AT_A_TIME || page->content.kind;
}

/* Groups of three bytes are written, the rest waits for the next part. */
static void add_part(struct dump *d, struct tx *tx, struct content *c, struct str bytes)
{
	size_t all = c->carried + bytes.n, whole = bytes.n ? all - all % 3 : all;
	char *joined = arena_alloc(tx_arena(tx), all);

	memcpy(joined, c->carry, c->carried);
	if (bytes.n)
		memcpy(joined + c->carried, bytes.p, bytes.n);
	buf_add(&d->page, encode_base64(tx_arena(tx), (struct str){ joined, whole }));
	c->carried = all - whole;
	memcpy(c->carry, joined + whole, c->carried);
}

static void read_part(struct tx *tx, void *arg)
{
	struct entry_page *page = arg;
	struct content next = page->content;
	struct str bytes = STR("");

	buf_clear(&page->d->page);
	page->d->has_more = sealed_part(tx, next.kind, next.subject, next.number, next.part,
					&bytes);
	if (next.part == 0)
		buf_add(&page->d->page, page->d->has_more ? STR("content\t")
							   : STR("missing\tcontent"));
	if (page->d->has_more || next.part > 0)
		add_part(page->d, tx, &next, page->d->has_more ? bytes : STR(""));
	if (!page->d->has_more)
		buf_add_byte(&page->d->page, '\n');
	next.part++;
	page->after = next;
}

static bool dump_content(const struct command_call *call, struct entry_page *page)
{
	do {
		if (!call->transact(read_part, page) || !page_out(page->d))
			return false;
		page->content = page->after;
	} while (page->d->has_more);
	return true;
}

static bool dump_entries(const struct command_call *call, struct dump *d)
{
	struct entry_page page = { .d = d };

	do {
		if (!call->transact(read_entries, &page) || !page_out(d))
			return false;
		d->position = page.next;
		if (page.content.kind && !dump_content(call, &page))
			return false;
		d->has_more |= page.content.kind != 0;
	} while (d->has_more);
	return true;
}

/* ---- the rest ---- */

static void read_unsequenced(struct tx *tx, void *arg)
{
	struct sql_ledger_dump_unsequenced_row row = { 0 };
	struct dump *d = arg;
	int64_t until = clock_now() - LIMIT_MERGE_SECONDS * CLOCK_SECOND;
	uint32_t n = 0;

	buf_clear(&d->page);
	struct rows *rows = sql_ledger_dump_unsequenced(tx,
		(struct sql_ledger_dump_unsequenced){
			.appeal_id = d->appeal_id, .seq = d->seq, .n = ROWS_AT_A_TIME });

	for (; sql_ledger_dump_unsequenced_next(rows, &row); n++)
		if (!row.is_entered && row.recorded_at <= until)
			buf_printf(&d->page, "unsequenced\t%" PRIu64 "\t%" PRIu64 "\n",
				   row.appeal_id, row.seq);
	d->has_more = n == ROWS_AT_A_TIME;
	if (n && tx_ok(tx)) {
		d->appeal_id = row.appeal_id;
		d->seq = row.seq;
	}
}

/* Whether a node has become full since the dump began. One that cannot be full is told. */
static bool is_newer(const struct dump *d, uint64_t size_now, uint32_t level, uint64_t place)
{
	uint64_t then = d->size, now = size_now;

	for (uint32_t i = 0; i < level; i++) {
		then /= MERKLE_WIDTH;
		now /= MERKLE_WIDTH;
	}
	return place >= then && place < now;
}

static void read_nodes(struct tx *tx, void *arg)
{
	struct sql_ledger_dump_nodes_row row = { 0 };
	struct dump *d = arg;
	uint32_t n = 0;

	buf_clear(&d->page);
	tx_consistent_view(tx);
	uint64_t size_now = ledger_size(tx);
	struct rows *rows = sql_ledger_dump_nodes(tx, (struct sql_ledger_dump_nodes){
		.level = (uint32_t)d->level, .place = d->place, .n = ROWS_AT_A_TIME });

	for (; sql_ledger_dump_nodes_next(rows, &row); n++) {
		if (is_newer(d, size_now, row.level, row.place))
			continue;
		buf_printf(&d->page, "node\t%" PRIu32 "\t%" PRIu64, row.level, row.place);
		add_hex(d, tx, row.hash);
		buf_add_byte(&d->page, '\n');
	}
	d->has_more = n == ROWS_AT_A_TIME;
	if (n && tx_ok(tx)) {
		d->level = row.level;
		d->place = row.place;
	}
}

static void read_checkpoints(struct tx *tx, void *arg)
{
	struct sql_ledger_dump_checkpoints_row row = { 0 };
	struct dump *d = arg;
	uint32_t n = 0;

	buf_clear(&d->page);
	struct rows *rows = sql_ledger_dump_checkpoints(tx, (struct sql_ledger_dump_checkpoints){
		.above = d->checkpoint, .most = d->newest, .n = ENTRIES_AT_A_TIME });

	for (; sql_ledger_dump_checkpoints_next(rows, &row); n++) {
		buf_printf(&d->page, "checkpoint\t%" PRIu64 "\t%" PRId64, row.size, row.signed_at);
		add_base64(d, tx, ledger_note(tx, row.size, row.note));
		buf_add_byte(&d->page, '\n');
	}
	d->has_more = n == ENTRIES_AT_A_TIME;
	if (n && tx_ok(tx))
		d->checkpoint = row.size;
}

static bool dump_all(const struct command_call *call, struct dump *d,
		     void (*read)(struct tx *tx, void *arg))
{
	do {
		if (!call->transact(read, d) || !page_out(d))
			return false;
	} while (d->has_more);
	return true;
}

int ledger_dump(const struct command_call *call)
{
	struct dump d = { .hash = crypto_sha256_begin() };
	uint8_t digest[SHA256_BYTES];

	setvbuf(stdout, NULL, _IOFBF, LINE_BUFFER);
	buf_init(&d.page, LIMIT_REQUEST_ARENA);
	bool is_done = dump_all(call, &d, read_head) && dump_entries(call, &d) &&
		       dump_all(call, &d, read_unsequenced) && dump_all(call, &d, read_nodes) &&
		       dump_all(call, &d, read_checkpoints);

	crypto_sha256_end(d.hash, digest);
	buf_free(&d.page);
	if (is_done) {
		printf("end\t%" PRIu64 "\t", d.size);
		for (size_t i = 0; i < sizeof(digest); i++)
			printf("%02x", digest[i]);
		putchar('\n');
	}
	if (is_done && fflush(stdout) == 0)
		return 0;
	fprintf(stderr, "The ledger could not be written whole: %s.\n",
		is_done ? strerror(errno) : "the database did not answer, or the output is full");
	return 1;
}
