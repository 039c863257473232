/*
 * The life of a weekly list, a monthly analysis and a quarterly summary: shown as things stand
 * until it is frozen, by hand or by itself; once, and from then on as it was sealed.
 */
#include "reports/rhythm.h"

#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "sealing.h"
#include "setting.h"

/* A week's list tells how things stand, so it is made while that is the matter. */
enum { WEEK_LATEST_DAYS = 7, BY_ITSELF_HOUR = 6 };

/* ---- which period ---- */

static bool rhythm_of(struct str name, struct rhythm *ret)
{
	struct period period;

	if (name.n < 7 || name.n > 8 || !period_parse(name.p, name.n, &period))
		return false;
	struct civil last = civil_of_day(day_of_instant(period.t1) - 1);
	*ret = (struct rhythm){
		.kind = name.p[5] == 'W' ? RHYTHM_WEEK : name.p[5] == 'Q' ? RHYTHM_QUARTER :
								      RHYTHM_MONTH,
		.name = name, .period = period,
		.ends = (uint32_t)(last.year * 10000 + last.month * 100 + last.day),
	};
	return true;
}

static bool req_rhythm(struct req *r, struct rhythm *ret)
{
	if (rhythm_of(req_path(r, "period"), ret))
		return true;
	req_error(r, "#/path/period", "bad_period",
		  "A period of the rhythm is written 2026-W10, 2026-03 or 2026-Q1.");
	return false;
}

static bool is_frozen(struct tx *tx, const struct rhythm *rhythm)
{
	struct sql_reports_rhythm_read_row row = { 0 };

	return sql_reports_rhythm_read(tx, (struct sql_reports_rhythm_read){
		.kind = rhythm->kind, .ends = rhythm->ends }, &row);
}

/* ---- freezing ---- */

/* Empty when somebody else was first, or the transaction has failed. */
static struct str freeze(struct tx *tx, const struct rhythm *rhythm,
			 const struct rhythm_stamp *stamp)
{
	struct buf text;
	struct json j;

	sql_reports_rhythm_touch(tx, (struct sql_reports_rhythm_touch){
		.kind = rhythm->kind, .ends = rhythm->ends });
	if (sql_reports_rhythm_freeze(tx, (struct sql_reports_rhythm_freeze){
			.kind = rhythm->kind, .ends = rhythm->ends, .at = stamp->at,
			.by_name = stamp->by }) != 1)
		return STR_NONE;
	buf_init(&text, LIMIT_SEALED_BYTES);
	json_init(&j, &text);
	rhythm_write(&j, tx, rhythm, stamp);
	struct str content = arena_str(tx_arena(tx), buf_str(&text));
	bool is_whole = !text.overflow;
	buf_free(&text);
	if (!is_whole)
		tx_fail(tx, TX_BROKEN);
	if (!tx_ok(tx))
		return STR_NONE;
	seal_content(tx, ENTRY_RHYTHM, rhythm->ends, rhythm->kind, stamp->at, content);
	return content;
}

/* ---- routes ---- */

struct reply rhythm_show(struct req *r)
{
	struct tx *tx = req_tx(r);
	struct rhythm rhythm;
	struct str content;

	if (!req_rhythm(r, &rhythm))
		return reply_invalid(r);
	tx_consistent_view(tx);
	if (!is_frozen(tx, &rhythm))
		rhythm_write(req_json(r), tx, &rhythm, &(struct rhythm_stamp){ 0 });
	else if (sealed_content(tx, ENTRY_RHYTHM, rhythm.ends, rhythm.kind, &content))
		json_raw(req_json(r), NULL, content);
	else
		return reply_missing(r);
	return reply_ok(r);
}

enum { FINDINGS_MAX = 10 };

struct freeze_form {
	struct object_list findings;
};

#define AT(member) offsetof(struct rhythm_finding, member)
static const struct field finding_fields[] = {
	{ "text", FIELD_TEXT, AT(text), .required = true, .max = LIMIT_NOTE_CHARS },
	{ "owner", FIELD_LINE, AT(owner), .required = true },
	{ "due", FIELD_UNTIL, AT(due), .required = true },
	{ 0 }
};
static const struct field freeze_fields[] = {
	{ "findings", FIELD_OBJECTS, offsetof(struct freeze_form, findings),
	  .max = FINDINGS_MAX, .fields = finding_fields, .size = sizeof(struct rhythm_finding) },
	{ 0 }
};

/* Why it cannot be frozen now, or NULL. */
static const char *refusal(const struct rhythm *rhythm)
{
	int64_t now = clock_now();

	if (rhythm->kind != RHYTHM_WEEK)
		return now < rhythm->period.t1 ? "The period is not over yet." : NULL;
	if (now < rhythm->period.t0)
		return "The week has not begun yet.";
	return now < rhythm->period.t1 + WEEK_LATEST_DAYS * CLOCK_DAY ? NULL :
		"A weekly list tells how things stand; that week is too long ago.";
}

struct reply rhythm_freeze(struct req *r)
{
	struct freeze_form form;
	struct rhythm rhythm;

