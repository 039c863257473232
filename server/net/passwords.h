/*
 * Passwords: hashing by yescrypt, and what may be one. ASVS 5.0, 6.2: at least 8 characters,
 * none of the common ones, no word of its surroundings, no rules of composition, no rotation.
 * The profile `mlps` adds what GB/T 22239-2019, 8.1.4.1 is read to ask for: three of four
 * classes of characters, another password every 90 days, none of the last five.
 *
 * Threads: any; hashing belongs on LANE_HASH.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "auth.h"
#include "clock.h"
#include "str.h"

enum { PASSWORDS_PAST = 5, PASSWORD_MOST_BYTES = 511 };
#define PASSWORD_AGE_MOST (90 * CLOCK_DAY)

struct password_rules {
	uint32_t least;			/* code points */
	bool is_composed;		/* three of four classes */
	struct str words;		/* comma separated: may not occur in one, in any case */
};

/* Those in force by the settings. */
struct password_rules password_rules_now(void);
bool password_is_mlps(void);

/* Everything but AUTH_PASSWORD_PAST. */
enum auth_password_fault password_fault(const struct password_rules *rules, struct str login,
					struct str password);

/* Lives in the arena; STR_NONE for a password that no hash can be made of. About 25 ms. */
struct str password_hash_new(struct arena *a, struct str password);
/* Costs the same when `kept` is STR_NONE: an unknown login is not told by its time. */
bool password_fits(struct arena *a, struct str password, struct str kept);
