/*
 * Reports: the measures of a period, whole and per department, by the API and by a command.
 */
#include <inttypes.h>
#include <stdio.h>

#include "bounds.h"
#include "clock.h"
#include "matter.h"
#include "module.h"
#include "reports/bundle.h"
#include "reports/corrections.h"
#include "reports/export.h"
#include "reports/month.h"
#include "reports/ranking.h"
#include "reports/rhythm.h"
#include "sealing.h"

/* ---- what is asked ---- */

const char *const scope_names[SCOPES + 1] = { "all", "110", "12345", "enterprise", NULL };

_Static_assert(CHANNEL_110 == 1 && CHANNEL_12345 == 2 && CHANNEL_ENTERPRISE == 3,
	       "scopes stand in the order of channels");

bool question_read(struct str name, int scope, struct question *ret_question)
{
	*ret_question = (struct question){
		.name = name, .scope = scope < 0 ? 0 : (uint32_t)scope,
	};
	if (!period_parse(name.p, name.n, &ret_question->period))
		return false;
	ret_question->period.now = clock_now();
	if (!month_number_of(&ret_question->period, name, &ret_question->month))
		ret_question->months = name.n == 4 ? 12 : name.n == 7 ? 3 : 0;
	return true;
}

bool req_question(struct req *r, struct question *ret_question)
{
	int scope = -1;
	bool is_good = req_query_choice(r, "scope", scope_names, &scope);

	if (!question_read(req_path(r, "period"), scope, ret_question)) {
		req_error(r, "#/path/period", "bad_period",
			  "A period is written 2026-03, 2026-Q1, 2026, 2026-W10 or 2026-03-05.");
		is_good = false;
	}
	return is_good;
}

struct str own_unit(const struct actor *actor)
{
	bool is_of_one = (actor->role & ROLE_DEPARTMENT) || is_unit_supervisor(actor);

	return is_of_one ? actor->unit : STR_NONE;
}

/* ---- the figures ---- */

void rate_write(struct json *j, const char *name, struct rate rate, uint64_t target)
{
	char text[RATE_TEXT_BYTES];
	enum verdict verdict = rate_meets(rate, target);

	json_object(j, name);
	json_u64(j, "num", rate.num);
	json_u64(j, "den", rate.den);
	json_text(j, "rate", rate_text(rate, target, text, sizeof(text)));
	if (verdict == VERDICT_NONE)
		json_null(j, "meets");
	else
		json_bool(j, "meets", verdict == VERDICT_MET);
	json_close(j);
}

void measures_write(struct json *j, const struct tally *tally, const struct rule_set *rules)
{
	json_object(j, "measures");
	for (int i = 0; i < MEASURES; i++) {
		if (measures[i].den)
			rate_write(j, measures[i].name, tally->rate[i], rules->target);
		else
			json_u64(j, measures[i].name, tally->rate[i].num);
	}
	json_close(j);
}

static void write_place(struct json *j, const struct report *report,
			const struct place *place, const struct tally *tally,
			const struct statements *statements)
{
	json_object(j, NULL);
	json_str(j, "department", place->code);
	json_str(j, "name", place->name);
	json_str(j, "peer_group", place->peer_group);
	measures_write(j, tally, report->rules);
	if (statements)
		statements_write(j, statements, place->code);
	json_close(j);
}

static const char *state_of(const struct report *report)
{
	static const char *const states[] = { "open", "preview", "frozen", "frozen" };

	return states[report->month ? report->month->state : MONTH_OPEN];
}

static bool is_shown(const struct place *place, struct str only)
{
	return !only.p || str_eq(place->code, only);
}

static void write_head(struct json *j, const struct report *report)
{
	const struct question *question = &report->question;
	char version[24];

	snprintf(version, sizeof(version), "%" PRIu64, report->calendar_version);
	json_str(j, "period", question->name);
	json_text(j, "scope", scope_names[question->scope]);
	json_text(j, "state", state_of(report));
	json_time(j, "as_of", question->period.now);
	json_text(j, "rule_set", report->rules->version);
	json_text(j, "calendar", version);
	json_u64(j, "target", report->rules->target);
}

/* `only`: the one department whose rows may be seen; absent for those who see all. */
static void report_write(struct json *j, struct tx *tx, const struct report *report,
			 struct str only)
{
	const struct statements *statements = report->month ?
		statements_read(tx, report->month->number) : NULL;

	json_object(j, NULL);
	write_head(j, report);
	json_object(j, "total");
	measures_write(j, &report->total, report->rules);
	json_close(j);
	json_array(j, "departments");
	for (size_t i = 0; i < report->place_count; i++) {
		const struct place *place = &report->places[i];
		if (place->has_tasks && is_shown(place, only))
			write_place(j, report, place, &place->own, statements);
	}
	json_close(j);
	json_array(j, "roll_up");
	for (size_t i = 0; i < report->place_count; i++) {
		const struct place *place = &report->places[i];
		struct tally sum = place_sum(place);
		if (place->has_below && is_shown(place, only))
			write_place(j, report, place, &sum, NULL);
	}
	json_close(j);
	if (report->month)
		month_write(j, tx, report->month);
	corrections_write(j, tx, report, only);
	json_close(j);
}

