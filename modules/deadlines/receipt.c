/*
 * The receipt (时限推算单): why a due time is what it is. The limits of the dispatch with every
 * day counted or skipped, and the changes since, each with its reason.
 */
#include "deadlines/deadlines.h"

#include <stdio.h>

#include "clock.h"
#include "matter.h"

enum { STEPS_MAX = 400, REASON_BYTES = 256 };

/* The calendar and limits the task was made with, not those of today. */
struct rules_then {
	const struct calendar *calendar;
	const struct limit_row *limits;
};

static void write_step(struct json *j, const struct derivation_step *step)
{
	char text[LIMIT_TEXT_BYTES], day[16];

	json_object(j, NULL);
	json_text(j, "date", day_text(step->day, day, sizeof(day)));
	json_bool(j, "counted", step->kind == STEP_COUNTED || step->kind == STEP_RUNNING);
	json_i64(j, "n", step->count);
	json_text(j, "reason", step_reason_text(step, LANGUAGE_ZH, text, sizeof(text)));
	json_text(j, "reason_en", step_reason_text(step, LANGUAGE_EN, text, sizeof(text)));
	json_time(j, "from", step->from);
	json_time(j, "to", step->to);
	json_close(j);
}

/* The rule of a limit and each of its days, into the object that is open. */
static void write_rule(struct json *j, struct limit limit, const struct derivation *derivation)
{
	char text[LIMIT_TEXT_BYTES];

	json_text(j, "rule", limit_rule_text(limit, LANGUAGE_ZH, text, sizeof(text)));
	json_text(j, "rule_en", limit_rule_text(limit, LANGUAGE_EN, text, sizeof(text)));
	json_array(j, "steps");
	for (size_t i = 0; i < derivation->count && i < derivation->max; i++)
		write_step(j, &derivation->steps[i]);
	json_close(j);
}

static struct derivation new_derivation(struct req *r)
{
	return (struct derivation){
		.steps = arena_array_of(req_arena(r), struct derivation_step, STEPS_MAX),
		.max = STEPS_MAX,
	};
}

static void write_limit(struct req *r, const struct rules_then *then, const struct task *t,
			enum limit_kind kind)
{
	struct derivation derivation = new_derivation(r);
	struct limit limit = then->limits->limit[kind];
	const int64_t stored[LIMIT_KINDS] = {
		[LIMIT_SIGN] = t->sign_due, [LIMIT_CONTACT] = t->contact_due,
		[LIMIT_DONE] = t->due,
	};
	struct json *j = req_json(r);

	if (limit_derive(then->calendar, limit, t->dispatched_at, &derivation) !=
	    LIMIT_COMPUTED)
		return;
	json_object(j, NULL);
	json_text(j, "limit", limit_kind_text(kind));
	json_time(j, "start", t->dispatched_at);
	json_time(j, "due", stored[kind]);
	json_time(j, "derived_due", derivation.due);
	write_rule(j, limit, &derivation);
	json_close(j);
}

/* What most people ask for stands on top: the limit for the work itself. One that is typed in
 * has a rule but no steps. */
static void write_done(struct req *r, const struct rules_then *then, const struct task *t)
{
	struct derivation derivation = new_derivation(r);
	struct limit limit = then->limits->limit[LIMIT_DONE];

	if (limit_derive(then->calendar, limit, t->dispatched_at, &derivation) !=
	    LIMIT_BEYOND_CALENDAR)
		write_rule(req_json(r), limit, &derivation);
}

/* ---- changes ---- */

static const char *const change_names[] = { "extended", "paused", "on_account", "calendar" };

static const char *change_reason(const struct change_row *row, struct limit limit,
				 enum language language, char *out, size_t size)
{
	bool is_zh = language == LANGUAGE_ZH;

