/*
 * Proposals of category and department while an appeal is typed, each with its reason, and what
 * the deadlines will be. Nothing is applied by a proposal; how often each rule's are accepted is
 * counted, so that administrators see which keywords mislead.
 *
 * "Alike" are appeals of the last days whose text shares the rarest of its grams with this one
 * (finding.h), of the same area where one is given.
 */
#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "dispatching.h"
#include "finding.h"
#include "matter.h"
#include "module.h"
#include "rules/suggest.h"
#include "suggesting.h"

#include "suggestions_sql.h"

enum {
	ALIKE_DAYS = 30,
	ALIKE_MOST = 200,
	ALIKE_SHARED_LEAST = 3,	/* of FINDING_RAREST grams */
	FIGURES_DAYS = 90,
};

void suggestion_keep(struct tx *tx, uint64_t appeal_id, struct str rule, bool is_accepted)
{
	sql_suggestions_insert(tx, (struct sql_suggestions_insert){
		.appeal_id = appeal_id, .rule = rule, .is_accepted = is_accepted,
	});
}

/* ---- what is asked ---- */

struct suggest_form {
	struct str title, text, area, address, category;
	int content_class;
	bool is_urgent;
};

#define AT(member) .offset = offsetof(struct suggest_form, member)

static const struct field suggest_fields[] = {
	{ "title", FIELD_LINE, AT(title), .null_ok = true, .max = 200 },
	{ "text", FIELD_TEXT, AT(text), .max = LIMIT_TEXT_CHARS },
	{ "area", FIELD_CODE, AT(area), .null_ok = true, .max = 16 },
	{ "address", FIELD_LINE, AT(address), .null_ok = true, .max = 200 },
	{ "category", FIELD_CODE, AT(category), .null_ok = true, .max = 16 },
	{ "content_class", FIELD_CHOICE, AT(content_class), .null_ok = true,
	  .choices = content_class_names },
	{ "urgent", FIELD_BOOL, AT(is_urgent) },
	{ 0 }
};

static void check_form(struct req *r, const struct suggest_form *f)
{
	const struct reference *ref = reference_of(req_tx(r));

	if (!f->text.p)
		req_error(r, "#/text", "required", "Say what has been typed so far.");
	if (f->category.p && !reference_category(ref, f->category))
		req_error(r, "#/category", "unknown_code",
			  "There is no such category; GET /api/v1/catalogue lists them.");
	if (f->area.p && !reference_area(ref, f->area))
		req_error(r, "#/area", "unknown_code",
			  "There is no such area; GET /api/v1/catalogue lists them.");
}

static struct str words_of(struct arena *a, const struct suggest_form *f)
{
	return arena_printf(a, "%.*s\n%.*s\n%.*s", STR_ARG(f->title), STR_ARG(f->text),
			    STR_ARG(f->address));
}

/* ---- appeals alike ---- */

static uint32_t read_alike(struct req *r, const struct suggest_form *f, struct str words,
			   struct suggest_alike *out)
{
	struct finding found[ALIKE_MOST];
	uint64_t ids[ALIKE_MOST];
	struct sql_suggestions_alike_row row = { 0 };
	uint32_t n = 0, count = 0;
	uint32_t all = finding_alike(req_tx(r), words,
				     appeal_first_id(clock_now() - ALIKE_DAYS * CLOCK_DAY),
				     found, ALIKE_MOST);

	for (uint32_t i = 0; i < all; i++)
		if (found[i].shared_grams >= ALIKE_SHARED_LEAST)
			ids[n++] = found[i].appeal_id;
	if (!n)
		return 0;
	struct rows *rows = sql_suggestions_alike(req_tx(r), (struct sql_suggestions_alike){
		.ids = ids_json(req_arena(r), ids, n), .area = f->area.p ? f->area : STR(""),
	});
	while (sql_suggestions_alike_next(rows, &row))
		out[count++] = (struct suggest_alike){
			arena_str(req_arena(r), row.category),
			arena_str(req_arena(r), row.department),
		};
	return count;
}

/* ---- the answer ---- */

static void write_alike(struct req *r, const struct suggest_form *f,
			const struct suggestion *s, uint32_t handled)
{
	const struct area *area = f->area.p ?
		reference_area(reference_of(req_tx(r)), f->area) : NULL;
	struct json *j = req_json(r);

	json_object(j, "alike");
	json_u64(j, "days", ALIKE_DAYS);
	json_str(j, "place", area ? area->name : STR_NONE);
	json_u64(j, "count", s->alike);
	json_u64(j, "handled_there", handled);
	json_close(j);
}

