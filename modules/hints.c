/*
 * Hints before saving (重复件提示): which appeals may be about the same matter, and why. The
 * operator decides what to do: urge the open one, tell the result of a closed one, merge, or
 * save as new. Registering itself asks nobody, merges nothing and withholds nothing.
 *
 * Candidates come by phone, by place and kind, and by words, each from an index and with a
 * bound; they are read once and scored by rules/likeness.
 */
#include <stdlib.h>

#include "bounds.h"
#include "calling.h"
#include "clock.h"
#include "crypto.h"
#include "finding.h"
#include "identity.h"
#include "matter.h"
#include "module.h"
#include "rules/likeness.h"
#include "rules/mask.h"
#include "sightings.h"

#include "hints_sql.h"

/* ---- what is asked ---- */

struct hints_form {
	struct str phone, call, category, area, address, title, text;
	bool has_location;
	int64_t latitude, longitude;
	int64_t occurred_at;
};

#define AT(member) .offset = offsetof(struct hints_form, member)

static const struct field location_fields[] = {
	{ "lat", FIELD_DECIMAL, AT(latitude), .required = true, .min = -90, .max = 90 },
	{ "lon", FIELD_DECIMAL, AT(longitude), .required = true, .min = -180, .max = 180 },
	{ 0 }
};
/* All optional: hints are asked for while the operator is still typing. */
static const struct field hints_fields[] = {
	{ "phone", FIELD_LINE, AT(phone), .null_ok = true, .max = 32 },
	{ "call", FIELD_CODE, AT(call), .null_ok = true, .max = 19 },
	{ "category", FIELD_CODE, AT(category), .null_ok = true, .max = 16 },
	{ "area", FIELD_CODE, AT(area), .null_ok = true, .max = 16 },
	{ "address", FIELD_LINE, AT(address), .null_ok = true, .max = 200 },
	{ "location", FIELD_OBJECT, .has = FIELD_HAS(struct hints_form, has_location),
	  .null_ok = true, .fields = location_fields },
	{ "title", FIELD_LINE, AT(title), .null_ok = true, .max = 200 },
	{ "text", FIELD_TEXT, AT(text), .null_ok = true, .max = LIMIT_TEXT_CHARS },
	{ "occurred_at", FIELD_TIME, AT(occurred_at), .null_ok = true },
	{ 0 }
};

static void check_form(struct req *r, const struct hints_form *f)
{
	const struct reference *ref = reference_of(req_tx(r));

	if (f->category.p && !reference_category(ref, f->category))
		req_error(r, "#/category", "unknown_code",
			  "There is no such category; GET /api/v1/catalogue lists them.");
	if (f->area.p && !reference_area(ref, f->area))
		req_error(r, "#/area", "unknown_code",
			  "There is no such area; GET /api/v1/catalogue lists them.");
}

static struct str words_of(struct arena *a, struct str title, struct str text)
{
	return arena_printf(a, "%.*s\n%.*s", STR_ARG(title), STR_ARG(text));
}

/* ---- candidates ---- */

enum {
	OF_PHONE_MAX = 30, OF_PLACE_MAX = 30, OF_KIND_MAX = 30, OF_WORDS_MAX = 40,
	CANDIDATES_MAX = OF_PHONE_MAX + OF_PLACE_MAX + OF_KIND_MAX + OF_WORDS_MAX,
	SHOWN_MAX = 20,
	SQUARE = 4000,	/* millionths of a degree: more than LIKENESS_METRES either way */
	KEPT_TO = 10000, OPENED_MAX = 300,
};

struct candidates {
	uint64_t ids[CANDIDATES_MAX];
	bool is_same_phone[CANDIDATES_MAX];
	uint32_t n;
};

static int64_t time_asked(const struct hints_form *f)
{
	return f->occurred_at ? f->occurred_at : clock_now();
}

/* From which on a matter is recent. */
static uint64_t recent_id(void)
{
	return appeal_first_id(clock_now() - LIKENESS_DAYS * CLOCK_DAY);
}

static void add(struct candidates *c, uint64_t id)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (c->ids[i] == id)
			return;
	c->ids[c->n++] = id;
}

static void add_of_phone(struct req *r, struct str phone_index, struct candidates *c)
{
	struct sql_hints_of_phone_row row = { 0 };
	struct rows *rows = sql_hints_of_phone(req_tx(r), (struct sql_hints_of_phone){
		.phone_index = phone_index, .n = OF_PHONE_MAX,
	});

	while (sql_hints_of_phone_next(rows, &row))
		add(c, row.id);
}

/* Within the square by the position that was given, which only opening it tells. */
static bool is_near(struct req *r, const struct hints_form *f,
		    const struct sql_hints_of_place_row *row)
{
	const struct sealed_identity sealed = {
		.record_key = row->record_key, .location = row->location_sealed,
	};
	struct identity clear;

	if (!identity_open(req_arena(r), row->id, &sealed, &clear)) {
		tx_fail(req_tx(r), TX_BROKEN);
		return false;
	}
	int64_t lat = clear.latitude, lon = clear.longitude;
	if (lat == JSON_NO_DECIMAL) {
		lat = row->latitude;
		lon = row->longitude;
	}
	return f->has_location && llabs(lat - f->latitude) <= SQUARE &&
	       llabs(lon - f->longitude) <= SQUARE;
}

