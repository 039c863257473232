#include "sealing.h"

#include <inttypes.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "ledger_tree.h"
#include "log.h"
#include "must.h"
#include "setting.h"

#include "ledger_sql.h"

enum { PART_BYTES = MIB(1), ENTRY_VERSION = 1 };

static uint8_t *put_u64(uint8_t *at, uint64_t value)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		*at++ = (uint8_t)(value >> shift);
	return at;
}

void entry_put(const struct entry *entry, uint8_t out[ENTRY_BYTES])
{
	uint8_t *at = out;

	*at++ = ENTRY_VERSION;
	*at++ = (uint8_t)entry->kind;
	at = put_u64(at, entry->subject);
	at = put_u64(at, entry->number);
	at = put_u64(at, (uint64_t)entry->at);
	memcpy(at, entry->digest, SHA256_BYTES);
	must(at + SHA256_BYTES == out + ENTRY_BYTES);
}

void seal_event(struct tx *tx, struct event_seals *seals, uint64_t appeal_id, uint64_t seq,
		int64_t recorded_at, const uint8_t digest[SHA256_BYTES])
{
	uint8_t *at = seals->v + seals->n++ * SEAL_EVENT_BYTES;

	memcpy(put_u64(at, (uint64_t)recorded_at), digest, SHA256_BYTES);
	if (seals->n == SEALS_MAX)
		seal_flush(tx, seals, appeal_id, seq);
}

void seal_flush(struct tx *tx, struct event_seals *seals, uint64_t appeal_id, uint64_t seq)
{
	struct str bytes = { (const char *)seals->v, seals->n * SEAL_EVENT_BYTES };

	if (seals->n == 0)
		return;
	sql_ledger_wait(tx, (struct sql_ledger_wait){
		.kind = ENTRY_EVENT, .subject = appeal_id, .number = seq, .events = seals->n,
		.seals = arena_str(tx_arena(tx), bytes),
	});
	seals->n = 0;
}

void seal_content(struct tx *tx, enum entry_kind kind, uint64_t subject, uint64_t number,
		  int64_t at, struct str content)
{
	uint8_t *digest = arena_alloc(tx_arena(tx), SHA256_BYTES);
	uint32_t part = 0;
	size_t begun = 0;

	must(kind > ENTRY_EVENT && kind < ENTRY_KIND_END && content.p &&
	     content.n <= LIMIT_SEALED_BYTES);
	crypto_sha256(content, digest);
	do {
		size_t left = content.n - begun, n = left < PART_BYTES ? left : PART_BYTES;

		sql_ledger_content_add(tx, (struct sql_ledger_content_add){
			.kind = kind, .subject = subject, .number = number, .part = part++,
			.bytes = { content.p + begun, n },
		});
		begun += n;
	} while (begun < content.n);
	sql_ledger_wait(tx, (struct sql_ledger_wait){
		.kind = kind, .subject = subject, .number = number, .at = at,
		.seals = { (const char *)digest, SHA256_BYTES },
	});
}

struct json *sealed_object_open(struct sealed_object *object, const char *format)
{
	buf_init(&object->text, LIMIT_SEALED_BYTES);
	json_init(&object->json, &object->text);
	json_object(&object->json, NULL);
	json_text(&object->json, "format", format);
	return &object->json;
}

void sealed_object_close(struct sealed_object *object, struct tx *tx, const struct entry *entry)
{
	json_close(&object->json);
	must(json_whole(&object->json) && !object->text.overflow);
	seal_content(tx, entry->kind, entry->subject, entry->number, entry->at,
		     arena_str(tx_arena(tx), buf_str(&object->text)));
	buf_free(&object->text);
}

bool sealed_part(struct tx *tx, enum entry_kind kind, uint64_t subject, uint64_t number,
		 uint32_t part, struct str *ret_bytes)
{
	struct sql_ledger_content_part_row row = { 0 };

	if (!sql_ledger_content_part(tx, (struct sql_ledger_content_part){
			.kind = kind, .subject = subject, .number = number, .part = part }, &row))
		return false;
	*ret_bytes = row.bytes;
	return true;
}

