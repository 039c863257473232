/*
 * What is known of a dump while it is read; shared by the files that check its parts.
 */
#pragma once

#include "verify/ledger.h"
#include "verify/stream.h"
#include "verify/tree.h"

enum { FIELDS_MAX = 13, MONTHS_MAX = 4096, BAD_NODES_MAX = 4096 };
enum { NODE_BITS = 8, NODE_LEVELS = TREE_LEVELS / NODE_BITS };

/* A month of which something stands in the ledger. */
struct ledger_month {
	uint64_t yyyymm;
	struct hash frozen;		/* digest of the freeze */
	uint64_t corrections;
	bool is_published;
};

/* The entry whose event or content is still to come. */
struct open_entry {
	bool is_open;
	uint64_t position;
	struct entry entry;
	struct hash stored_leaf;
	bool is_good;			/* what it points to has its digest and its numbers */
	bool is_told;			/* the line behind it was there */
};

struct bad_node {
	unsigned int level;
	uint64_t index;
};

struct reading {
	struct ledger_question *question;
	struct findings findings;
	FILE *out;
	struct stream stream;
	struct tree *tree;
	char key_name[KEY_NAME_MAX];
	struct key key;
	bool has_key;
	uint64_t next;			/* the position that comes next */
	bool is_torn;			/* an entry is missing: no root is known behind it */
	struct open_entry open;
	struct ledger_month months[MONTHS_MAX];
	size_t month_count;
	char *scratch;			/* for base64 */
	size_t scratch_room;
	uint64_t next_node[NODE_LEVELS];
	uint64_t nodes;
	struct bad_node bad_nodes[BAD_NODES_MAX];
	size_t bad_node_count;
	uint64_t checkpoints;
	uint64_t good_size;		/* of the newest checkpoint that holds */
	uint64_t last_size;		/* of the newest checkpoint */
	/* Checkpoints that differ one after the other: how many, the sizes of both ends. */
	uint64_t failed_run, failed_first, failed_last;
	int64_t late;			/* what was recorded by then has to be signed */
	uint64_t due_size;		/* entries up to the last such one */
	bool has_ended, is_broken;
};

/* Says once that the dump cannot be read on; returns false. */
bool reading_broken(struct reading *reading, const char *what);
/* The bytes of a base64 field, valid until the next call. */
bool reading_base64(struct reading *reading, struct text text, struct text *ret);

/* Each takes one line by its fields, the first being its name; n is how many there are. */
void take_entry(struct reading *reading, const struct text *fields, size_t n);
void take_event(struct reading *reading, const struct text *fields, size_t n);
void take_content(struct reading *reading, const struct text *fields, size_t n);
void take_missing(struct reading *reading, const struct text *fields, size_t n);
void take_unsequenced(struct reading *reading, const struct text *fields, size_t n);
void take_node(struct reading *reading, const struct text *fields, size_t n);
void take_checkpoint(struct reading *reading, const struct text *fields, size_t n);

/* The entry before is whole: it becomes a leaf of the tree. */
void close_entry(struct reading *reading);
/* What only the end can tell. */
void close_nodes(struct reading *reading);
void close_checkpoints(struct reading *reading);
