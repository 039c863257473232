#include "identity.h"

#include <string.h>

#include "must.h"

#include "callers_sql.h"

/* ---- commitments ---- */

enum { FORMAT_ONE = 1 };

static char *put_u64(char *at, uint64_t value)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		*at++ = (char)(value >> shift);
	return at;
}

/* Length first; an absent text has the length that no text has. */
static char *put_text(char *at, struct str text)
{
	uint32_t n = text.p ? (uint32_t)text.n : UINT32_MAX;

	for (int shift = 24; shift >= 0; shift -= 8)
		*at++ = (char)(n >> shift);
	if (text.n)
		memcpy(at, text.p, text.n);
	return at + text.n;
}

static void commit(struct arena *a, const uint8_t salt[SALT_BYTES], const uint64_t *numbers,
		   size_t number_count, const struct str *texts, size_t text_count,
		   uint8_t out[SHA256_BYTES])
{
	struct arena_mark mark = arena_mark(a);
	size_t size = 1 + number_count * 8 + text_count * 4;

	for (size_t i = 0; i < text_count; i++)
		size += texts[i].n;

	char *bytes = arena_alloc(a, size), *at = bytes;

	*at++ = FORMAT_ONE;
	for (size_t i = 0; i < number_count; i++)
		at = put_u64(at, numbers[i]);
	for (size_t i = 0; i < text_count; i++)
		at = put_text(at, texts[i]);
	must(at == bytes + size);
	crypto_hmac_sha256((struct str){ (const char *)salt, SALT_BYTES },
			   (struct str){ bytes, size }, out);
	arena_rewind(a, mark);
}

void commitment_make(struct arena *arena, const struct appeal *a, const struct caller *caller,
		     struct commitment *c)
{
	const struct str said[] = {
		a->external_no, a->category, a->area, a->title, a->text, a->address,
		a->accused_department, a->enterprise_uscc, a->enterprise_name,
	};
	const uint64_t said_numbers[] = {
		a->id, a->channel, a->content_class, (uint64_t)a->latitude,
		(uint64_t)a->longitude, (uint64_t)a->occurred_at, (uint64_t)a->received_at,
		a->is_urgent,
	};
	const struct str who[] = { caller->name, caller->phone, caller->accused_person };
	const uint64_t who_numbers[] = {
		a->id, a->is_anonymous, a->is_secret, a->is_visit_wanted, a->has_phone,
	};

	commit(arena, c->salt, said_numbers, array_count(said_numbers), said,
	       array_count(said), c->said);
	commit(arena, c->salt, who_numbers, array_count(who_numbers), who, array_count(who),
	       c->caller);
}

const struct commitment *commitment_new(struct arena *a, const struct appeal *appeal,
					const struct caller *caller)
{
	struct commitment *commitment = arena_new_of(a, struct commitment);

	crypto_random(commitment->salt, SALT_BYTES);
	commitment_make(a, appeal, caller, commitment);
	return commitment;
}

/* ---- identities ---- */

struct str identity_place(struct arena *a, const char *column, uint64_t appeal_id)
{
	char text[64];
	struct buf place = { .p = text, .cap = sizeof(text), .max = sizeof(text) };

	buf_add(&place, STR("callers_caller/"));
	buf_add(&place, str_of(column));
	buf_add_byte(&place, '/');
	buf_add_u64(&place, appeal_id);
	return arena_str(a, buf_str(&place));
}

bool identity_read(struct tx *tx, uint64_t appeal_id, struct caller *ret_caller,
		   struct str *ret_salt)
{
	struct sql_callers_one_row row = { 0 };
	struct arena *a = tx_arena(tx);

	*ret_caller = (struct caller){ .name = STR_NONE };
	*ret_salt = STR_NONE;
	if (!sql_callers_one(tx, (struct sql_callers_one){ .appeal_id = appeal_id }, &row))
		return tx_ok(tx);

	const struct {
		const char *column;
		struct str sealed;
		struct str *clear;
	} values[] = {
		{ "name", row.name_sealed, &ret_caller->name },
		{ "phone", row.phone_sealed, &ret_caller->phone },
		{ "accused_person", row.accused_person_sealed, &ret_caller->accused_person },
		{ "salt", row.salt_sealed, ret_salt },
	};

	for (size_t i = 0; i < array_count(values); i++)
		if (!crypto_open(a, identity_place(a, values[i].column, appeal_id),
				 values[i].sealed, values[i].clear))
			return false;
	return true;
}
