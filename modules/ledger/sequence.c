/*
 * Positions. One server at a time takes what waits, in the order of appeals and their events,
 * and enters it behind the last entry, in one transaction: a row that waits is taken away
 * where its entries are made, so that each is entered once, whoever is killed when.
 *
 * An event of an appeal is only there when the one before was committed, and rows are taken in
 * their order: who is handed an event was handed all before it.
 */
#include "ledger/ledger.h"

#include <inttypes.h>
#include <string.h>

#include "bounds.h"
#include "log.h"
#include "must.h"
#include "signer.h"

/* Entries of one transaction; the leaves of the open tile stand before those that are new. */
struct growth {
	struct tx *tx;
	uint64_t size;			/* of the tree, with what was entered so far */
	struct hash tile[MERKLE_WIDTH];	/* leaves since the last full tile */
	struct buf taken;		/* rows that wait no more, as JSON */
	uint64_t taken_count;
};

static bool growth_open(struct growth *g, struct tx *tx)
{
	struct ledger_tree tree;

	*g = (struct growth){ .tx = tx, .size = ledger_size(tx) };
	uint32_t begun = (uint32_t)(g->size % MERKLE_WIDTH);

	if (begun == 0)
		return tx_ok(tx);
	ledger_tree_open(&tree, tx);
	return tree.source.read(tree.source.arg, 0, g->size - begun, begun, g->tile);
}

static void add_node(struct growth *g, uint32_t level, uint64_t place, const struct hash *hash)
{
	sql_ledger_node_add(g->tx, (struct sql_ledger_node_add){
		.level = level, .place = place,
		.hash = arena_str(tx_arena(g->tx), (struct str){ (const char *)hash->v,
								 SHA256_BYTES }),
	});
}

/* A tile is full, and with every 256th of them one of the next level, and so on. */
static void close_tile(struct growth *g)
{
	uint64_t place = g->size / MERKLE_WIDTH - 1;
	struct hash hash;

	merkle_fold(g->tile, MERKLE_WIDTH, &hash);
	add_node(g, 1, place, &hash);
	for (uint32_t level = 2; (place + 1) % MERKLE_WIDTH == 0; level++) {
		struct hash below[MERKLE_WIDTH];
		struct ledger_tree tree;

		ledger_tree_open(&tree, g->tx);
		if (!tree.source.read(tree.source.arg, level - 1, place + 1 - MERKLE_WIDTH,
				      MERKLE_WIDTH, below)) {
			tx_fail(g->tx, TX_BROKEN);
			return;
		}
		merkle_fold(below, MERKLE_WIDTH, &hash);
		place /= MERKLE_WIDTH;
		add_node(g, level, place, &hash);
	}
}

static void enter(struct growth *g, const struct entry *entry, struct str digest)
{
	struct hash *leaf = &g->tile[g->size % MERKLE_WIDTH];
	uint8_t bytes[ENTRY_BYTES];

	entry_put(entry, bytes);
	merkle_leaf((struct str){ (const char *)bytes, sizeof(bytes) }, leaf);
	sql_ledger_enter(g->tx, (struct sql_ledger_enter){
		.position = g->size, .kind = entry->kind, .subject = entry->subject,
		.number = entry->number, .at = entry->at, .digest = digest,
		.leaf = arena_str(tx_arena(g->tx), (struct str){ (const char *)leaf->v,
								 SHA256_BYTES }),
	});
	g->size++;
	if (g->size % MERKLE_WIDTH == 0)
		close_tile(g);
}

/* The row has its entries: it goes in this transaction. */
static void taken(struct growth *g, enum entry_kind kind, uint64_t subject, uint64_t number)
{
	buf_printf(&g->taken, "%c[%d,%" PRIu64 ",%" PRIu64 "]", g->taken_count++ ? ',' : '[',
		   (int)kind, subject, number);
}

/* A row that another transaction took away meanwhile has its entries there. */
static void take_away(struct growth *g)
{
	if (g->taken_count) {
		buf_add_byte(&g->taken, ']');
		struct str rows = arena_str(tx_arena(g->tx), buf_str(&g->taken));

		if (sql_ledger_wait_no_more(g->tx, (struct sql_ledger_wait_no_more){ rows }) !=
		    g->taken_count)
			tx_fail(g->tx, TX_CONFLICT);
	}
	buf_free(&g->taken);
}

