/*
 * Putting things into the ledger, and proving that they are in it. What is sealed is entered
 * in the transaction that does it: without its entry nothing is done. A job gives each entry
 * its position a moment later (modules/ledger), and a signer outside of the database signs the
 * tree over all of them, so that nobody can change, drop, insert or reorder an entry later
 * without contradicting what was signed.
 *
 * The bytes of an entry, version 1: u8 1, u8 kind, u64 subject, u64 number, i64 at (big
 * endian), 32 bytes digest. Its leaf is SHA-256(0x00 || bytes): RFC 6962, section 2.1.
 *
 * Threads: the worker that owns tx. Memory is the arena of tx.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "crypto.h"
#include "json.h"
#include "rules/merkle.h"
#include "rules/note.h"
#include "str.h"
#include "tx.h"

enum entry_kind {	/* stored: numbers are fixed */
	ENTRY_EVENT = 1,	/* subject: appeal id, number: seq, at: recorded_at, digest: its own */
	ENTRY_MONTH_FROZEN,	/* subject: yyyymm, number: 1, digest: of the bundle's content */
	ENTRY_MONTH_CORRECTED,	/* subject: yyyymm, number: of the correction */
	ENTRY_MONTH_PUBLISHED,	/* subject: yyyymm, number: 1 */
	ENTRY_ACCOUNTABILITY,	/* subject: item, number: of its act */
	ENTRY_LOTTERY,		/* subject: draw, number: 1 committed, 2 opened */
	ENTRY_RHYTHM,		/* subject: yyyymmdd of the end, number: 1 week, 2 month, 3 quarter */
	ENTRY_SUPERVISION,	/* subject: item, meeting or problem of a rule, number: of its
				   act; or of a promise that was checked task id and seq of its
				   event */
	ENTRY_FILING,		/* subject: filing, number: of its version */
	ENTRY_ACT,		/* subject: record of an act (audit.h), number: 1 */
	ENTRY_KIND_END,
};

struct entry {
	enum entry_kind kind;
	uint64_t subject;
	uint64_t number;
	int64_t at;
	uint8_t digest[SHA256_BYTES];
};

enum { ENTRY_BYTES = 58 };

void entry_put(const struct entry *entry, uint8_t out[ENTRY_BYTES]);

/*
 * Events of one appeal that are to be entered. The first ones of a new appeal are gathered, so
 * that a registration adds one row; all others are flushed at once.
 */
enum { SEALS_MAX = 8, SEAL_EVENT_BYTES = 8 + SHA256_BYTES };
struct event_seals {
	uint32_t n;
	uint8_t v[SEALS_MAX * SEAL_EVENT_BYTES];
};
/* The event that follows those already there; flushes when there is no room for another. */
void seal_event(struct tx *tx, struct event_seals *seals, uint64_t appeal_id, uint64_t seq,
		int64_t recorded_at, const uint8_t digest[SHA256_BYTES]);
/* What was gathered, the last of it with this seq, waits for its entries from now on. */
void seal_flush(struct tx *tx, struct event_seals *seals, uint64_t appeal_id, uint64_t seq);

/*
 * Keeps the content and enters its SHA-256. `number` is the caller's to choose: a second
 * content under the same three is TX_DUPLICATE. The content must live in the arena. At most
 * LIMIT_SEALED_BYTES.
 */
void seal_content(struct tx *tx, enum entry_kind kind, uint64_t subject, uint64_t number,
		  int64_t at, struct str content);
/*
 * A content that is one JSON object, whose first member is its format: what is written between
 * these two, which follow each other in one function. Of the entry the digest is worked out here.
 */
struct sealed_object {
	struct buf text;
	struct json json;
};
struct json *sealed_object_open(struct sealed_object *object, const char *format);
void sealed_object_close(struct sealed_object *object, struct tx *tx, const struct entry *entry);
/* The content as it was given; false when there is none, or the transaction failed: also where
 * the stored bytes are not those that were entered, which is logged. */
bool sealed_content(struct tx *tx, enum entry_kind kind, uint64_t subject, uint64_t number,
		    struct str *ret_content) MUST_USE;

/* One part of it, from 0 on; false behind the last. */
bool sealed_part(struct tx *tx, enum entry_kind kind, uint64_t subject, uint64_t number,
		 uint32_t part, struct str *ret_bytes) MUST_USE;

/* What somebody needs to be convinced of an entry. Texts are those of a frozen month's seal. */
struct seal_proof {
	uint64_t position;
	struct str entry;		/* ENTRY_BYTES bytes */
	struct merkle_proof inclusion;	/* in the tree of the checkpoint */
	struct str checkpoint;		/* the note, with the witnesses' signatures */
	struct str vkey;		/* of who signed it */
};
/* False while it has no position or is under no checkpoint yet: a matter of seconds, or of
 * minutes while the signer is away. */
bool sealed_proof(struct tx *tx, enum entry_kind kind, uint64_t subject, uint64_t number,
		  struct seal_proof *ret_proof) MUST_USE;

/*
 * The server's promise that this entry will be in the tree: a signed note (rules/note.h) with
 * the lines "liandong-receipt/1", origin, what is received, when, the entry in base64, and the
 * seconds until then. Under a key of the server's own, ORIGIN/receipt.
 */
struct str seal_receipt(struct arena *a, const struct entry *entry, struct str reference,
			int64_t received_at);
struct note_key receipt_key(struct arena *a);

/* The log's name, first line of every checkpoint: setting signer_origin. */
struct str ledger_origin(void);
