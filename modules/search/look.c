/*
 * Finding the ids of a page. Candidates come from the narrowest source that the filters have,
 * newest first, in chunks; each chunk loses first what the actor may not know of and what the
 * filters exclude, and then what its text denies. Nothing is shown or counted before that.
 *
 * What a search may cost is bounded: beyond so many looks it gives what it has and says where
 * it stopped, from where the next page goes on.
 */
#include "search/search.h"

#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "contact.h"
#include "crypto.h"
#include "events.h"
#include "finding.h"
#include "matter.h"
#include "must.h"
#include "rules/calendar.h"
#include "rules/gram.h"
#include "rules/mask.h"

#include "search_sql.h"

enum {
	TEXTS_MAX = 5000,	/* texts read for one search */
	LOOKS_MAX = 20000,	/* candidates asked for their filters */
	LIST_LOOKS_MAX = 3000,	/* the same where a list is turned over page by page */
	CHUNK_FIRST = 64,
	CHUNK_MAX = 512,
	NUMBER_TAIL_LEAST = 4,	/* of an external number: fewer match too much */
	COUNT_DIGITS_MAX = 7,	/* of an appeal's count in its day */
	CHANNELS = CHANNEL_LEADER,
};

enum source {
	SOURCE_PHONE, SOURCE_TAIL, SOURCE_GRAMS, SOURCE_SINCE,
	/* Of lists without words. */
	SOURCE_STATE, SOURCE_DEPARTMENT, SOURCE_OPEN, SOURCE_CHANNEL, SOURCE_CATEGORY,
	SOURCE_CONTACT,
};

struct looking {
	struct tx *tx;
	const struct look_filter *f;
	const struct actor *reader;
	struct str contact;		/* login of who sees the enterprises of it, "" for all */
	uint64_t owner_id;		/* a key that sees its own registrations only */
	struct str department;		/* "" for all */
	struct str categories;		/* a JSON array; empty for all */
	struct str area;		/* "" for all */
	int64_t overdue_at;
	uint32_t state;			/* 0: any */
	uint32_t fast_lane_kind;	/* of the event; 0: any appeal */
	bool is_filtered;
	bool is_nothing;		/* nothing can be found */
	struct gram_query q;		/* word_count 0: no text asked for */
	struct str number;		/* in normal form */
	uint64_t *direct;		/* appeals that the number may name */
	uint32_t direct_count;
	bool is_reference;		/* it names one and nothing else */
	enum source source;
	struct str index;		/* of the phone */
	uint32_t tail;
	uint32_t channel;		/* that the source is of */
	uint64_t since_id;		/* nothing below it */
	struct candidates *candidates;
	uint64_t below;			/* the source goes on below this */
	uint32_t texts, looks, looks_max;
};

/* ---- sources ---- */

static uint32_t next_of_phone(struct looking *l, uint64_t *out, uint32_t n)
{
	struct sql_search_of_phone_row row = { 0 };
	struct rows *rows = sql_search_of_phone(l->tx, (struct sql_search_of_phone){
		.phone_index = l->index, .before_id = l->below, .n = n });
	uint32_t count = 0;

	while (sql_search_of_phone_next(rows, &row))
		out[count++] = row.id;
	return count;
}

static uint32_t next_of_tail(struct looking *l, uint64_t *out, uint32_t n)
{
	struct sql_search_of_phone_tail_row row = { 0 };
	struct rows *rows = sql_search_of_phone_tail(l->tx, (struct sql_search_of_phone_tail){
		.phone_tail = l->tail, .before_id = l->below, .n = n });
	uint32_t count = 0;

	while (sql_search_of_phone_tail_next(rows, &row))
		out[count++] = row.id;
	return count;
}

static uint32_t next_of_contact(struct looking *l, uint64_t *out, uint32_t n)
{
	struct sql_search_of_contact_row row = { 0 };
	struct rows *rows = sql_search_of_contact(l->tx, (struct sql_search_of_contact){
		.contact = l->contact, .before_id = l->below, .n = n });
	uint32_t count = 0;

	while (sql_search_of_contact_next(rows, &row))
		out[count++] = row.id;
	return count;
}

