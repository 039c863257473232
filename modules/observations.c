/*
 * What outside supervisors (监督员) see and suggest. They read appeals masked and write what
 * they think of one, or of the work as a whole; supervisors read all of it and answer, once.
 * It moves nothing by itself. What is about an appeal stands in its history, where the centre
 * sees it; the text stays here.
 */
#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "matter.h"
#include "module.h"
#include "sightings.h"

#include "observations_sql.h"

enum observation_kind { OBSERVATION = 1, SUGGESTION };	/* stored */
static const char *const kind_names[] = { "observation", "suggestion", NULL };
static const char *const standing_names[] = { "open", "answered", NULL };

typedef struct sql_observations_page_row observation_row;

static void write_observation(struct req *r, const observation_row *row)
{
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_u64(j, "id", row->id);
	json_text(j, "kind", kind_names[row->kind - 1]);
	json_str(j, "appeal", row->appeal_id ? appeal_reference(req_arena(r), row->appeal_id) :
					       STR_NONE);
	json_str(j, "text", row->text);
	json_text(j, "state", standing_names[row->answered_at > 0]);
	json_time(j, "made_at", row->made_at);
	json_str(j, "made_by", row->made_by_name);
	json_str(j, "answer", row->answer);
	json_time(j, "answered_at", row->answered_at);
	json_str(j, "answered_by", row->answered_by);
	json_close(j);
}

/* ---- writing ---- */

struct observation_form {
	int kind;
	struct str appeal, text;
};

#define AT(member) offsetof(struct observation_form, member)
static const struct field observation_fields[] = {
	{ "kind", FIELD_CHOICE, AT(kind), .required = true, .choices = kind_names },
	{ "appeal", FIELD_LINE, AT(appeal), .null_ok = true, .max = 20 },
	{ "text", FIELD_TEXT, AT(text), .required = true, .max = LIMIT_NOTE_CHARS },
	{ 0 }
};
#undef AT

/* The appeal that it is about, if any; an observation is about one. */
static bool read_about(struct req *r, const struct observation_form *f, struct matter *ret_matter)
{
	if (f->kind + 1 == OBSERVATION && !f->appeal.p)
		req_error(r, "#/appeal", "required", "An observation is about an appeal: give "
			  "its number. What is about none is a suggestion.");
	else if (f->appeal.p && !matter_read(req_tx(r), appeal_id_of(f->appeal), ret_matter))
		req_error(r, "#/appeal", "unknown_appeal", "There is no such appeal.");
	return !req_has_errors(r);
}

static void publish(struct req *r, const observation_row *row, struct appeal *appeal)
{
	struct event event = {
		.kind = EVENT_APPEAL_OBSERVED, .at = row->made_at, .by = req_actor(r),
		.appeal = appeal,
	};
	const struct particular says[] = {
		SAY("kind", str_of(kind_names[row->kind - 1])), SAY_NUMBER("observation",
									   (int64_t)row->id),
	};

	event_says(req_arena(r), &event, says);
	emit(req_tx(r), event.kind, &event);
}

static struct reply observations_add(struct req *r)
{
	const struct actor *actor = req_actor(r);
	struct observation_form form;
	struct matter m = { .task_count = 0 };

	if (!req_form(r, observation_fields, &form) || !read_about(r, &form, &m))
		return reply_invalid(r);
	observation_row row = {
		.id = tx_sequence(req_tx(r), "observations_observation"),
		.kind = (uint32_t)form.kind + 1, .appeal_id = m.appeal.id, .text = form.text,
		.made_at = clock_now(), .made_by_name = actor->name,
	};
	sql_observations_add(req_tx(r), (struct sql_observations_add){
		.id = row.id, .kind = row.kind, .appeal_id = row.appeal_id, .text = row.text,
		.made_at = row.made_at, .made_by_kind = actor->kind, .made_by = actor->id,
		.made_by_name = row.made_by_name,
	});
	if (row.appeal_id)
		publish(r, &row, &m.appeal);
	write_observation(r, &row);
	return reply_created(r, "/api/v1/observations/%" PRIu64, row.id);
}

/* ---- reading ---- */

/* Whose alone are shown; of nobody in particular for who sees all. */
static struct sql_observations_page asked_of(const struct req *r)
{
	const struct actor *actor = req_actor(r);
	bool is_own = req_relation(r) == RELATION_OWN;

	return (struct sql_observations_page){
		.made_by_kind = is_own ? actor->kind : ACTOR_NOBODY,
		.made_by = is_own ? actor->id : 0,
	};
}

/* The one of the path {id}, if the actor may know of it. */
static bool req_observation(struct req *r, observation_row *ret_row)
{
	struct sql_observations_page asked = asked_of(r);
	uint64_t id;

	*ret_row = (observation_row){ 0 };
	if (!str_to_u64(req_path(r, "id"), &id) || id == 0)
		return false;
	asked.after = id - 1;
	asked.n = 1;
	struct rows *rows = sql_observations_page(req_tx(r), asked);
	return sql_observations_page_next(rows, ret_row) && ret_row->id == id;
}

static struct reply observations_show(struct req *r)
{
	observation_row row;

	if (!req_observation(r, &row))
		return reply_missing(r);
	write_observation(r, &row);
	if (row.appeal_id)
		sighting_keep(r, SIGHT_APPEAL, row.appeal_id);
	return reply_ok(r);
}

static struct reply observations_list(struct req *r)
{
	struct sql_observations_page asked = asked_of(r);
	observation_row row = { 0 };
	struct page page;
	uint64_t last = 0, appeals[LIMIT_PAGE_MAX];
	uint32_t n = 0, seen = 0;
	int standing;

	bool is_read = req_query_choice(r, "state", standing_names, &standing);
	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	asked.after = page.key1;
	asked.standing = (uint32_t)(standing + 1);
	asked.n = page.limit + 1;
	struct rows *rows = sql_observations_page(req_tx(r), asked);
	page_open(r);
	while (sql_observations_page_next(rows, &row) && n++ < page.limit) {
		write_observation(r, &row);
		last = row.id;
		if (row.appeal_id)
			appeals[seen++] = row.appeal_id;
	}
	sighting_keep_list(r, SIGHT_LIST, appeals, seen);
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}

/* ---- answering ---- */

struct answer_form {
	struct str answer;
};

static const struct field answer_fields[] = {
	{ "answer", FIELD_TEXT, offsetof(struct answer_form, answer), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

static struct reply observations_answer(struct req *r)
{
	static const char *const nothing[] = { NULL };
	struct answer_form form;
	observation_row row;

	if (!req_observation(r, &row))
		return reply_missing(r);
	if (!req_form(r, answer_fields, &form))
		return reply_invalid(r);
	if (row.answered_at)
		return reply_conflict(r, "already_answered", nothing,
				      "This one has its answer.");
	row.answer = form.answer;
	row.answered_at = clock_now();
	row.answered_by = req_actor(r)->name;
	sql_observations_answer(req_tx(r), (struct sql_observations_answer){
		.id = row.id, .answer = row.answer, .at = row.answered_at,
		.by_name = row.answered_by,
	});
	write_observation(r, &row);
	return reply_ok(r);
}

static const struct route routes[] = {
	{ ROUTE(observations_add) },
	{ ROUTE(observations_list), .query = "limit cursor state" },
	{ ROUTE(observations_show) },
	{ ROUTE(observations_answer) },
	{ 0 }
};

const struct module observations_module = {
	.name = "observations",
	.purpose = "Keeps what outside supervisors see and suggest, and what they are answered.",
	.routes = routes,
};
