#include "identity.h"

#include <inttypes.h>
#include <string.h>

#include "finding.h"
#include "log.h"
#include "must.h"
#include "outbox.h"
#include "rules/gram.h"
#include "rules/mask.h"

#include "callers_sql.h"
#include "exchange_sql.h"

/* ---- commitments ---- */

enum { FORMAT_ONE = 1, FORMAT_TWO };

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

static void commit(struct arena *a, char format, const uint8_t salt[SALT_BYTES],
		   const uint64_t *numbers, size_t number_count, const struct str *texts, size_t text_count,
		   uint8_t out[SHA256_BYTES])
{
	struct arena_mark mark = arena_mark(a);
	size_t size = 1 + number_count * 8 + text_count * 4;

	for (size_t i = 0; i < text_count; i++)
		size += texts[i].n;

	char *bytes = arena_alloc(a, size), *at = bytes;

	*at++ = format;
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
	const struct str who[] = {
		caller->name, caller->phone, caller->accused_person, caller->id_number,
		caller->address,
	};
	bool has_more = caller->id_number.p || caller->address.p;
	const uint64_t who_numbers[] = {
		a->id, a->is_anonymous, a->is_secret, a->is_visit_wanted, a->has_phone,
	};

	commit(arena, FORMAT_ONE, c->salt, said_numbers, array_count(said_numbers), said,
	       array_count(said), c->said);
	commit(arena, has_more ? FORMAT_TWO : FORMAT_ONE, c->salt, who_numbers,
	       array_count(who_numbers), who, array_count(who) - (has_more ? 0 : 2), c->caller);
}

const struct commitment *commitment_new(struct arena *a, const struct appeal *appeal,
					const struct caller *caller)
{
	struct commitment *commitment = arena_new_of(a, struct commitment);

	crypto_random(commitment->salt, SALT_BYTES);
	commitment_make(a, appeal, caller, commitment);
	return commitment;
}

/* ---- the vault ---- */

enum { KEY_OF_OLD = 0, PLACE_BYTES = 64 };
static const uint32_t KEY_OF_ERASED = UINT32_MAX;

/* "callers_caller/phone/2603020000017", in memory of the caller's. */
static struct str place_of(char text[PLACE_BYTES], const char *column, uint64_t appeal_id)
{
	struct buf place = { .p = text, .cap = PLACE_BYTES, .max = PLACE_BYTES };

	buf_add(&place, STR("callers_caller/"));
	buf_add(&place, str_of(column));
	buf_add_byte(&place, '/');
	buf_add_u64(&place, appeal_id);
	return buf_str(&place);
}

struct str place_index(struct arena *a, struct str address)
{
	return address.p ? crypto_index(a, "place", gram_normal(a, address)) : STR_NONE;
}

int64_t position_coarse(int64_t millionths)
{
	return millionths / 10000 * 10000;
}

enum { POSITION_BYTES = 16 };

/* As it is sealed: both numbers, 8 bytes each. Absent where there is none. */
static struct str position_text(struct arena *a, int64_t latitude, int64_t longitude)
{
	if (latitude == JSON_NO_DECIMAL)
		return STR_NONE;
	char *bytes = arena_alloc(a, POSITION_BYTES);

	put_u64(put_u64(bytes, (uint64_t)latitude), (uint64_t)longitude);
	return (struct str){ bytes, POSITION_BYTES };
}

static int64_t number_at(const char *bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < 8; i++)
		value = value << 8 | (unsigned char)bytes[i];
	return (int64_t)value;
}

