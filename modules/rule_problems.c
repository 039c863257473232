/*
 * Problems of rules (制度废改立): a case may show that a rule should be abolished, amended or
 * made. Whoever handles it in the centre says so, and a leader answers, once. Both are entered
 * into the ledger; neither changes the case.
 */
#include "bounds.h"
#include "clock.h"
#include "matter.h"
#include "module.h"
#include "sealing.h"
#include "sightings.h"

#include "rule_problems_sql.h"

static const char *const proposal_names[] = {	/* stored: index + 1 */
	"abolish", "amend", "make", NULL
};
static const char *const standing_names[] = { "open", "answered", NULL };
enum act { ACT_RAISED = 1, ACT_ANSWERED };	/* numbers of the entries of a problem */

typedef struct sql_rule_problems_page_row problem_row;

static void write_members(struct json *j, struct arena *a, const problem_row *row)
{
	bool is_answered = row->answered_at > 0;

	json_u64(j, "id", row->id);
	json_str(j, "appeal", appeal_reference(a, row->appeal_id));
	json_str(j, "rule", row->rule);
	json_str(j, "problem", row->problem);
	json_text(j, "proposal", proposal_names[row->proposal - 1]);
	json_text(j, "state", standing_names[is_answered]);
	json_time(j, "made_at", row->made_at);
	json_str(j, "made_by", row->made_by);
	json_str(j, "answer", row->answer);
	if (is_answered)
		json_bool(j, "taken_up", row->is_taken_up);
	else
		json_null(j, "taken_up");
	json_time(j, "answered_at", row->answered_at);
	json_str(j, "answered_by", row->answered_by);
}

static void enter(struct tx *tx, const problem_row *row, enum act act)
{
	struct sealed_object object;

	write_members(sealed_object_open(&object, "liandong-rule-problem/1"), tx_arena(tx), row);
	sealed_object_close(&object, tx, &(struct entry){
		.kind = ENTRY_SUPERVISION, .subject = row->id, .number = act,
		.at = act == ACT_RAISED ? row->made_at : row->answered_at });
}

static void write_problem(struct req *r, const problem_row *row)
{
	struct json *j = req_json(r);

	json_object(j, NULL);
	write_members(j, req_arena(r), row);
	json_close(j);
}

/* ---- raising ---- */

struct problem_form {
	struct str rule, problem;
	int proposal;
};

#define AT(member) offsetof(struct problem_form, member)
static const struct field problem_fields[] = {
	{ "rule", FIELD_LINE, AT(rule), .required = true },
	{ "problem", FIELD_TEXT, AT(problem), .required = true, .max = LIMIT_NOTE_CHARS },
	{ "proposal", FIELD_CHOICE, AT(proposal), .required = true, .choices = proposal_names },
	{ 0 }
};
#undef AT

static struct reply problem_raise(struct req *r)
{
	struct problem_form form;
	struct matter m;

	if (!req_matter(r, &m))
		return reply_missing(r);
	if (!req_form(r, problem_fields, &form))
		return reply_invalid(r);
	problem_row row = {
		.id = tx_sequence(req_tx(r), "supervised_item"), .appeal_id = m.appeal.id,
		.rule = form.rule, .problem = form.problem,
		.proposal = (uint32_t)form.proposal + 1, .made_at = clock_now(),
		.made_by = req_actor(r)->name,
	};
	sql_rule_problems_add(req_tx(r), (struct sql_rule_problems_add){
		.id = row.id, .appeal_id = row.appeal_id, .rule = row.rule,
		.problem = row.problem, .proposal = row.proposal, .made_at = row.made_at,
		.made_by = row.made_by,
	});
	enter(req_tx(r), &row, ACT_RAISED);
	write_problem(r, &row);
	return reply_ok(r);
}

/* ---- answering ---- */

struct answer_form {
	struct str answer;
	enum tri taken_up;
};

static const struct field answer_fields[] = {
	{ "answer", FIELD_TEXT, offsetof(struct answer_form, answer), .required = true,
	  .max = LIMIT_NOTE_CHARS },
	{ "taken_up", FIELD_TRI, offsetof(struct answer_form, taken_up), .required = true },
	{ 0 }
};

/* The problem of the path {id}. */
static bool req_problem(struct req *r, problem_row *ret_row)
{
	uint64_t id;

	*ret_row = (problem_row){ 0 };
	if (!str_to_u64(req_path(r, "id"), &id) || id == 0)
		return false;
	struct rows *rows = sql_rule_problems_page(req_tx(r), (struct sql_rule_problems_page){
		.after = id - 1, .n = 1 });
	return sql_rule_problems_page_next(rows, ret_row) && ret_row->id == id;
}

static struct reply problem_answer(struct req *r)
{
	static const char *const nothing[] = { NULL };
	struct answer_form form;
	problem_row row;

	if (!req_problem(r, &row))
		return reply_missing(r);
	bool is_read = req_form(r, answer_fields, &form);
	if (is_read && form.taken_up == TRI_NONE)
		req_error(r, "#/taken_up", "missing",
			  "Say by true or false whether the proposal is taken up.");
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	if (row.answered_at)
		return reply_conflict(r, "already_answered", nothing,
				      "This problem has its answer.");
	row.answer = form.answer;
	row.is_taken_up = form.taken_up == TRI_YES;
	row.answered_at = clock_now();
	row.answered_by = req_actor(r)->name;
	sql_rule_problems_answer(req_tx(r), (struct sql_rule_problems_answer){
		.id = row.id, .answer = row.answer, .is_taken_up = row.is_taken_up,
		.at = row.answered_at, .by_name = row.answered_by,
	});
	enter(req_tx(r), &row, ACT_ANSWERED);
	write_problem(r, &row);
	return reply_ok(r);
}

/* ---- the list ---- */

static struct reply problems_list(struct req *r)
{
	problem_row row = { 0 };
	struct page page;
	uint64_t last = 0, appeals[LIMIT_PAGE_MAX];
	uint32_t n = 0;
	int standing;

	bool is_read = req_query_choice(r, "state", standing_names, &standing);
	if (!req_page(r, &page) || !is_read)
		return reply_invalid(r);
	struct rows *rows = sql_rule_problems_page(req_tx(r), (struct sql_rule_problems_page){
		.after = page.key1, .standing = (uint32_t)(standing + 1), .n = page.limit + 1 });
	page_open(r);
	while (sql_rule_problems_page_next(rows, &row) && n++ < page.limit) {
		write_problem(r, &row);
		last = row.id;
		appeals[n - 1] = row.appeal_id;
	}
	sighting_keep_list(r, SIGHT_LIST, appeals, n < page.limit ? n : page.limit);
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}

/* ---- tables ---- */

static const struct route routes[] = {
	{ ROUTE(problem_raise) },
	{ ROUTE(problems_list), .query = "limit cursor state" },
	{ ROUTE(problem_answer) },
	{ 0 }
};

const struct module rule_problems_module = {
	.name = "rule_problems",
	.purpose = "Keeps what cases show to be wrong with a rule, and what leaders answer.",
	.routes = routes,
};
