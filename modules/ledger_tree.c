/* Tiles of up to 256 hashes, each read once. */
#include "ledger_tree.h"

#include <string.h>

#include "ledger_sql.h"

struct ledger_tile {
	struct ledger_tile *next;
	uint32_t level;
	uint64_t number;	/* first hash / 256 */
	uint32_t n;		/* how many of its hashes there are, without a gap */
	struct hash v[MERKLE_WIDTH];
};

/* False at the first hash that does not follow the one before: one is missing. */
static bool tile_take(struct ledger_tile *tile, uint64_t place, struct str hash)
{
	if (place != tile->number * MERKLE_WIDTH + tile->n || hash.n != SHA256_BYTES)
		return false;
	memcpy(tile->v[tile->n++].v, hash.p, SHA256_BYTES);
	return true;
}

static void tile_read_leaves(struct tx *tx, struct ledger_tile *tile)
{
	struct sql_ledger_leaves_row row = { 0 };
	uint64_t first = tile->number * MERKLE_WIDTH;
	struct rows *rows = sql_ledger_leaves(tx, (struct sql_ledger_leaves){
		.first = first, .behind = first + MERKLE_WIDTH,
	});

	while (sql_ledger_leaves_next(rows, &row) && tile_take(tile, row.place, row.hash))
		;
}

static void tile_read_nodes(struct tx *tx, struct ledger_tile *tile)
{
	struct sql_ledger_nodes_row row = { 0 };
	uint64_t first = tile->number * MERKLE_WIDTH;
	struct rows *rows = sql_ledger_nodes(tx, (struct sql_ledger_nodes){
		.level = tile->level, .first = first, .behind = first + MERKLE_WIDTH,
	});

	while (sql_ledger_nodes_next(rows, &row) && tile_take(tile, row.place, row.hash))
		;
}

static const struct ledger_tile *tile_of(struct ledger_tree *tree, uint32_t level,
					 uint64_t number)
{
	struct ledger_tile *tile = tree->tiles;

	while (tile && (tile->level != level || tile->number != number))
		tile = tile->next;
	if (tile)
		return tile;
	tile = arena_new_of(tx_arena(tree->tx), struct ledger_tile);
	tile->level = level;
	tile->number = number;
	tile->next = tree->tiles;
	tree->tiles = tile;
	if (level == 0)
		tile_read_leaves(tree->tx, tile);
	else
		tile_read_nodes(tree->tx, tile);
	return tile;
}

static bool tree_read(void *arg, uint32_t level, uint64_t first, uint32_t n, struct hash *out)
{
	const struct ledger_tile *tile = tile_of(arg, level, first / MERKLE_WIDTH);
	uint32_t at = (uint32_t)(first % MERKLE_WIDTH);

	if (at + n > tile->n)
		return false;
	memcpy(out, tile->v + at, n * sizeof(*out));
	return true;
}

void ledger_tree_open(struct ledger_tree *tree, struct tx *tx)
{
	*tree = (struct ledger_tree){ .source = { .read = tree_read, .arg = tree }, .tx = tx };
}

uint64_t ledger_size(struct tx *tx)
{
	struct sql_ledger_size_row row = { 0 };

	return sql_ledger_size(tx, &row) ? row.size : 0;
}

struct str ledger_note(struct tx *tx, uint64_t size, struct str note)
{
	struct sql_ledger_cosignatures_row row = { 0 };
	struct rows *rows = sql_ledger_cosignatures(tx, (struct sql_ledger_cosignatures){
		.size = size });
	struct arena *a = tx_arena(tx);

	while (sql_ledger_cosignatures_next(rows, &row))
		note = arena_printf(a, "%.*s%.*s", STR_ARG(note), STR_ARG(row.line));
	return note;
}

struct str ledger_vkey(struct tx *tx)
{
	struct sql_ledger_standing_row row = { 0 };

	return sql_ledger_standing(tx, &row) ? row.vkey : STR("");
}

bool ledger_entry(struct tx *tx, uint64_t position, struct entry *ret_entry,
		  struct str *ret_bytes, struct hash *ret_leaf)
{
	uint8_t *bytes = arena_alloc(tx_arena(tx), ENTRY_BYTES);
	struct sql_ledger_entry_at_row row = { 0 };

	if (!sql_ledger_entry_at(tx, (struct sql_ledger_entry_at){ position }, &row) ||
	    row.digest.n != SHA256_BYTES || row.leaf.n != SHA256_BYTES)
		return false;
	*ret_entry = (struct entry){
		.kind = (enum entry_kind)row.kind, .subject = row.subject,
		.number = row.number, .at = row.at,
	};
	memcpy(ret_entry->digest, row.digest.p, SHA256_BYTES);
	memcpy(ret_leaf->v, row.leaf.p, SHA256_BYTES);
	entry_put(ret_entry, bytes);
	*ret_bytes = (struct str){ (const char *)bytes, ENTRY_BYTES };
	return true;
}
