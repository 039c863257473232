/*
 * The witness: a second pair of eyes on another machine. It follows a log's checkpoints, keeps
 * the last one it saw on disk, and cosigns (C2SP tlog-cosignature) only what goes on from it.
 *
 * DIR holds `key` (name and seed, made at the first start) and `state` (the last checkpoint).
 * The state is on disk before the cosignature is made: killed in between it signs the same
 * tree again, never another one.
 */
#pragma once

#include "verify/note.h"

struct witness_question {
	const char *url;		/* https://HOST:PORT */
	const char *key;		/* of the log; text */
	const char *dir;
	const char *name;		/* at its first start; NULL: after the log */
	const char *ca_file;		/* NULL: those of the system */
	const char *token_file;		/* NULL: none */
	unsigned int every;		/* seconds; 0: once */
};

/* Statuses of findings.h: WRONG for a fork, a smaller tree, a bad signature or proof. */
int witness_run(const struct witness_question *question);
/* Prints the verifier key of DIR, making it at the first start. */
int witness_public(const struct witness_question *question);