static uint32_t take_contents(struct growth *g)
{
	struct sql_ledger_waiting_contents_row row = { 0 };
	struct rows *rows = sql_ledger_waiting_contents(g->tx,
		(struct sql_ledger_waiting_contents){ .n = LIMIT_SEQUENCED });
	uint32_t n = 0;

	for (; sql_ledger_waiting_contents_next(rows, &row); n++) {
		struct entry entry = {
			.kind = (enum entry_kind)row.kind, .subject = row.subject,
			.number = row.number, .at = row.at,
		};

		must(row.seals.n == SHA256_BYTES);
		memcpy(entry.digest, row.seals.p, SHA256_BYTES);
		enter(g, &entry, row.seals);
		taken(g, entry.kind, row.subject, row.number);
	}
	return n;
}

static void enter_event(struct growth *g, uint64_t appeal_id, uint64_t seq, int64_t recorded_at,
			struct str digest)
{
	struct entry entry = {
		.kind = ENTRY_EVENT, .subject = appeal_id, .number = seq, .at = recorded_at,
	};

	must(digest.n == SHA256_BYTES);
	memcpy(entry.digest, digest.p, SHA256_BYTES);
	enter(g, &entry, digest);
}

static void enter_sealed(struct growth *g, const struct sql_ledger_waiting_events_row *row)
{
	uint64_t first = row->number - row->events + 1;

	for (uint32_t i = 0; i < row->events; i++) {
		const uint8_t *seal = (const uint8_t *)row->seals.p + i * SEAL_EVENT_BYTES;
		uint64_t at = 0;

		for (int k = 0; k < 8; k++)
			at = at << 8 | seal[k];
		enter_event(g, row->subject, first + i, (int64_t)at,
			    (struct str){ (const char *)seal + 8, SHA256_BYTES });
	}
}

/* Of before there was a ledger. What should be there and is not was taken out of the history:
 * the log says so, and the others go on. */
static void enter_from_history(struct growth *g, const struct sql_ledger_waiting_events_row *row)
{
	struct sql_ledger_events_of_row event = { 0 };
	struct rows *rows = sql_ledger_events_of(g->tx, (struct sql_ledger_events_of){
		.appeal_id = row->subject, .behind = row->number - row->events,
		.last = row->number });
	uint32_t found = 0;

	for (; sql_ledger_events_of_next(rows, &event); found++)
		enter_event(g, row->subject, event.seq, event.recorded_at, event.digest);
	if (found != row->events && tx_ok(g->tx))
		log_error("ledger", "events_missing", "appeal=%" PRIu64 " up_to=%" PRIu64
			  " events=%" PRIu32 " found=%" PRIu32, row->subject, row->number,
			  row->events, found);
}

static uint32_t take_events(struct growth *g)
{
	struct sql_ledger_waiting_events_row row = { 0 };
	struct rows *rows = sql_ledger_waiting_events(g->tx,
		(struct sql_ledger_waiting_events){ .n = LIMIT_SEQUENCED });
	uint32_t n = 0;

	for (; sql_ledger_waiting_events_next(rows, &row); n++) {
		if (row.seals.n == (size_t)row.events * SEAL_EVENT_BYTES)
			enter_sealed(g, &row);
		else
			enter_from_history(g, &row);
		taken(g, ENTRY_EVENT, row.subject, row.number);
	}
	return n;
}

bool ledger_is_waiting(struct tx *tx)
{
	struct sql_ledger_is_waiting_row row = { 0 };

	return sql_ledger_is_waiting(tx, &row);
}

bool ledger_sequence(struct tx *tx)
{
	struct growth *g = arena_new_of(tx_arena(tx), struct growth);

	if (!growth_open(g, tx)) {
		if (tx_ok(tx))
			signer_alarm("tree_with_a_hole", g->size);
		return false;
	}
	buf_init(&g->taken, MIB(1));
	uint32_t contents = take_contents(g), events = take_events(g);

	take_away(g);
	return contents == LIMIT_SEQUENCED || events == LIMIT_SEQUENCED;
}