const struct report *req_report(struct req *r, const struct question *question)
{
	struct seal_proof proof;
	struct report *report;

	tx_consistent_step(req_tx(r));
	report = report_make(req_tx(r), question);
	if (report->bundle && sealed_proof(req_tx(r), ENTRY_MONTH_FROZEN, question->month, 1,
					   &proof))
		report->checkpoint = proof.checkpoint;
	return report;
}

static struct reply reports_show(struct req *r)
{
	struct question question;

	if (!req_question(r, &question))
		return reply_invalid(r);
	const struct report *report = req_report(r, &question);
	report_write(req_json(r), req_tx(r), report, own_unit(req_actor(r)));
	return reply_ok(r);
}

struct reply reply_month(struct req *r, const struct month *month)
{
	struct tx *tx = req_tx(r);
	struct question question;

	if (!question_read(month_name(tx_arena(tx), month->number), 0, &question))
		return reply_missing(r);
	const struct report *report = report_make(tx, &question);
	report_write(req_json(r), tx, report, own_unit(req_actor(r)));
	return reply_ok(r);
}

/* ---- the command ---- */

static const enum measure printed[] = {
	MEASURE_ON_TIME, MEASURE_COMPLETION, MEASURE_SATISFACTION, MEASURE_VISIT_COVERAGE,
};
enum { RATE_WIDTH = 22, CODE_WIDTH = 12 };

static void print_row(struct buf *out, struct str code, const struct tally *tally,
		      struct str name)
{
	uint64_t target = rule_set_shipped.target;
	char rate[RATE_TEXT_BYTES], cell[96];

	buf_printf(out, "%-*.*s", CODE_WIDTH, STR_ARG(code));
	for (size_t i = 0; i < array_count(printed); i++) {
		struct rate value = tally->rate[printed[i]];
		if (rate_text(value, target, rate, sizeof(rate)))
			snprintf(cell, sizeof(cell), "%s%% %" PRIu64 "/%" PRIu64 "%s", rate,
				 value.num, value.den,
				 rate_meets(value, target) == VERDICT_MISSED ? " *" : "");
		else
			snprintf(cell, sizeof(cell), "- 0/0");
		buf_printf(out, "%-*s", RATE_WIDTH, cell);
	}
	buf_printf(out, "%8" PRIu64 "%8" PRIu64 "  %.*s\n",
		   tally->rate[MEASURE_OVERDUE_STOCK].num,
		   tally->rate[MEASURE_WITHIN_LIMIT].num, STR_ARG(name));
}

static void print_report(struct buf *out, const struct report *report)
{
	const struct question *question = &report->question;
	char at[40];

	clock_format(question->period.now, at, sizeof(at));
	buf_printf(out, "%.*s, scope %s, as of %s, rule set %s, calendar %" PRIu64
		   "; * misses the target of %" PRIu64 "%%\n\n", STR_ARG(question->name),
		   scope_names[question->scope], at, rule_set_shipped.version,
		   report->calendar_version, rule_set_shipped.target);
	buf_printf(out, "%-*s", CODE_WIDTH, "department");
	for (size_t i = 0; i < array_count(printed); i++)
		buf_printf(out, "%-*s", RATE_WIDTH, measures[printed[i]].name);
	buf_printf(out, "%8s%8s  name\n", "overdue", "within");
	for (size_t i = 0; i < report->place_count; i++)
		if (report->places[i].has_tasks)
			print_row(out, report->places[i].code, &report->places[i].own,
				  report->places[i].name);
	print_row(out, STR("total"), &report->total, STR(""));
	for (size_t i = 0; i < report->place_count; i++) {
		struct tally sum = place_sum(&report->places[i]);
		if (report->places[i].has_below)
			print_row(out, report->places[i].code, &sum, STR("with all below it"));
	}
}

struct report_call {
	struct str period;
	int scope;
	bool is_json;
	bool is_period;		/* out: the period could be read */
	struct buf out;
};

static void run_report(struct tx *tx, void *arg)
{
	struct report_call *call = arg;
	struct question question;
	struct json j;

	buf_clear(&call->out);
	call->is_period = question_read(call->period, call->scope, &question);
	if (!call->is_period)
		return;
	tx_consistent_view(tx);
	const struct report *report = report_make(tx, &question);
	if (call->is_json) {
		json_init(&j, &call->out);
		report_write(&j, tx, report, STR_NONE);
		buf_add_byte(&call->out, '\n');
	} else {
		print_report(&call->out, report);
	}
}

