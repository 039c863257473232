/*
 * Slowing down who guesses, without locking out who is guessed. Wrong tries of the last
 * `sign_in_window` are counted by four slots, in rows that all servers share:
 *
 *	pair	one login from one source: after sign_in_tries the next waits 1, 2, 4 ... s
 *	source	all logins from one source: after sign_in_source_tries
 *	account	one login from wherever it was never used: after sign_in_account_tries
 *	code	codes of the second factor beside the right password, and those of one that is
 *		being set up: after sign_in_tries
 *
 * Sources where an account has signed in before are exempt from `source` and `account`, and
 * wait at most LOCK_KNOWN_MOST for their own mistakes: what strangers do elsewhere does not
 * touch them, and nothing a stranger does without the password fills `code`. A try that is
 * refused is neither looked at nor counted, so nobody is locked for longer than the window.
 * Unknown logins are counted like known ones. A source is an IPv4 address or the first 64 bits
 * of an IPv6 address.
 *
 * Rows are bounded by what can be hashed: but for codes of who is signed in, whom the delay
 * bounds, only a try that was hashed is counted, LANE_HASH is one thread, and a job takes away what lies behind the window. Several servers asked at the
 * same instant may each let one try pass.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "net/request.h"

enum lock_slot { LOCK_PAIR, LOCK_SOURCE, LOCK_ACCOUNT, LOCK_CODE, LOCK_SLOTS };

#define LOCK_MOST (10 * CLOCK_MINUTE)
#define LOCK_KNOWN_MOST (30 * CLOCK_SECOND)
#define LOCK_ACCOUNT_MOST (60 * CLOCK_SECOND)

struct lock_out {
	struct str slots[LOCK_SLOTS];
	struct str source;	/* of auth_source */
	uint64_t account_id;	/* 0: unknown */
	bool is_known_source;
};

/* How long after the last of n wrong tries the next one waits; `free` 0 counts nothing. */
int64_t lock_delay(uint32_t n, uint32_t free, int64_t most);
/* Network of an address as text: what is counted as one source, and what a list shows. */
struct str source_counted(struct arena *a, struct str address);
struct str source_coarse(struct arena *a, struct str address);

struct lock_out lock_out_of(struct req *r, struct str login, uint64_t account_id);
/* Microseconds until a try is looked at; 0: now. */
int64_t lock_wait(struct req *r, const struct lock_out *l);
/* Counts a wrong try; it stays although the answer is an error. */
void lock_count(struct req *r, const struct lock_out *l, bool is_code);
/* Who got in is no guesser, and known to come from there. */
void lock_forgive(struct req *r, const struct lock_out *l);

/* Jobs: what lies behind the window. */
bool lock_prune_failures(struct tx *tx);
bool lock_prune_sources(struct tx *tx);