static struct sealed_identity seal_all(struct arena *a, uint64_t id, const struct identity *clear)
{
	char text[PLACE_BYTES];
	struct record_key key;
	struct sealed_identity sealed;
	const struct caller *c = &clear->caller;
	struct str location = position_text(a, clear->latitude, clear->longitude);
	const struct {
		const char *column;
		struct str clear;
		struct str *sealed;
	} values[] = {
		{ "name", c->name, &sealed.name },
		{ "phone", c->phone, &sealed.phone },
		{ "id_number", c->id_number, &sealed.id_number },
		{ "address", c->address, &sealed.address },
		{ "accused_person", c->accused_person, &sealed.accused_person },
		{ "place", clear->place, &sealed.place },
		{ "location", location, &sealed.location },
		{ "salt", clear->salt, &sealed.salt },
	};

	sealed.record_key = crypto_record_new(a, place_of(text, "record_key", id), &key);
	for (size_t i = 0; i < array_count(values); i++)
		*values[i].sealed = crypto_record_seal(a, &key,
						       place_of(text, values[i].column, id),
						       values[i].clear);
	crypto_record_forget(&key);
	return sealed;
}

void identity_keep(struct tx *tx, const struct appeal *appeal, const struct caller *caller,
		   const uint8_t salt[SALT_BYTES])
{
	struct arena *a = tx_arena(tx);
	const struct identity clear = {
		.caller = *caller, .place = appeal->address,
		.latitude = appeal->latitude, .longitude = appeal->longitude,
		.salt = { (const char *)salt, SALT_BYTES },
	};
	struct sealed_identity sealed = seal_all(a, appeal->id, &clear);

	sql_callers_insert(tx, (struct sql_callers_insert){
		.appeal_id = appeal->id, .record_key = sealed.record_key,
		.key_id = crypto_key_id(sealed.record_key), .name_sealed = sealed.name,
		.phone_sealed = sealed.phone,
		.phone_index = crypto_index(a, "phone", caller->phone),
		.phone_tail = phone_tail_index(a, caller->phone),
		.id_number_sealed = sealed.id_number, .address_sealed = sealed.address,
		.accused_person_sealed = sealed.accused_person, .place_sealed = sealed.place,
		.location_sealed = sealed.location,
		.place_index = place_index(a, appeal->address), .salt_sealed = sealed.salt,
	});
}

/* A row from before record keys has none, and its values are sealed by themselves. */
static bool open_value(struct arena *a, const struct record_key *key, struct str place,
		       struct str sealed, struct str *ret_clear)
{
	return key ? crypto_record_open(a, key, place, sealed, ret_clear)
		   : crypto_open(a, place, sealed, ret_clear);
}

bool identity_open(struct arena *a, uint64_t appeal_id, const struct sealed_identity *sealed,
		   struct identity *ret_identity)
{
	struct identity *clear = ret_identity;
	struct str location = STR_NONE;
	const struct {
		const char *column;
		struct str sealed;
		struct str *clear;
	} values[] = {
		{ "name", sealed->name, &clear->caller.name },
		{ "phone", sealed->phone, &clear->caller.phone },
		{ "id_number", sealed->id_number, &clear->caller.id_number },
		{ "address", sealed->address, &clear->caller.address },
		{ "accused_person", sealed->accused_person, &clear->caller.accused_person },
		{ "place", sealed->place, &clear->place },
		{ "location", sealed->location, &location },
		{ "salt", sealed->salt, &clear->salt },
	};
	char text[PLACE_BYTES];
	struct record_key key;
	bool has_key = sealed->record_key.p != NULL, is_good = true;

	*clear = (struct identity){
		.latitude = JSON_NO_DECIMAL, .longitude = JSON_NO_DECIMAL };
	if (has_key && !crypto_record_unwrap(place_of(text, "record_key", appeal_id),
					     sealed->record_key, &key))
		return false;
	for (size_t i = 0; i < array_count(values) && is_good; i++)
		is_good = open_value(a, has_key ? &key : NULL,
				     place_of(text, values[i].column, appeal_id),
				     values[i].sealed, values[i].clear);
	if (has_key)
		crypto_record_forget(&key);
	if (is_good && location.n == POSITION_BYTES) {
		clear->latitude = number_at(location.p);
		clear->longitude = number_at(location.p + POSITION_BYTES / 2);
	}
	return is_good;
}

