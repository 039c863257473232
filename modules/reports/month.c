/*
 * A month of figures: how it stands, what may be done with it, and when.
 */
#include <inttypes.h>
#include <string.h>

#include "action.h"
#include "clock.h"
#include "reports/month.h"
#include "setting.h"

const struct setting month_settings[] = {
	{ "report_preview_days", SETTING_INT, "3", .min = 0, .max = 31, .unit = "working days",
	  .help = "After the month's last day the departments see the preview." },
	{ "report_objection_days", SETTING_INT, "5", .min = 0, .max = 31,
	  .unit = "working days",
	  .help = "Until the end of this day departments may object to a preview." },
	{ "report_freeze_days", SETTING_INT, "7", .min = 0, .max = 62, .unit = "working days",
	  .help = "After the month's last day its figures are frozen." },
	{ "report_publish_days", SETTING_INT, "8", .min = 0, .max = 62, .unit = "working days",
	  .help = "After the month's last day its figures are published." },
	{ "report_by_itself", SETTING_CHOICE, "nothing",
	  .choices = (const char *const[]){ "nothing", "preview", "freeze", "publish", NULL },
	  .help = "How far a month goes by itself on its days; the rest is done by hand." },
	{ "report_preview_persons", SETTING_LIST, "",
	  .help = "Logins and names of keys that may open a preview; empty: every supervisor "
		  "and leader." },
	{ "report_freeze_persons", SETTING_LIST, "",
	  .help = "Logins and names of keys of leaders who may freeze a month; empty: every "
		  "leader." },
	{ "report_publish_persons", SETTING_LIST, "",
	  .help = "Logins and names of keys of leaders who may publish a month; empty: every "
		  "leader." },
	{ "report_ranking", SETTING_BOOL, "false",
	  .help = "Whether departments of a peer group are ranked at all." },
	{ "report_ranking_least", SETTING_INT, "20", .min = 20, .max = 100000, .unit = "cases",
	  .help = "Smallest base, pooled over three months, that is ranked." },
	{ "report_ranking_coverage", SETTING_INT, "60", .min = 0, .max = 100, .unit = "percent",
	  .help = "Below this visit coverage satisfaction is not ranked." },
	{ "rhythm_by_itself", SETTING_BOOL, "false",
	  .help = "Whether weekly lists, monthly analyses and quarterly summaries are frozen "
		  "by themselves; otherwise by hand." },
	{ 0 }
};

bool month_number_of(const struct period *period, struct str name, uint32_t *ret_number)
{
	struct civil first = civil_of_day(day_of_instant(period->t0));

	if (name.n != 7 || name.p[5] == 'Q')
		return false;
	*ret_number = (uint32_t)(first.year * 100 + first.month);
	return true;
}

static struct period period_of(uint32_t number)
{
	int32_t year = (int32_t)(number / 100), month = (int32_t)(number % 100);

	return (struct period){
		.t0 = month_start(year, month), .t1 = month_start(year, month + 1),
		.now = clock_now(),
	};
}

struct month month_read(struct tx *tx, uint32_t number)
{
	struct month month = { .number = number, .period = period_of(number) };

	if (sql_reports_month_read(tx, (struct sql_reports_month_read){ .month = number },
				   &month.row))
		month.state = (enum month_state)month.row.state;
	if (month.state >= MONTH_FROZEN) {
		month.period.freeze = month.row.frozen_at;
		month.period.now = month.row.frozen_at;
	}
	return month;
}

struct str month_name(struct arena *a, uint32_t number)
{
	return arena_printf(a, "%04" PRIu32 "-%02" PRIu32, number / 100, number % 100);
}

/* Start of the n-th working day behind the month's last; 0 where the calendar ends before. */
static int64_t day_behind(const struct reference *ref, const struct month *month,
			  const char *setting)
{
	int32_t last = day_of_instant(month->period.t1) - 1;
	int32_t day;

	return calendar_add_working_days(ref->calendar, last, (int32_t)setting_int(setting),
					 &day) ? day_start(day) : 0;
}