static uint32_t next_since(struct looking *l, uint64_t *out, uint32_t n)
{
	struct sql_search_since_row row = { 0 };
	struct rows *rows = sql_search_since(l->tx, (struct sql_search_since){
		.since_id = l->since_id, .before_id = l->below, .n = n });
	uint32_t count = 0;

	while (sql_search_since_next(rows, &row))
		out[count++] = row.id;
	return count;
}

static uint32_t next_of_state(struct looking *l, uint64_t *out, uint32_t n)
{
	struct sql_search_of_state_row row = { 0 };
	struct rows *rows = sql_search_of_state(l->tx, (struct sql_search_of_state){
		.state = l->state, .before_id = l->below, .n = n });
	uint32_t count = 0;

	while (sql_search_of_state_next(rows, &row))
		out[count++] = row.id;
	return count;
}

static uint32_t next_of_department(struct looking *l, uint64_t *out, uint32_t n)
{
	struct sql_search_of_department_row row = { 0 };
	struct rows *rows = sql_search_of_department(l->tx, (struct sql_search_of_department){
		.department = l->department, .before_id = l->below, .n = n });
	uint32_t count = 0;

	while (sql_search_of_department_next(rows, &row))
		out[count++] = row.id;
	return count;
}

/* What was due by an instant was due before the next one. */
static uint32_t next_of_open(struct looking *l, uint64_t *out, uint32_t n)
{
	struct sql_search_of_open_row row = { 0 };
	int64_t before = l->f->due_before ? l->f->due_before : INT64_MAX;

	if (l->overdue_at && l->overdue_at < before)
		before = l->overdue_at + 1;
	struct rows *rows = sql_search_of_open(l->tx, (struct sql_search_of_open){
		.due_before = before, .department = l->department, .before_id = l->below,
		.n = n });
	uint32_t count = 0;

	while (sql_search_of_open_next(rows, &row))
		out[count++] = row.id;
	return count;
}

static uint32_t next_of_channel(struct looking *l, uint64_t *out, uint32_t n)
{
	struct sql_search_of_channel_row row = { 0 };
	struct rows *rows = sql_search_of_channel(l->tx, (struct sql_search_of_channel){
		.channel = l->channel, .before_id = l->below, .n = n });
	uint32_t count = 0;

	while (sql_search_of_channel_next(rows, &row))
		out[count++] = row.id;
	return count;
}

static uint32_t next_of_category(struct looking *l, uint64_t *out, uint32_t n)
{
	struct sql_search_of_category_row row = { 0 };
	struct rows *rows = sql_search_of_category(l->tx, (struct sql_search_of_category){
		.categories = l->categories, .area = l->area, .before_id = l->below, .n = n });
	uint32_t count = 0;

	while (sql_search_of_category_next(rows, &row))
		out[count++] = row.id;
	return count;
}

typedef uint32_t (*source_next)(struct looking *l, uint64_t *out, uint32_t n);

static uint32_t next_of_grams(struct looking *l, uint64_t *out, uint32_t n)
{
	return candidates_next(l->candidates, out, n);
}

static uint32_t next_candidates(struct looking *l, uint64_t *out, uint32_t n)
{
	static const source_next sources[] = {
		[SOURCE_PHONE] = next_of_phone, [SOURCE_TAIL] = next_of_tail,
		[SOURCE_GRAMS] = next_of_grams, [SOURCE_SINCE] = next_since,
		[SOURCE_STATE] = next_of_state, [SOURCE_DEPARTMENT] = next_of_department,
		[SOURCE_OPEN] = next_of_open, [SOURCE_CHANNEL] = next_of_channel,
		[SOURCE_CATEGORY] = next_of_category, [SOURCE_CONTACT] = next_of_contact,
	};
	uint32_t count = sources[l->source](l, out, n);

	if (count)
		l->below = out[count - 1];
	/* Every source gives the newest first: behind the first that is too old all are. */
	while (count && out[count - 1] < l->since_id)
		count--;
	return count;
}