	bool is_rhythm = req_rhythm(r, &rhythm);
	bool is_read = req_form(r, freeze_fields, &form);
	if (!is_rhythm || !is_read)
		return reply_invalid(r);
	const char *why = refusal(&rhythm);
	if (why)
		return reply_problem(r, 409, "not_now", "%s", why);
	struct str content = freeze(req_tx(r), &rhythm, &(struct rhythm_stamp){
		.at = clock_now(), .by = req_actor(r)->name, .findings = form.findings.v,
		.finding_count = form.findings.n });
	if (!content.p)
		return reply_problem(r, 409, "already_frozen",
				     "This is frozen already; GET shows it.");
	json_raw(req_json(r), NULL, content);
	return reply_ok(r);
}

/* ---- by itself ---- */

/* The names of the newest week, month and quarter that are over. */
static bool newest(struct arena *a, enum rhythm_kind kind, struct rhythm *ret)
{
	int32_t today = day_of_instant(clock_now());
	struct civil date = civil_of_day(today);
	int32_t month = date.year * 12 + date.month - 1;

	if (kind == RHYTHM_WEEK) {
		/* A week belongs to the year of its Thursday (ISO 8601). */
		int32_t thursday = today - (int32_t)day_weekday(today) - 7 + 3;
		struct civil year = civil_of_day(thursday);
		int32_t first = day_of_civil((struct civil){ year.year, 1, 1 });
		return rhythm_of(arena_printf(a, "%04" PRId32 "-W%02" PRId32, year.year,
					      (thursday - first) / 7 + 1), ret);
	}
	if (kind == RHYTHM_MONTH)
		return rhythm_of(arena_printf(a, "%04" PRId32 "-%02" PRId32, (month - 1) / 12,
					      (month - 1) % 12 + 1), ret);
	month -= month % 3 + 3;
	return rhythm_of(arena_printf(a, "%04" PRId32 "-Q%" PRId32, month / 12,
				      month % 12 / 3 + 1), ret);
}

/* An analysis waits for the figures of its months: they are frozen, and never change. */
static bool has_figures(struct tx *tx, const struct rhythm *rhythm)
{
	uint32_t last = rhythm->ends / 100;
	uint32_t months = rhythm->kind == RHYTHM_QUARTER ? 3 : rhythm->kind == RHYTHM_MONTH;

	for (uint32_t n = 0; n < months; n++)
		if (month_read(tx, last - n).state < MONTH_FROZEN)
			return false;
	return true;
}

/* When it is to be frozen by itself; INT64_MAX when it is not. */
static int64_t moment_of(struct tx *tx, const struct rhythm *rhythm)
{
	if (is_frozen(tx, rhythm) || !has_figures(tx, rhythm))
		return INT64_MAX;
	return rhythm->period.t1 + BY_ITSELF_HOUR * CLOCK_HOUR;
}

bool rhythm_run(struct tx *tx)
{
	struct rhythm rhythm;

	if (!setting_bool("rhythm_by_itself"))
		return false;
	tx_consistent_step(tx);
	for (enum rhythm_kind kind = RHYTHM_WEEK; kind <= RHYTHM_QUARTER; kind++) {
		if (!newest(tx_arena(tx), kind, &rhythm) ||
		    moment_of(tx, &rhythm) > clock_now())
			continue;
		return freeze(tx, &rhythm, &(struct rhythm_stamp){
			.at = clock_now(), .by = STR("calendar") }).p;
	}
	return false;
}

int64_t rhythm_next_due(struct tx *tx)
{
	struct rhythm rhythm;
	int64_t next = INT64_MAX;

	if (!setting_bool("rhythm_by_itself"))
		return INT64_MAX;
	for (enum rhythm_kind kind = RHYTHM_WEEK; kind <= RHYTHM_QUARTER; kind++) {
		if (!newest(tx_arena(tx), kind, &rhythm))
			continue;
		int64_t at = moment_of(tx, &rhythm);
		next = at < next ? at : next;
	}
	/* The week that runs is over on the next Monday. */
	int32_t today = day_of_instant(clock_now());
	int64_t monday = day_start(today - (int32_t)day_weekday(today) + 7) +
		BY_ITSELF_HOUR * CLOCK_HOUR;
	return monday < next ? monday : next;
}

/* ---- what is kept ---- */

/* Numbers of reports_mark.mark. */
enum mark {
	MARK_YELLOW = 1, MARK_RED, MARK_REDO, MARK_RULED, MARK_RETURN, MARK_ON_ACCOUNT,
	MARK_OFF_ACCOUNT
};

static enum mark mark_of(const struct event *event)
{
	switch (event->kind) {
	case EVENT_TASK_REDO:
		return MARK_REDO;
	case EVENT_TASK_RULED:
		return MARK_RULED;
	case EVENT_TASK_RETURN_REQUESTED:
		return MARK_RETURN;
	case EVENT_TASK_ON_ACCOUNT:
		return MARK_ON_ACCOUNT;
	case EVENT_TASK_OFF_ACCOUNT:
		return MARK_OFF_ACCOUNT;
	default:
		return event->card.colour == CARD_RED ? MARK_RED : MARK_YELLOW;
	}
}

void rhythm_keep_mark(struct tx *tx, const struct event *event)
{
	sql_reports_mark_add(tx, (struct sql_reports_mark_add){
		.task_id = event->task->id, .seq = event->appeal->version, .at = event->at,
		.mark = mark_of(event),
	});
}