struct month_days month_days(const struct reference *ref, const struct month *month)
{
	int64_t objections = day_behind(ref, month, "report_objection_days");

	return (struct month_days){
		.preview_from = day_behind(ref, month, "report_preview_days"),
		.objections_until = objections ?
			objections + CALENDAR_DAY - CALENDAR_SECOND : 0,
		.freeze_from = day_behind(ref, month, "report_freeze_days"),
		.publish_from = day_behind(ref, month, "report_publish_days"),
	};
}

bool req_month(struct req *r, struct month *ret_month)
{
	struct str name = req_path(r, "period");
	struct period period;
	uint32_t number;

	if (!period_parse(name.p, name.n, &period) ||
	    !month_number_of(&period, name, &number)) {
		req_error(r, "#/path/period", "bad_period", "A month is written 2026-03.");
		return false;
	}
	*ret_month = month_read(req_tx(r), number);
	return true;
}

/* ---- steps ---- */

static const char *const step_names[MONTH_STEPS] = {
	"preview", "freeze", "publish", "corrections", "objections", "answer", "statements",
};

bool month_step_is_legal(const struct month *month, enum month_step step)
{
	static const uint32_t legal[MONTH_STEPS] = {
		[STEP_PREVIEW] = 1u << MONTH_OPEN,
		[STEP_FREEZE] = 1u << MONTH_OPEN | 1u << MONTH_PREVIEW,
		[STEP_PUBLISH] = 1u << MONTH_FROZEN,
		[STEP_CORRECT] = 1u << MONTH_FROZEN | 1u << MONTH_PUBLISHED,
		[STEP_OBJECT] = 1u << MONTH_PREVIEW,
		[STEP_ANSWER] = 1u << MONTH_PREVIEW,
		[STEP_STATEMENT] = 1u << MONTH_PREVIEW | 1u << MONTH_FROZEN,
	};

	/* While it runs, nothing of a month is final enough to be shown or frozen. */
	return clock_now() >= month->period.t1 && (legal[step] >> month->state & 1);
}

struct reply reply_month_step(struct req *r, const struct month *month)
{
	const char *names[MONTH_STEPS + 1] = { NULL };
	size_t n = 0;

	for (int step = 0; step < MONTH_STEPS; step++)
		if (month_step_is_legal(month, (enum month_step)step))
			names[n++] = step_names[step];
	if (clock_now() < month->period.t1)
		return reply_conflict(r, "month_runs", names,
				      "The month is not over yet; its figures still move.");
	return reply_conflict(r, "illegal_step", names,
			      "This is not possible as the month stands.");
}

bool month_person_may(const struct actor *actor, const char *setting)
{
	struct str list = setting_str(setting);

	if (str_is_empty(list))
		return true;
	while (list.n) {
		const char *comma = memchr(list.p, ',', list.n);
		struct str name = { list.p, comma ? (size_t)(comma - list.p) : list.n };

		list.n -= name.n + (comma != NULL);
		list.p += name.n + (comma != NULL);
		while (name.n && name.p[0] == ' ')
			name = (struct str){ name.p + 1, name.n - 1 };
		while (name.n && name.p[name.n - 1] == ' ')
			name.n--;
		if (str_eq(name, actor->name))
			return true;
	}
	return false;
}

/* ---- showing ---- */

void month_write(struct json *j, struct tx *tx, const struct month *month)
{
	struct month_days days = month_days(reference_of(tx), month);

	json_object(j, "life");
	json_time(j, "preview_from", days.preview_from);
	json_time(j, "objections_until", days.objections_until);
	json_time(j, "freeze_from", days.freeze_from);
	json_time(j, "publish_from", days.publish_from);
	json_time(j, "previewed_at", month->row.previewed_at);
	json_str(j, "previewed_by", month->row.previewed_by);
	json_time(j, "frozen_at", month->row.frozen_at);
	json_str(j, "frozen_by", month->row.frozen_by);
	json_time(j, "published_at", month->row.published_at);
	json_str(j, "published_by", month->row.published_by);
	json_close(j);
}