/* ---- what a number may name ---- */

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* LD260302000017, with or without the letters, and the reference of one of its tasks. */
static uint64_t id_of_reference(struct arena *a, struct str number)
{
	bool has_letters = str_starts(number, STR("ld"));
	const char *digits = has_letters ? number.p + 2 : number.p;
	size_t n = has_letters ? number.n - 2 : number.n;
	struct str reference = arena_printf(a, "LD%.*s", (int)n, digits);
	uint64_t task = task_id_of(reference);

	return task ? task / 100 : appeal_id_of(reference);
}

/* Its reference, the number that a channel gave it as it was typed, or its count on a day. */
static void add_direct(struct looking *l)
{
	struct arena *a = tx_arena(l->tx);
	uint64_t count, id = id_of_reference(a, l->number);
	struct sql_search_of_external_row row = { 0 };
	struct rows *rows = sql_search_of_external(l->tx, (struct sql_search_of_external){
		.external_no = l->f->number });

	l->direct = arena_array_of(a, uint64_t, LOOK_DAYS + 2 + CHANNELS);
	if (id) {
		l->is_reference = true;
		l->direct[l->direct_count++] = id;
		return;
	}
	while (sql_search_of_external_next(rows, &row) && l->direct_count < CHANNELS)
		l->direct[l->direct_count++] = row.id;
	if (l->number.n > COUNT_DIGITS_MAX || !is_digits(l->number) ||
	    !str_to_u64(l->number, &count) || count == 0)
		return;
	for (int64_t day = 0; day <= LOOK_DAYS; day++)
		l->direct[l->direct_count++] = appeal_first_id(clock_now() - day * CLOCK_DAY) +
					       count;
}

static bool is_direct(const struct looking *l, uint64_t id)
{
	for (uint32_t i = 0; i < l->direct_count; i++)
		if (l->direct[i] == id)
			return true;
	return false;
}

static bool has_number(struct looking *l, uint64_t id, struct str external_no)
{
	if (is_direct(l, id))
		return true;
	if (l->number.n < NUMBER_TAIL_LEAST || !external_no.p)
		return false;
	struct str normal = gram_normal(tx_arena(l->tx), external_no);
	return normal.n >= l->number.n &&
	       memcmp(normal.p + normal.n - l->number.n, l->number.p, l->number.n) == 0;
}

/* ---- what remains of a chunk ---- */

static uint32_t keep_allowed(struct looking *l, uint64_t *ids, uint32_t n)
{
	struct arena *a = tx_arena(l->tx);
	struct arena_mark mark = arena_mark(a);
	struct sql_search_filter_row row = { 0 };
	uint32_t kept = 0;

	struct rows *rows = sql_search_filter(l->tx, (struct sql_search_filter){
		.ids = ids_json(a, ids, n), .state = l->state,
		.channel = (uint32_t)(l->f->channel + 1), .department = l->department,
		.due_before = l->f->due_before, .overdue_at = l->overdue_at,
		.owner_id = l->owner_id, .contact = l->contact, .fast_lane_kind = l->fast_lane_kind,
		.categories = l->categories, .area = l->area,
	});
	while (sql_search_filter_next(rows, &row))
		ids[kept++] = row.id;
	arena_rewind(a, mark);
	l->looks += n;
	return kept;
}

static bool text_fits(struct looking *l, const struct sql_search_texts_row *row)
{
	/* What the reader is not shown is not found either. */
	const struct str fields[] = {
		reader_text(l->reader, SHOWN_TITLE, row->is_secret, row->title),
		reader_text(l->reader, SHOWN_TEXT, row->is_secret, row->text),
		reader_text(l->reader, SHOWN_ADDRESS, row->is_secret, row->address),
		reader_text(l->reader, SHOWN_EXTERNAL_NO, row->is_secret, row->external_no),
	};
	struct arena *a = tx_arena(l->tx);

	if (l->number.p && !has_number(l, row->id, row->external_no))
		return false;
	return l->q.word_count == 0 ||
	       gram_matches(&l->q, gram_normal_fields(a, fields, array_count(fields)));
}