	switch (row->change.kind) {
	case DUE_EXTENDED:
		snprintf(out, size, is_zh ? "延期 %d %s" : "extended by %d %s",
			 row->change.amount, limit_runs_on(limit) ?
			 (is_zh ? "小时" : "hours") : (is_zh ? "个工作日" : "working days"));
		break;
	case DUE_PAUSED:
		snprintf(out, size, "%s", is_zh ? "挂起期间不计时，剩余时限顺延" :
			 "paused: the time that remained goes on afterwards");
		break;
	case DUE_ON_ACCOUNT:
		snprintf(out, size, "%s", is_zh ? "挂账期间不计时，剩余时限顺延" :
			 "on account: the time that remained goes on afterwards");
		break;
	case DUE_CALENDAR:
		snprintf(out, size, is_zh ? "工作日历调整，按第 %llu 版重新推算，只延后不提前" :
			 "another calendar: reckoned again by version %llu, only ever later",
			 (unsigned long long)row->calendar_version);
		break;
	}
	return out;
}

static void write_change(struct json *j, const struct change_row *row, struct limit limit)
{
	bool is_interval = row->change.kind == DUE_PAUSED ||
			   row->change.kind == DUE_ON_ACCOUNT;
	char reason[REASON_BYTES];

	json_object(j, NULL);
	json_text(j, "kind", change_names[row->change.kind - 1]);
	json_time(j, "at", row->at);
	if (row->change.kind == DUE_EXTENDED)
		json_i64(j, "days", row->change.amount);
	json_time(j, "from", is_interval ? row->change.from : 0);
	json_time(j, "to", is_interval ? row->change.to : 0);
	json_u64(j, "calendar_version", row->calendar_version);
	json_text(j, "reason", change_reason(row, limit, LANGUAGE_ZH, reason, sizeof(reason)));
	json_text(j, "reason_en",
		  change_reason(row, limit, LANGUAGE_EN, reason, sizeof(reason)));
	json_time(j, "due_before", row->due_before);
	json_time(j, "due_after", row->due_after);
	json_close(j);
}

/* The chain, and what would be added to it if a task on hold were taken up now. */
static void write_changes(struct req *r, const struct rules_then *then, const struct task *t)
{
	const struct due_chain *chain = chains_read(req_tx(r), &t->id, 1);
	struct limit limit = then->limits->limit[LIMIT_DONE];
	struct json *j = req_json(r);

	json_array(j, "changes");
	for (uint32_t i = 0; i < chain->n; i++)
		write_change(j, &chain->rows[i], limit);
	json_close(j);
	bool is_held = t->state == TASK_PAUSED || t->state == TASK_ON_ACCOUNT;
	json_time(j, "due_if_resumed_now", !is_held ? 0 :
		  due_while(reference_of(req_tx(r))->calendar, limit, t->due, t->held_since,
			    clock_now()));
}

/* ---- the receipt ---- */

struct reply deadlines_receipt(struct req *r)
{
	static const enum limit_kind shown[] = { LIMIT_SIGN, LIMIT_CONTACT, LIMIT_DONE };
	struct matter m;
	struct task *t;

	if (!req_task(r, &m, &t))
		return reply_missing(r);
	struct rules_book *book = rules_book_new(req_tx(r));
	const struct limits_table *limits = rules_limits(book, t->limits_version);
	struct rules_then then = { .calendar = rules_calendar(book, t->calendar_version) };
	if (!then.calendar || !limits)
		return reply_problem(r, 500, "rules_missing",
				     "The rules of this task cannot be read.");
	then.limits = &limits->row[t->limit_class];
	struct json *j = req_json(r);
	json_object(j, NULL);
	json_str(j, "task", task_reference(req_arena(r), t->id));
	json_text(j, "limit_class", limit_class_names[t->limit_class]);
	json_u64(j, "calendar_version", t->calendar_version);
	json_u64(j, "limits_version", t->limits_version);
	json_u64(j, "catalogue_version", t->catalogue_version);
	json_time(j, "start", t->dispatched_at);
	json_time(j, "due", t->due);
	json_time(j, "original_due", t->original_due);
	write_done(r, &then, t);
	json_array(j, "limits");
	for (size_t i = 0; i < array_count(shown); i++)
		write_limit(r, &then, t, shown[i]);
	json_close(j);
	write_changes(r, &then, t);
	json_close(j);
	return reply_ok(r);
}
