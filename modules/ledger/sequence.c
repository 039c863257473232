/*
 * Positions. One server at a time takes what waits, in the order of appeals and their events,
 * and enters it behind the last entry, in one transaction: a row that waits is taken away
 * where its entries are made, so that each is entered once, whoever is killed when.
 *
 * The events of an appeal wait in the order in which they were committed, and what waits is
 * read in one statement: who sees an event sees all before it.
 */
#include "ledger/ledger.h"

#include <inttypes.h>
#include <string.h>

#include "bounds.h"
#include "log.h"
#include "must.h"

/* Entries of one transaction; the leaves of the open tile stand before those that are new. */
struct growth {
	struct tx *tx;
	uint64_t size;			/* of the tree, with what was entered so far */
	struct hash tile[MERKLE_WIDTH];	/* leaves since the last full tile */
	uint64_t waiting_rows;
	bool is_cut;
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

	entry_write(entry, bytes);
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

static void done(struct growth *g, enum entry_kind kind, uint64_t subject, uint64_t number)
{
	sql_ledger_waiting_done(g->tx, (struct sql_ledger_waiting_done){
		.kind = kind, .subject = subject, .number = number,
	});
	g->waiting_rows++;
}

static void take_contents(struct growth *g)
{
	struct sql_ledger_waiting_contents_row row = { 0 };
	struct rows *rows = sql_ledger_waiting_contents(g->tx,
		(struct sql_ledger_waiting_contents){ .n = LIMIT_SEQUENCED });

	while (sql_ledger_waiting_contents_next(rows, &row)) {
		struct entry entry = {
			.kind = (enum entry_kind)row.kind, .subject = row.subject,
			.number = row.number, .at = row.at,
		};

		if (row.digest.n == SHA256_BYTES)
			memcpy(entry.digest, row.digest.p, SHA256_BYTES);
		enter(g, &entry, row.digest);
		done(g, entry.kind, row.subject, row.number);
	}
}

/* A row that waits is through. Events that should be there and are not were taken out of the
 * history before they got a position: the log says so, and the others go on. */
static void end_row(struct growth *g, const struct sql_ledger_waiting_events_row *row,
		    uint32_t taken)
{
	if (taken != row->events)
		log_error("ledger", "events_missing", "appeal=%" PRIu64 " up_to=%" PRIu64
			  " events=%" PRIu32 " found=%" PRIu32, row->subject, row->number,
			  row->events, taken);
	done(g, ENTRY_EVENT, row->subject, row->number);
}

static void enter_event(struct growth *g, const struct sql_ledger_waiting_events_row *row)
{
	struct entry entry = {
		.kind = ENTRY_EVENT, .subject = row->subject, .number = row->seq,
		.at = row->recorded_at,
	};

	must(row->digest.n == SHA256_BYTES);
	memcpy(entry.digest, row->digest.p, SHA256_BYTES);
	enter(g, &entry, row->digest);
}

static void take_events(struct growth *g)
{
	struct sql_ledger_waiting_events_row row = { 0 }, before = { 0 };
	struct rows *rows = sql_ledger_waiting_events(g->tx,
		(struct sql_ledger_waiting_events){
			.n = LIMIT_SEQUENCED, .most = LIMIT_SEQUENCED_EVENTS,
		});
	uint32_t taken = 0, all = 0;

	for (; sql_ledger_waiting_events_next(rows, &row); all++, before = row) {
		if (all && (row.subject != before.subject || row.number != before.number)) {
			end_row(g, &before, taken);
			taken = 0;
		}
		if (row.seq) {
			enter_event(g, &row);
			taken++;
		}
	}
	if (all == LIMIT_SEQUENCED_EVENTS && before.seq != before.number) {
		sql_ledger_waiting_left(g->tx, (struct sql_ledger_waiting_left){
			.subject = before.subject, .number = before.number,
			.events = before.events - taken,
		});
		g->is_cut = true;
	} else if (all) {
		end_row(g, &before, taken);
	}
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
		tx_fail(tx, TX_BROKEN);
		return false;
	}
	take_contents(g);
	take_events(g);
	return g->is_cut || g->waiting_rows >= LIMIT_SEQUENCED;
}