/* Whether the content is still what was entered: whoever changes a row later is found out here,
 * before anything is computed from it. */
static bool is_unchanged(struct tx *tx, enum entry_kind kind, uint64_t subject,
			 uint64_t number, struct str content)
{
	struct sql_ledger_digest_row row = { 0 };
	uint8_t digest[SHA256_BYTES];

	crypto_sha256(content, digest);
	if (sql_ledger_digest(tx, (struct sql_ledger_digest){
			.kind = kind, .subject = subject, .number = number }, &row) &&
	    str_eq(row.digest, (struct str){ (const char *)digest, SHA256_BYTES }))
		return true;
	log_error("ledger", "content_changed", "kind=%d subject=%" PRIu64 " number=%" PRIu64,
		  (int)kind, subject, number);
	tx_fail(tx, TX_BROKEN);
	return false;
}

bool sealed_content(struct tx *tx, enum entry_kind kind, uint64_t subject, uint64_t number,
		    struct str *ret_content)
{
	struct arena *a = tx_arena(tx);
	struct buf whole;
	struct str bytes;
	uint32_t parts = 0;

	buf_init(&whole, LIMIT_SEALED_BYTES);
	/* The arena has room for a content, but not for a second one in parts. */
	for (struct arena_mark mark = arena_mark(a);
	     sealed_part(tx, kind, subject, number, parts, &bytes); parts++) {
		buf_add(&whole, bytes);
		arena_rewind(a, mark);
	}
	bool is_there = parts > 0 && !whole.overflow && tx_ok(tx) &&
		is_unchanged(tx, kind, subject, number, buf_str(&whole));
	if (is_there)
		*ret_content = arena_str(a, buf_str(&whole));
	buf_free(&whole);
	return is_there;
}

bool sealed_proof(struct tx *tx, enum entry_kind kind, uint64_t subject, uint64_t number,
		  struct seal_proof *ret_proof)
{
	struct sql_ledger_checkpoint_newest_row newest = { 0 };
	struct sql_ledger_position_row at = { 0 };
	struct ledger_tree tree;
	struct entry entry;
	struct hash leaf;

	if (!sql_ledger_checkpoint_newest(tx, &newest) ||
	    !sql_ledger_position(tx, (struct sql_ledger_position){
			.kind = kind, .subject = subject, .number = number }, &at) ||
	    at.position >= newest.size)
		return false;
	ledger_tree_open(&tree, tx);
	ret_proof->position = at.position;
	ret_proof->checkpoint = ledger_note(tx, newest.size, newest.note);
	ret_proof->vkey = ledger_vkey(tx);
	return ledger_entry(tx, at.position, &entry, &ret_proof->entry, &leaf) &&
	       merkle_inclusion(&tree.source, at.position, newest.size,
				&ret_proof->inclusion) && tx_ok(tx);
}

struct str ledger_origin(void)
{
	return setting_str("signer_origin");
}

struct note_key receipt_key(struct arena *a)
{
	uint8_t key[SIGN_KEY_BYTES];
	struct str origin = ledger_origin();

	crypto_sign_key("receipt", key);
	return note_key_make(arena_printf(a, "%.*s/receipt", STR_ARG(origin)), NOTE_ED25519,
			     key);
}

struct str seal_receipt(struct arena *a, const struct entry *entry, struct str reference,
			int64_t received_at)
{
	uint8_t bytes[ENTRY_BYTES], signature[SIGN_BYTES];
	struct note_key key = receipt_key(a);
	struct str origin = ledger_origin();
	char at[40];

	entry_put(entry, bytes);
	struct str entry_text = encode_base64(a, (struct str){ (const char *)bytes,
							       ENTRY_BYTES });
	struct str text = arena_printf(a, "liandong-receipt/1\n%.*s\n%.*s\n%s\n%.*s\n%d\n",
		STR_ARG(origin), STR_ARG(reference),
		clock_format(received_at, at, sizeof(at)).p, STR_ARG(entry_text),
		LIMIT_MERGE_SECONDS);

	crypto_signature("receipt", text, signature);
	return note_write(a, text, note_line(a, &key, (struct str){ (const char *)signature,
								    SIGN_BYTES }));
}
