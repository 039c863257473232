/*
 * Receipts and checkpoints as people hold them: one note in a file.
 *
 * A receipt's text: "liandong-receipt/1", origin, reference of the appeal, when it was
 * received (RFC 3339), base64 of its entry, seconds within which the entry is in the tree.
 */
#pragma once

#include "verify/entry.h"
#include "verify/findings.h"
#include "verify/note.h"

#define RECEIPT_FIRST_LINE "liandong-receipt/1"

struct receipt {
	struct note note;
	struct text origin, reference, received_at;
	struct entry entry;
	uint64_t seconds;
};

/* False and a finding when the text is no receipt, or says two things of one appeal. */
bool receipt_parse(struct text file, struct receipt *ret, struct findings *findings);

/* Prints to out; statuses of findings.h. Keys are verifier keys; NULL is none. */
int receipt_verify(struct text file, const char *vkey, FILE *dump, FILE *out);

struct checkpoint_question {
	const struct key *key;		/* of the log */
	const struct key *witnesses;
	size_t witness_count;
	struct text proof;		/* the JSON of /ledger/consistency; n 0: none */
};

struct checkpoint_file {
	const char *path;
	struct text bytes;
};

int checkpoints_verify(const struct checkpoint_file *files, size_t n,
	const struct checkpoint_question *question, FILE *out);