static void add_of_place(struct req *r, const struct hints_form *f, struct candidates *c)
{
	struct sql_hints_of_place_row row = { 0 };
	int64_t lat = f->has_location ? f->latitude : 0;
	int64_t lon = f->has_location ? f->longitude : 0;
	uint32_t n = 0;
	struct rows *rows = sql_hints_of_place(req_tx(r), (struct sql_hints_of_place){
		.category = f->category, .area = f->area, .since_id = recent_id(),
		.place_index = f->address.n ? place_index(req_arena(r), f->address) : STR(""),
		.has_location = f->has_location,
		.south = lat - SQUARE - KEPT_TO, .north = lat + SQUARE + KEPT_TO,
		.west = lon - SQUARE - KEPT_TO, .east = lon + SQUARE + KEPT_TO, .n = OPENED_MAX,
	});

	while (n < OF_PLACE_MAX && sql_hints_of_place_next(rows, &row))
		if (row.is_same_place || is_near(r, f, &row)) {
			add(c, row.id);
			n++;
		}
}

/* Whatever words were used, and with the place or without: the latest ones. */
static void add_of_kind(struct req *r, const struct hints_form *f, struct candidates *c)
{
	struct sql_hints_of_kind_row row = { 0 };
	struct rows *rows = sql_hints_of_kind(req_tx(r), (struct sql_hints_of_kind){
		.category = f->category, .area = f->area, .since_id = recent_id(),
		.n = OF_KIND_MAX,
	});

	while (sql_hints_of_kind_next(rows, &row))
		add(c, row.id);
}

static void add_of_words(struct req *r, const struct hints_form *f, struct candidates *c)
{
	struct finding found[OF_WORDS_MAX];

	if (!f->title.n && !f->text.n)
		return;
	uint32_t n = finding_alike(req_tx(r), words_of(req_arena(r), f->title, f->text),
				   recent_id(), found, OF_WORDS_MAX);
	for (uint32_t i = 0; i < n; i++)
		add(c, found[i].appeal_id);
}

static void mark_same_phone(struct req *r, struct str phone_index, struct candidates *c)
{
	struct sql_hints_same_phone_row row = { 0 };

	if (!phone_index.p || c->n == 0)
		return;
	struct rows *rows = sql_hints_same_phone(req_tx(r), (struct sql_hints_same_phone){
		.ids = ids_json(req_arena(r), c->ids, c->n), .phone_index = phone_index,
	});
	while (sql_hints_same_phone_next(rows, &row))
		for (uint32_t i = 0; i < c->n; i++)
			if (c->ids[i] == row.id)
				c->is_same_phone[i] = true;
}

/* The number typed, else that of the call, which never was in the browser. */
static struct str phone_asked(struct req *r, const struct hints_form *f)
{
	struct str number = STR_NONE;

	if (f->phone.p)
		number = f->phone;
	else if (f->call.p && !call_number(req_tx(r), f->call, &number))
		return STR_NONE;
	return number.p ? phone_normal(req_arena(r), number) : STR_NONE;
}

static void find_candidates(struct req *r, const struct hints_form *f, struct candidates *c)
{
	struct str phone = phone_asked(r, f);
	struct str phone_index = phone.n ? crypto_index(req_arena(r), "phone", phone)
					 : STR_NONE;

	if (phone_index.p)
		add_of_phone(r, phone_index, c);
	if (f->category.p && f->area.p) {
		if (f->address.n || f->has_location)
			add_of_place(r, f, c);
		add_of_kind(r, f, c);
	}
	add_of_words(r, f, c);
	mark_same_phone(r, phone_index, c);
}

/* ---- hints ---- */

struct hint {
	const struct matter *m;
	struct likeness likeness;
	bool is_same_phone;
};

static const char *kind_of(const struct hint *hint)
{
	enum appeal_state state = hint->m->appeal.state;

	if (!hint->is_same_phone)
		return "other_caller";
	return state == APPEAL_ACCEPTED || state == APPEAL_DISPATCHED || state == APPEAL_MERGED
	       ? "same_caller_open" : "same_caller_closed";
}

/* What ended without a result is nothing to join, and nothing to tell another caller. */
static bool is_of_use(const struct hint *hint)
{
	enum appeal_state state = hint->m->appeal.state;

	return hint->is_same_phone || (state != APPEAL_WITHDRAWN && state != APPEAL_REFUSED &&
				       state != APPEAL_TRANSFERRED);
}

static struct likeness_side side_of(struct arena *a, const struct appeal *appeal)
{
	return (struct likeness_side){
		.category = appeal->category, .area = appeal->area,
		.address = appeal->address,
		.text = words_of(a, appeal->title, appeal->text),
		.latitude = appeal->latitude, .longitude = appeal->longitude,
		.at = appeal->occurred_at ? appeal->occurred_at : appeal->received_at,
	};
}

