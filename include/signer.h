/*
 * The signer: a process of its own that holds the key of a log and signs only trees that are
 * proven to go on from the last one it signed (server/programs/signer). Whoever has the
 * database alone cannot have another history signed.
 *
 * Asked over a unix socket (setting signer_socket), one line a question; nothing is kept open.
 * What keeps it from signing is logged once, until it signs again, and shown as metrics.
 *
 * Threads: workers of LANE_JOB: a call blocks for at most LIMIT_SIGNER_SECONDS.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "attr.h"
#include "str.h"

enum signer_verdict {
	SIGNER_SIGNED,
	SIGNER_ELSEWHERE,	/* it last signed another size than said: ask again from there */
	SIGNER_REFUSED,		/* it will not: the tree is another, or smaller */
	SIGNER_AWAY,
};

struct signer_question {
	uint64_t size;
	struct str root;	/* 32 bytes */
	uint64_t old_size;	/* what it last signed, as far as is known */
	struct str proof;	/* hashes one behind the other: RFC 6962, section 2.1.2 */
};

struct signer_answer {
	struct str note;	/* SIGNED: a signed checkpoint */
	uint64_t size;		/* ELSEWHERE: what it last signed */
};

enum signer_verdict signer_sign(struct arena *a, const struct signer_question *question,
				struct signer_answer *ret_answer) MUST_USE;
/* Its verifier key as text; false when it is away. */
bool signer_vkey(struct arena *a, struct str *ret_vkey) MUST_USE;
/* Says that nothing can be signed although the signer would: `event` names why. */
void signer_alarm(const char *event, uint64_t size);
