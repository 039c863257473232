/*
 * Keys of programs as every request needs them: in memory, with their secrets. Part of the
 * snapshot, so a new, changed or disabled key counts everywhere within a second; what depends
 * on the hour (a key's expiry, the end of a secret) is judged at each request.
 *
 * Looking up costs the same whether a key is there or not: an unknown one is compared with
 * secrets of nobody.
 *
 * Threads: immutable but for key_use, which is atomic; any thread that has the snapshot pinned.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "api_key.h"
#include "arena.h"
#include "network.h"
#include "req.h"
#include "str.h"
#include "tx.h"

struct key_table;
struct key_use;

/* A key in force in the snapshot, or not: key_judge() says. */
struct key_known {
	struct actor actor;
	struct str visible;
	struct str scopes;		/* "" is everything */
	bool is_disabled;
	int64_t expires_at;		/* 0: never */
	const struct network *addresses;
	uint32_t address_count;		/* 0: from anywhere */
};

/* Why a request is not what it says, for the log; those who ask are told none of it. */
enum key_verdict {
	KEY_FINE,
	KEY_MALFORMED,
	KEY_UNKNOWN,
	KEY_WRONG_SECRET,
	KEY_ENDED,		/* the secret ran out */
	KEY_DISABLED,
	KEY_EXPIRED,
	KEY_WRONG_ADDRESS,
	KEY_NOT_BOUND,		/* nobody's certificate */
	KEY_NOT_TIMELY,
	KEY_OF_ANOTHER,		/* two proofs that name different keys */
	KEY_MISSING,		/* a proof that is demanded beside the certificate */
	KEY_VERDICTS
};
extern const char *const key_verdict_names[];

/* What a look-up found; key is NULL unless the verdict is KEY_FINE or names a known key. */
struct key_found {
	enum key_verdict verdict;
	const struct key_known *key;
	struct key_use *use;		/* of the secret; NULL unless KEY_FINE */
};

struct key_table *key_table_load(struct tx *tx, struct arena *arena);

/* The key of a bearer token in clear. `now` is clock_real(). */
struct key_found key_by_token(const struct key_table *t, struct str token, int64_t now);
/* The key that a certificate is bound to. */
struct key_found key_by_spki(const struct key_table *t, const uint8_t spki[KEY_SPKI_BYTES],
			     int64_t now);
/*
 * The key of a visible id, and whether one of its signing secrets (32 bytes) fits: asked
 * KEY_LIVE_MAX times whatever there is, with secrets of nobody where there are less.
 */
typedef bool (*key_signature_fits)(const uint8_t *secret, const void *arg);
struct key_found key_by_signature(const struct key_table *t, struct str visible, int64_t now,
				  key_signature_fits fits, const void *arg);
/* Whether the key itself may be used: now, and from this address (text). */
enum key_verdict key_judge(const struct key_known *key, int64_t now, struct str address);

/*
 * Of a key by its id: 0 when it may not be used from this address, else a number that is another
 * one as soon as one of its secrets is added, taken away or has run out.
 */
uint64_t key_standing(const struct key_table *t, uint64_t id, int64_t now, struct str address);

/* Notes that a secret was used; costs one store. */
void key_used(struct key_use *use, int64_t now);
/* A job: writes down when secrets were used last, each at most once a minute. */
bool key_uses_write(struct tx *tx);

/* Where a sealed signing secret stands (crypto.h). */
struct str key_secret_place(struct arena *a, uint64_t key_id, uint32_t number);