/* The memory of the texts is given back: there may be thousands. */
static uint32_t keep_fitting(struct looking *l, uint64_t *ids, uint32_t n)
{
	struct arena *a = tx_arena(l->tx);
	struct arena_mark mark = arena_mark(a);
	struct sql_search_texts_row row = { 0 };
	uint32_t kept = 0;

	if (n == 0)
		return 0;
	struct rows *rows = sql_search_texts(l->tx, (struct sql_search_texts){
		.ids = ids_json(a, ids, n) });
	while (sql_search_texts_next(rows, &row))
		if (text_fits(l, &row))
			ids[kept++] = row.id;
	arena_rewind(a, mark);
	l->texts += n;
	return kept;
}

static bool is_spent(const struct looking *l)
{
	return l->texts >= TEXTS_MAX || l->looks >= l->looks_max;
}

static struct look look_by_candidates(struct looking *l, uint32_t n)
{
	bool has_text = l->q.word_count > 0 || l->number.p;
	struct look found = { .ids = arena_array_of(tx_arena(l->tx), uint64_t, n) };
	uint64_t chunk[CHUNK_MAX];
	uint32_t most = CHUNK_FIRST, count = 1;

	while (found.n < n && !is_spent(l)) {
		count = next_candidates(l, chunk, most);
		if (count == 0)
			break;
		if (l->is_filtered)
			count = keep_allowed(l, chunk, count);
		if (has_text)
			count = keep_fitting(l, chunk, count);
		for (uint32_t i = 0; i < count && found.n < n; i++)
			found.ids[found.n++] = chunk[i];
		most = most < CHUNK_MAX ? 2 * most : CHUNK_MAX;
		count = 1;
	}
	if (found.n < n && count) {
		found.is_narrow = true;
		found.reached = l->below;
	} else if (found.n < n && l->candidates && candidates_cut_at(l->candidates)) {
		found.is_narrow = true;
		found.reached = candidates_cut_at(l->candidates);
	}
	return found;
}

/* ---- choosing ---- */

/* What is the actor's own, where its role sees no more; nothing, unless its role owns something. */
static void keep_own(struct looking *l, const struct actor *actor)
{
	if (actor->role & ROLE_INTAKE)
		l->owner_id = actor->id;
	else if (actor->role & ROLE_DEPARTMENT)
		l->department = actor->unit;
	else
		l->contact = contact_login(l->tx, actor);
	l->is_nothing = !l->owner_id && !l->department.n && !l->contact.n;
}

/* The code and all below it; a code that the table does not have any more stands for itself. */
static struct str categories_json(struct tx *tx, struct str code)
{
	const struct reference *ref = reference_of(tx);
	struct arena *a = tx_arena(tx);
	struct str all = arena_printf(a, "[\"%.*s\"", STR_ARG(code));

	for (uint32_t i = 0; i < ref->category_count; i++) {
		const struct category *c = &ref->categories[i];

		while (c && !str_eq(c->parent, code))
			c = c->parent.n ? reference_category(ref, c->parent) : NULL;
		if (c)
			all = arena_printf(a, "%.*s,\"%.*s\"", STR_ARG(all),
					   STR_ARG(ref->categories[i].code));
	}
	return arena_printf(a, "%.*s]", STR_ARG(all));
}

/* Numbers of appeals lie by the day of their receipt, from 2000 to 2099. */
static void keep_span(struct looking *l)
{
	int64_t from = l->f->received_from, until = l->f->received_until;

	if (from >= day_start(day_of_civil((struct civil){ 2000, 1, 1 })))
		l->since_id = appeal_first_id(from);
	if (until && until < day_start(day_of_civil((struct civil){ 2099, 12, 31 })) &&
	    l->below > appeal_first_id(until + CLOCK_DAY))
		l->below = appeal_first_id(until + CLOCK_DAY);
}

