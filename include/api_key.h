/*
 * Keys of programs (machines). A key is one identity: what is recorded of an act names its id,
 * whatever it proved itself by. It may have secrets of three kinds, of each kind two in force
 * at a time, so that a new one can be brought out before the old one ends:
 *
 *	bearer		`ldk_...` in Authorization: Bearer; its SHA-256 is kept
 *	signature	`whsec_...`, by which requests are signed; sealed (crypto.h)
 *	certificate	the SHA-256 of a client certificate's public key (SPKI, DER)
 *
 * A key may be narrowed: to scopes (which routes), to networks it may come from, to a time.
 * Instants are real time. A change is in force on this server before its answer goes out, on
 * others within a second.
 *
 * Threads: workers, in a transaction.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "str.h"
#include "tx.h"

enum key_secret_kind { KEY_BEARER = 1, KEY_SIGNATURE, KEY_CERTIFICATE };
/* In this order from index 0, NULL-terminated: "bearer", "signature", "certificate". */
extern const char *const key_secret_kind_names[];

enum {
	KEY_SCOPES_MAX = 32,
	KEY_ADDRESSES_MAX = 32,
	KEY_LIVE_MAX = 2,		/* secrets of a kind that are in force at a time */
	KEY_SECRETS_MAX = 3 * KEY_LIVE_MAX,
	KEY_SPKI_BYTES = 32,
};

struct api_secret {
	uint32_t number;	/* of the key, never given twice */
	enum key_secret_kind kind;
	struct str spki;	/* KEY_CERTIFICATE: its 32 bytes */
	int64_t created_at;
	int64_t ends_at;	/* 0: until it is taken away */
	int64_t used_at;	/* to the minute; 0: never */
};

struct api_key {
	uint64_t id;
	struct str visible;	/* 8 characters, part of its bearer keys */
	struct str name;
	uint32_t role;		/* one bit */
	struct str unit;	/* organisation, or STR_NONE */
	struct str source;	/* the one channel it may register on, or STR_NONE */
	bool is_outsourced;
	bool is_disabled;
	struct str scopes;	/* comma-separated; "" is everything its role may */
	struct str addresses;	/* comma-separated networks; "" is anywhere */
	int64_t expires_at;	/* 0: never */
	int64_t created_at;
	uint64_t version;
	uint32_t secrets;	/* number that was given last */
	struct api_secret secret[KEY_SECRETS_MAX];
	uint32_t secret_count;
};

/* True when some route that needs credentials is in this scope, written `area:right`. */
bool api_key_scope_exists(struct str scope);
/* False when a key with the scopes of `other` may what one with those of `own` may not. */
bool api_key_scopes_include(struct str own, struct str other);

/*
 * Adds a key with its first secret: of `key` everything that the caller chooses, of `spki` 32
 * bytes for KEY_CERTIFICATE, else STR_NONE. Fills id and visible. Gives the secret in clear,
 * shown once (STR_NONE for a certificate); it lives in the arena. A certificate that another
 * key has fails the transaction by TX_DUPLICATE.
 */
struct str api_key_add(struct tx *tx, struct api_key *key, enum key_secret_kind kind,
		       struct str spki);
/* False when there is no such key. */
bool api_key_read(struct tx *tx, uint64_t id, struct api_key *ret_key) MUST_USE;
/* Ids behind `after`, at most n, in their order; gives how many. */
uint32_t api_key_ids(struct tx *tx, uint64_t after, uint32_t n, uint64_t *ids);
/* Stores name, is_outsourced, is_disabled, scopes, addresses, expires_at of a key that was
 * read; its version must still be the same, or the handler runs again (TX_CONFLICT). */
void api_key_change(struct tx *tx, const struct api_key *key);

/* Secrets of this kind in force now. */
uint32_t api_key_live(const struct api_key *key, enum key_secret_kind kind);
/*
 * Adds one more secret of a kind that has less than KEY_LIVE_MAX in force. The one in force
 * until now ends at old_ends_at (0: when it is taken away). Gives the new one in clear.
 */
struct str api_key_rotate(struct tx *tx, const struct api_key *key, enum key_secret_kind kind,
			  struct str spki, int64_t old_ends_at);
/* Takes a secret away at once; false when the key has none of this number. */
bool api_key_secret_remove(struct tx *tx, const struct api_key *key, uint32_t number) MUST_USE;