static bool read_arguments(const struct command_call *call, struct report_call *report)
{
	for (int i = 1; i < call->argc; i++) {
		struct str word = str_of(call->argv[i]);
		if (str_is(word, "--json")) {
			report->is_json = true;
		} else if (str_is(word, "--scope") && i + 1 < call->argc) {
			report->scope = str_index(str_of(call->argv[++i]), scope_names);
			if (report->scope < 0)
				return false;
		} else if (!report->period.p && word.n && word.p[0] != '-') {
			report->period = word;
		} else {
			return false;
		}
	}
	return report->period.p != NULL;
}

static const char report_usage[] = "PERIOD [--scope all|110|12345|enterprise] [--json]";

static int report_command(const struct command_call *call)
{
	struct report_call report = { .is_json = false };
	bool is_done;

	if (!read_arguments(call, &report)) {
		fprintf(stderr, "usage: liandong report %s\n", report_usage);
		return 2;
	}
	buf_init(&report.out, LIMIT_REPLY_BYTES);
	is_done = call->transact(run_report, &report) && !report.out.overflow;
	if (is_done)
		fwrite(report.out.p, 1, report.out.n, stdout);
	buf_free(&report.out);
	if (is_done && !report.is_period) {
		fprintf(stderr, "%s is no period: write 2026-03, 2026-Q1, 2026, 2026-W10 or "
			"2026-03-05.\n", report.period.p);
		return 2;
	}
	return is_done ? 0 : 1;
}

/* ---- tables ---- */

static const struct command commands[] = {
	{ "report", report_usage,
	  "Prints the measures of a month, quarter, year, week or day, per department.",
	  report_command },
	{ 0 }
};

static const struct job jobs[] = {
	{ "reports.months", CLOCK_SECOND, month_run, .is_domain = true,
	  .next_due = month_next_due },
	{ "reports.rhythm", CLOCK_SECOND, rhythm_run, .is_domain = true,
	  .next_due = rhythm_next_due },
	{ 0 }
};

static const struct hook hooks[] = {
	{ EVENT_TASK_COMPLETED, keep_submission },
	{ EVENT_TASK_REVIEW_FAILED, keep_refused },
	{ EVENT_TASK_REVIEW_PASSED, keep_passed },
	{ EVENT_TASK_RETURN_ACCEPTED, keep_ended },
	{ EVENT_TASK_RULED, keep_ended },
	{ EVENT_TASK_WITHDRAWN, keep_ended },
	{ EVENT_TASK_CARD, rhythm_keep_mark },
	{ EVENT_TASK_REDO, rhythm_keep_mark },
	{ EVENT_TASK_RULED, rhythm_keep_mark },
	{ EVENT_TASK_RETURN_REQUESTED, rhythm_keep_mark },
	{ EVENT_TASK_ON_ACCOUNT, rhythm_keep_mark },
	{ EVENT_TASK_OFF_ACCOUNT, rhythm_keep_mark },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(reports_show), .lane = LANE_SLOW, .query = "scope" },
	{ ROUTE(month_preview_route), .lane = LANE_SLOW, .is_in_one_view = true },
	{ ROUTE(month_freeze_route), .lane = LANE_SLOW, .is_in_one_view = true },
	{ ROUTE(month_publish_route), .lane = LANE_SLOW, .is_in_one_view = true },
	{ ROUTE(corrections_add), .lane = LANE_SLOW, .is_in_one_view = true },
	{ ROUTE(corrections_show) },
	{ ROUTE(bundle_show), .lane = LANE_SLOW },
	{ ROUTE(objections_list), .query = "limit cursor" },
	{ ROUTE(objections_add) },
	{ ROUTE(objections_answer) },
	{ ROUTE(statements_put), .lane = LANE_SLOW, .is_in_one_view = true },
	{ ROUTE(reports_csv), .lane = LANE_SLOW, .query = "scope" },
	{ ROUTE(reports_praised_csv), .lane = LANE_SLOW },
	{ ROUTE(reports_xlsx), .lane = LANE_SLOW, .query = "scope" },
	{ ROUTE(reports_pdf), .lane = LANE_SLOW, .query = "scope" },
	{ ROUTE(reports_tasks_csv), .lane = LANE_SLOW, .query = "scope department" },
	{ ROUTE(reports_tasks), .lane = LANE_SLOW,
	  .query = "department measure part scope limit cursor" },
	{ ROUTE(ranking_show), .lane = LANE_SLOW, .query = "measure scope" },
	{ ROUTE(pilot_show), .lane = LANE_SLOW, .query = "department scope" },
	{ ROUTE(laboratory_run), .lane = LANE_SLOW, .is_read_only = true },
	{ ROUTE(rhythm_show), .lane = LANE_SLOW },
	{ ROUTE(rhythm_freeze), .lane = LANE_SLOW, .is_in_one_view = true },
	{ 0 }
};

const struct module reports_module = {
	.name = "reports",
	.purpose = "Counts a period's measures, opens each number into its tasks, exports both.",
	.routes = routes,
	.commands = commands,
	.settings = month_settings,
	.jobs = jobs,
	.hooks = hooks,
};
