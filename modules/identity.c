#include "identity.h"

#include <string.h>

#include "bounds.h"
#include "must.h"

#include "callers_sql.h"

/* ---- commitments ---- */

enum { FORMAT_ONE = 1 };

static void put_u64(struct buf *out, uint64_t value)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_add_byte(out, (char)(value >> shift));
}

/* Length first; an absent text has the length that no text has. */
static void put_text(struct buf *out, struct str text)
{
	uint32_t n = text.p ? (uint32_t)text.n : UINT32_MAX;

	for (int shift = 24; shift >= 0; shift -= 8)
		buf_add_byte(out, (char)(n >> shift));
	buf_add(out, text);
}

static void commit(const struct commitment *c, struct buf *bytes, uint8_t out[SHA256_BYTES])
{
	must(!bytes->overflow);
	crypto_hmac_sha256((struct str){ (const char *)c->salt, SALT_BYTES }, buf_str(bytes),
			   out);
	buf_clear(bytes);
}

static void put_said(struct buf *out, const struct appeal *a)
{
	const struct str texts[] = {
		a->external_no, a->category, a->area, a->title, a->text, a->address,
		a->accused_department, a->enterprise_uscc, a->enterprise_name,
	};
	const uint64_t numbers[] = {
		a->id, a->channel, a->content_class, (uint64_t)a->latitude,
		(uint64_t)a->longitude, (uint64_t)a->occurred_at, (uint64_t)a->received_at,
		a->is_urgent,
	};

	buf_add_byte(out, FORMAT_ONE);
	for (size_t i = 0; i < array_count(numbers); i++)
		put_u64(out, numbers[i]);
	for (size_t i = 0; i < array_count(texts); i++)
		put_text(out, texts[i]);
}

static void put_caller(struct buf *out, const struct appeal *a, const struct caller *caller)
{
	const struct str texts[] = { caller->name, caller->phone, caller->accused_person };
	const uint64_t numbers[] = {
		a->id, a->is_anonymous, a->is_secret, a->is_visit_wanted, a->has_phone,
	};

	buf_add_byte(out, FORMAT_ONE);
	for (size_t i = 0; i < array_count(numbers); i++)
		put_u64(out, numbers[i]);
	for (size_t i = 0; i < array_count(texts); i++)
		put_text(out, texts[i]);
}

void commitment_make(const struct appeal *appeal, const struct caller *caller,
		     struct commitment *commitment)
{
	struct buf bytes;

	buf_init(&bytes, LIMIT_BODY_BYTES * 2);
	put_said(&bytes, appeal);
	commit(commitment, &bytes, commitment->said);
	put_caller(&bytes, appeal, caller);
	commit(commitment, &bytes, commitment->caller);
	buf_free(&bytes);
}

const struct commitment *commitment_new(struct arena *a, const struct appeal *appeal,
					const struct caller *caller)
{
	struct commitment *commitment = arena_new_of(a, struct commitment);

	crypto_random(commitment->salt, SALT_BYTES);
	commitment_make(appeal, caller, commitment);
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