/* The best first, of equals the newest. */
static int compare_hints(const void *one, const void *other)
{
	const struct hint *a = one, *b = other;

	if (a->likeness.score != b->likeness.score)
		return a->likeness.score < b->likeness.score ? 1 : -1;
	return (a->m->appeal.id < b->m->appeal.id) - (a->m->appeal.id > b->m->appeal.id);
}

static uint32_t score(struct req *r, const struct hints_form *f, const struct candidates *c,
		      struct hint *hints)
{
	struct arena *a = req_arena(r);
	const struct matter *matters = matter_read_many(req_tx(r), c->ids, c->n);
	const struct likeness_side asked = {
		.category = f->category, .area = f->area, .address = f->address,
		.text = f->title.n || f->text.n ? words_of(a, f->title, f->text) : STR_NONE,
		.latitude = f->has_location ? f->latitude : JSON_NO_DECIMAL,
		.longitude = f->has_location ? f->longitude : JSON_NO_DECIMAL,
		.at = time_asked(f),
	};
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->n && tx_ok(req_tx(r)); i++) {
		struct likeness_side found = side_of(a, &matters[i].appeal);
		struct hint hint = {
			.m = &matters[i], .is_same_phone = c->is_same_phone[i],
			.likeness = likeness_of(a, &asked, &found, c->is_same_phone[i]),
		};
		if (likeness_is_hint(hint.likeness) && is_of_use(&hint))
			hints[n++] = hint;
	}
	qsort(hints, n, sizeof(*hints), compare_hints);
	return n < SHOWN_MAX ? n : SHOWN_MAX;
}

/* Enough to recognise the matter by; the whole of it is one GET away. */
static void write_short(struct json *j, struct arena *a, const struct matter *m,
			const struct actor *reader)
{
	const struct appeal *appeal = &m->appeal;
	bool is_secret = appeal->is_secret;
	const struct task *lead = matter_lead(m);

	json_object(j, "appeal");
	json_str(j, "id", appeal_reference(a, appeal->id));
	json_text(j, "state", appeal_state_names[appeal->state - 1]);
	json_text(j, "channel", channel_names[appeal->channel - 1]);
	json_text(j, "content_class", content_class_names[appeal->content_class]);
	json_str(j, "category", appeal->category);
	json_str(j, "area", appeal->area);
	json_str(j, "title", reader_text(reader, SHOWN_TITLE, is_secret, appeal->title));
	json_str(j, "address", place_shown(a, appeal, reader));
	json_time(j, "received_at", appeal->received_at);
	json_str(j, "merged_into", reader_text(reader, SHOWN_MERGED_INTO, is_secret,
		 appeal->merged_into ? appeal_reference(a, appeal->merged_into) : STR_NONE));
	json_object(j, "caller");
	json_str(j, "name", reader_text(reader, SHOWN_CALLER_NAME, is_secret, m->shown.name));
	json_str(j, "phone", reader_text(reader, SHOWN_CALLER_PHONE, is_secret, m->shown.phone));
	json_close(j);
	json_str(j, "lead", lead ? task_reference(a, lead->id) : STR_NONE);
	json_str(j, "department", lead ? lead->department : STR_NONE);
	json_time(j, "due", lead ? lead->due : 0);
	json_close(j);
}

static void write_hint(struct json *j, struct arena *a, const struct hint *hint,
		       const struct actor *reader)
{
	json_object(j, NULL);
	write_short(j, a, hint->m, reader);
	json_u64(j, "score", hint->likeness.score);
	json_array(j, "reasons");
	for (uint32_t i = 0; likeness_reason_names[i]; i++)
		if (hint->likeness.reasons & (1u << i))
			json_text(j, NULL, likeness_reason_names[i]);
	json_close(j);
	json_text(j, "kind", kind_of(hint));
	json_close(j);
}

static void keep_sighting(struct req *r, const struct hint *hints, uint32_t n)
{
	uint64_t seen[CANDIDATES_MAX];

	for (uint32_t i = 0; i < n; i++)
		seen[i] = hints[i].m->appeal.id;
	sighting_keep_list(r, SIGHT_LIST, seen, n);
}

static struct reply hints_show(struct req *r)
{
	struct candidates *c = arena_new_of(req_arena(r), struct candidates);
	struct hint hints[CANDIDATES_MAX];
	struct json *j = req_json(r);
	struct hints_form form;

	bool is_read = req_form(r, hints_fields, &form);
	check_form(r, &form);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	find_candidates(r, &form, c);
	uint32_t n = score(r, &form, c, hints);
	keep_sighting(r, hints, n);
	json_object(j, NULL);
	json_array(j, "items");
	for (uint32_t i = 0; i < n; i++)
		write_hint(j, req_arena(r), &hints[i], req_actor(r));
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

static const struct route routes[] = {
	{ ROUTE(hints_show), .is_read_only = true },
	{ 0 }
};

const struct module hints_module = {
	.name = "hints",
	.purpose = "Shows what may be the same matter before an appeal is saved.",
	.routes = routes,
};