static void write_suggestion(struct req *r, const struct suggest_form *f,
			     const struct suggestion *s, const struct suggest_alike *alike,
			     uint32_t n)
{
	const struct catalogue_row *row = reference_route(
		reference_of(req_tx(r)), s->category->code, f->area.p ? f->area : STR("*"));
	struct str department = row ? row->department : STR_NONE;
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_str(j, "rule", suggest_rule(req_arena(r), s->is_by_words, s->category->code));
	json_str(j, "category", s->category->code);
	json_str(j, "department", department);
	json_array(j, "words");
	for (uint32_t i = 0; i < s->word_count; i++)
		json_str(j, NULL, s->words[i]);
	json_close(j);
	write_alike(r, f, s, suggest_handled(alike, n, s->category->code, department));
	json_close(j);
}

static void write_expected(struct req *r, const struct suggest_form *f)
{
	const struct appeal appeal = {
		.category = f->category, .area = f->area, .is_urgent = f->is_urgent,
		.content_class = (enum content_class)(f->content_class < 0 ? 0 :
						      f->content_class),
	};
	struct json *j = req_json(r);
	struct task task;

	if (!f->category.p || !f->area.p || f->content_class < 0 ||
	    !dispatch_expected(reference_of(req_tx(r)), &appeal, clock_now(), &task)) {
		json_null(j, "expected");
		return;
	}
	json_object(j, "expected");
	json_str(j, "department", task.department);
	json_array(j, "assist");
	json_close(j);
	json_text(j, "limit_class", limit_class_names[task.limit_class]);
	json_time(j, "sign_due", task.sign_due);
	json_time(j, "contact_due", task.contact_due);
	json_time(j, "due", task.due);
	json_close(j);
}

static struct reply suggestions_show(struct req *r)
{
	struct suggest_alike *alike = arena_array_of(req_arena(r), struct suggest_alike,
						     ALIKE_MOST);
	struct suggestion found[SUGGEST_MOST];
	struct json *j = req_json(r);
	struct suggest_form form;

	bool is_read = req_form(r, suggest_fields, &form);
	check_form(r, &form);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	struct str words = words_of(req_arena(r), &form);
	uint32_t n = read_alike(r, &form, words, alike);
	uint32_t count = suggest(req_arena(r), reference_of(req_tx(r)), words, alike, n, found);

	json_object(j, NULL);
	json_array(j, "suggestions");
	for (uint32_t i = 0; i < count; i++)
		write_suggestion(r, &form, &found[i], alike, n);
	json_close(j);
	write_expected(r, &form);
	json_close(j);
	return reply_ok(r);
}

/* ---- how often they are accepted ---- */

static void write_figure(struct req *r, const struct sql_suggestions_figures_row *row)
{
	const struct category *category = NULL;
	uint64_t hundredths = (row->accepted * 20000 + row->shown) / (2 * row->shown);
	struct json *j = req_json(r);
	struct str code;

	if (suggest_rule_read(row->rule, &code))
		category = reference_category(reference_of(req_tx(r)), code);
	json_object(j, NULL);
	json_str(j, "rule", row->rule);
	json_str(j, "category_name", category ? category->name : STR_NONE);
	json_u64(j, "shown", row->shown);
	json_u64(j, "accepted", row->accepted);
	json_str(j, "rate", arena_printf(req_arena(r), "%" PRIu64 ".%02" PRIu64,
					 hundredths / 100, hundredths % 100));
	json_close(j);
}

static struct reply suggestions_figures(struct req *r)
{
	struct sql_suggestions_figures_row row = { 0 };
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_u64(j, "days", FIGURES_DAYS);
	json_array(j, "items");
	struct rows *rows = sql_suggestions_figures(req_tx(r), (struct sql_suggestions_figures){
		.since_id = appeal_first_id(clock_now() - FIGURES_DAYS * CLOCK_DAY),
	});
	while (sql_suggestions_figures_next(rows, &row))
		write_figure(r, &row);
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

static const struct route routes[] = {
	{ ROUTE(suggestions_show), .is_read_only = true },
	{ ROUTE(suggestions_figures), .lane = LANE_SLOW },
	{ 0 }
};

const struct module suggestions_module = {
	.name = "suggestions",
	.purpose = "Proposes category and department, and counts what is accepted.",
	.routes = routes,
};