bool identity_read(struct tx *tx, uint64_t appeal_id, struct identity *ret_identity)
{
	struct sql_callers_one_row row = { 0 };

	*ret_identity = (struct identity){ .place = STR_NONE };
	if (!sql_callers_one(tx, (struct sql_callers_one){ .appeal_id = appeal_id }, &row))
		return tx_ok(tx);
	const struct sealed_identity sealed = {
		.record_key = row.record_key, .name = row.name_sealed, .phone = row.phone_sealed,
		.id_number = row.id_number_sealed, .address = row.address_sealed,
		.accused_person = row.accused_person_sealed, .place = row.place_sealed,
		.location = row.location_sealed, .salt = row.salt_sealed,
	};
	bool is_good = identity_open(tx_arena(tx), appeal_id, &sealed, ret_identity);

	ret_identity->erased_at = row.erased_at;
	return is_good;
}

/* Where it was handed over, the caller stands in the messages. */
static void forget_handovers(struct tx *tx, uint64_t appeal_id)
{
	struct sql_exchange_pushed_of_row row = { 0 };
	struct rows *rows = sql_exchange_pushed_of(tx, (struct sql_exchange_pushed_of){
		.appeal_id = appeal_id });

	while (sql_exchange_pushed_of_next(rows, &row))
		outbox_forget(tx, row.endpoint_id, row.id);
	sql_exchange_forget(tx, (struct sql_exchange_forget){ .appeal_id = appeal_id });
	sql_exchange_forget_files(tx, (struct sql_exchange_forget_files){
		.appeal_id = appeal_id });
}

bool identity_erase(struct tx *tx, uint64_t appeal_id, int64_t at, enum erasure why)
{
	forget_handovers(tx, appeal_id);
	return sql_callers_erase(tx, (struct sql_callers_erase){
		.appeal_id = appeal_id, .at = at, .why = why }) == 1;
}

/* ---- keys of the records ---- */

/* A key of the key file that wraps records and is not the one that wraps now; 0: none. */
static uint32_t old_key(struct tx *tx)
{
	struct sql_callers_key_next_row row = { 0 };
	uint32_t now = crypto_wrapping_id(), found = 0;

	for (uint32_t after = KEY_OF_OLD; !found && sql_callers_key_next(tx,
	     (struct sql_callers_key_next){ .after = after }, &row); after = row.key_id)
		found = row.key_id == now ? 0 : row.key_id;
	return found == KEY_OF_ERASED ? 0 : found;
}

bool identity_has_old_keys(struct tx *tx)
{
	return old_key(tx) != 0;
}

bool identity_rewrap_some(struct tx *tx, uint32_t n)
{
	struct sql_callers_under_key_row row = { 0 };
	struct arena *a = tx_arena(tx);
	char text[PLACE_BYTES];
	uint32_t old = old_key(tx), done = 0;

	if (!old)
		return false;
	struct rows *rows = sql_callers_under_key(tx, (struct sql_callers_under_key){
		.key_id = old, .n = n });
	for (; sql_callers_under_key_next(rows, &row); done++) {
		struct str wrapped;

		if (!crypto_rewrap(a, place_of(text, "record_key", row.appeal_id),
				   row.record_key, &wrapped)) {
			log_error("callers", "record_key_unreadable", "appeal=%" PRIu64,
				  row.appeal_id);
			tx_fail(tx, TX_BROKEN);
			return false;
		}
		sql_callers_rewrap(tx, (struct sql_callers_rewrap){
			.appeal_id = row.appeal_id, .was = old, .record_key = wrapped,
			.key_id = crypto_key_id(wrapped) });
	}
	return done > 0;
}