static struct looking looking_of(struct req *r, const struct look_filter *f, uint64_t before)
{
	struct tx *tx = req_tx(r);
	struct looking l = {
		.tx = tx, .f = f, .reader = req_actor(r), .contact = STR(""), .below = before, .looks_max = LOOKS_MAX,
		.department = f->department.p ? f->department : STR(""),
		.categories = f->category.p ? categories_json(tx, f->category) : STR("[]"),
		.area = f->area.p ? f->area : STR(""),
		/* Overdue is what was due before this second. */
		.overdue_at = f->overdue == 1 ? clock_now() - CLOCK_SECOND : 0,
		.state = (uint32_t)(f->state + 1),
	};

	/* The fast lane is a queue: who was dispatched from it is not on it any more. */
	if (f->fast_lane == 1) {
		l.fast_lane_kind = EVENT_APPEAL_FAST_LANE;
		l.state = l.state ? l.state : APPEAL_ACCEPTED;
	}
	if (req_relation(r) == RELATION_OWN)
		keep_own(&l, req_actor(r));
	l.is_filtered = l.owner_id || l.department.n || l.contact.n || l.state || f->channel >= 0 ||
			f->due_before || l.overdue_at || f->category.p || f->area.p;
	keep_span(&l);
	if (f->q.p)
		l.q = gram_query(tx_arena(tx), f->q);
	if (f->number.p) {
		l.number = gram_normal(tx_arena(tx), f->number);
		add_direct(&l);
	}
	return l;
}

/* Candidates by the grams of the words, else of the number, else by the number alone. */
static void begin_candidates(struct looking *l)
{
	struct gram_query by = l->q;

	if (by.gram_count == 0 && l->number.n >= NUMBER_TAIL_LEAST && !l->is_reference)
		by = gram_query(tx_arena(l->tx), l->number);
	l->source = SOURCE_GRAMS;
	l->candidates = candidates_begin(l->tx, by.grams, by.gram_count, l->below);
	if (l->number.p)
		candidates_add(l->candidates, l->direct, l->direct_count);
}

/* Most appeals are in one of these; few are in any other. */
static bool is_common(uint32_t state)
{
	return state == APPEAL_DISPATCHED || state == APPEAL_CLOSED || state == APPEAL_ARCHIVED;
}

/*
 * A list without words goes by the narrowest of its filters. Where the others leave little of
 * it, a page may be short, or empty, and say where the next one goes on.
 */
static void begin_list(struct looking *l, const struct actor *actor)
{
	int channel = l->owner_id ? str_index(actor->source, channel_names) : l->f->channel;

	l->looks_max = LIST_LOOKS_MAX;
	l->channel = (uint32_t)(channel + 1);
	if (l->f->due_before || l->overdue_at)
		l->source = SOURCE_OPEN;
	else if (l->contact.n)
		l->source = SOURCE_CONTACT;
	else if (l->department.n && (!l->state || is_common(l->state)))
		l->source = SOURCE_DEPARTMENT;
	else if (l->state)
		l->source = SOURCE_STATE;
	else if (l->f->category.p)
		l->source = SOURCE_CATEGORY;
	else
		l->source = l->channel ? SOURCE_CHANNEL : SOURCE_SINCE;
}

struct look look_up(struct req *r, const struct look_filter *f, uint64_t before, uint32_t n)
{
	struct tx *tx = req_tx(r);
	struct looking l = looking_of(r, f, before);
	int64_t since = 0;

	if (l.is_nothing)
		return (struct look){ .ids = NULL };

	if (f->phone.p) {
		struct str phone = phone_normal(tx_arena(tx), f->phone);
		l.source = SOURCE_PHONE;
		l.index = crypto_index(tx_arena(tx), "phone", phone);
	} else if (f->phone_tail.p) {
		l.source = SOURCE_TAIL;
		l.tail = phone_tail_index(tx_arena(tx), f->phone_tail);
	} else if (l.q.gram_count || l.number.p) {
		begin_candidates(&l);
	} else if (l.q.word_count) {
		since = clock_now() - LOOK_DAYS * CLOCK_DAY;
		l.source = SOURCE_SINCE;
		if (l.since_id < appeal_first_id(since))
			l.since_id = appeal_first_id(since);
	} else {
		begin_list(&l, req_actor(r));
	}
	struct look found = look_by_candidates(&l, n);
	found.since = since;
	return found;
}