bool identity_has_unsealed(struct tx *tx)
{
	struct sql_callers_under_key_row row = { 0 };
	struct sql_callers_positions_row position = { 0 };
	struct rows *rows = sql_callers_under_key(tx, (struct sql_callers_under_key){
		.key_id = KEY_OF_OLD, .n = 1 });

	if (sql_callers_under_key_next(rows, &row))
		return true;
	rows = sql_callers_positions(tx, (struct sql_callers_positions){ .n = 1 });
	return sql_callers_positions_next(rows, &position);
}

static void coarsen(struct tx *tx, uint64_t appeal_id, struct str place)
{
	sql_callers_coarsen(tx, (struct sql_callers_coarsen){
		.appeal_id = appeal_id, .street = mask_address(tx_arena(tx), place) });
}

/* Under the key that the record has. */
static bool seal_position(struct tx *tx, const struct sql_callers_positions_row *row)
{
	struct arena *a = tx_arena(tx);
	char text[PLACE_BYTES];
	struct record_key key;

	if (!crypto_record_unwrap(place_of(text, "record_key", row->appeal_id), row->record_key,
				  &key))
		return false;
	struct str sealed = crypto_record_seal(a, &key,
					       place_of(text, "location", row->appeal_id),
					       position_text(a, row->latitude, row->longitude));
	crypto_record_forget(&key);
	sql_callers_position_seal(tx, (struct sql_callers_position_seal){
		.appeal_id = row->appeal_id, .location_sealed = sealed });
	return true;
}

static bool seal_positions(struct tx *tx, uint32_t n)
{
	struct sql_callers_positions_row row = { 0 };
	struct rows *rows = sql_callers_positions(tx, (struct sql_callers_positions){ .n = n });
	uint32_t done = 0;

	for (; sql_callers_positions_next(rows, &row); done++) {
		if (row.record_key.p && !row.is_sealed && !seal_position(tx, &row)) {
			log_error("callers", "record_key_unreadable", "appeal=%" PRIu64,
				  row.appeal_id);
			tx_fail(tx, TX_BROKEN);
			return false;
		}
		coarsen(tx, row.appeal_id, STR_NONE);
		sql_callers_position_done(tx, (struct sql_callers_position_done){ row.appeal_id });
	}
	return done == n;
}

static bool renew_some(struct tx *tx, uint32_t n)
{
	struct sql_callers_old_row row = { 0 };
	struct arena *a = tx_arena(tx);
	struct rows *rows = sql_callers_old(tx, (struct sql_callers_old){ .n = n });
	uint32_t done = 0;

	for (; sql_callers_old_next(rows, &row); done++) {
		struct identity clear;
		struct sealed_identity sealed = {
			.name = row.name_sealed, .phone = row.phone_sealed,
			.accused_person = row.accused_person_sealed, .salt = row.salt_sealed,
		};

		if (!identity_open(a, row.appeal_id, &sealed, &clear)) {
			tx_fail(tx, TX_BROKEN);
			return false;
		}
		clear.place = row.place;
		if (row.has_location) {
			clear.latitude = row.latitude;
			clear.longitude = row.longitude;
		}
		sealed = seal_all(a, row.appeal_id, &clear);
		sql_callers_renew(tx, (struct sql_callers_renew){
			.appeal_id = row.appeal_id, .record_key = sealed.record_key,
			.key_id = crypto_key_id(sealed.record_key), .name_sealed = sealed.name,
			.phone_sealed = sealed.phone,
			.phone_tail = phone_tail_index(a, clear.caller.phone),
			.accused_person_sealed = sealed.accused_person,
			.place_sealed = sealed.place, .location_sealed = sealed.location,
			.place_index = place_index(a, clear.place),
			.salt_sealed = sealed.salt,
		});
		coarsen(tx, row.appeal_id, clear.place);
	}
	return done == n;
}

bool identity_renew_some(struct tx *tx, uint32_t n)
{
	return renew_some(tx, n) || (tx_ok(tx) && seal_positions(tx, n));
}
