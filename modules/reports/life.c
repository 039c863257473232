/*
 * Steps of a month's life. Freezing happens once: the month's row is claimed first, so that of
 * several servers at the same instant one freezes and the others find it frozen; the figures
 * are then computed from one consistent view, sealed into the ledger, and never again from
 * anything else.
 */
#include <inttypes.h>

#include "action.h"
#include "bounds.h"
#include "clock.h"
#include "log.h"
#include "reports/bundle.h"
#include "reports/corrections.h"
#include "reports/month.h"
#include "sealing.h"
#include "setting.h"

/* ---- the steps themselves ---- */

static void announce(struct tx *tx, enum event_kind kind, const struct month *month,
		     struct str digest)
{
	struct event *event = arena_new_of(tx_arena(tx), struct event);

	*event = (struct event){
		.kind = kind, .at = clock_now(), .by = &actor_system,
		.report = { .month = month->number, .digest = digest },
	};
	emit(tx, kind, event);
}

static struct str digest_of(struct tx *tx, struct str content)
{
	uint8_t digest[SHA256_BYTES];

	crypto_sha256(content, digest);
	return encode_hex(tx_arena(tx), (struct str){ (const char *)digest, SHA256_BYTES });
}

/* Enters the content into the ledger; its SHA-256 in hex. */
static struct str seal(struct tx *tx, enum entry_kind kind, uint32_t month, int64_t at,
		       struct str content)
{
	seal_content(tx, kind, month, 1, at, content);
	return digest_of(tx, content);
}

/* Somebody else was first, which the transaction's moment does not show yet. */
static bool is_second(struct month *month, enum month_state state)
{
	if (month->state < state)
		month->state = state;
	return false;
}

/* False when somebody else was first. The transaction reads as of one moment. */
static bool freeze(struct tx *tx, struct month *month, struct str by)
{
	struct sql_reports_objection_still_open_row open = { 0 };
	int64_t at = clock_now();

	/* The month's row is locked from here on. An objection that came in since the transaction's
	 * moment is found when the whole runs again. */
	sql_reports_month_touch(tx, (struct sql_reports_month_touch){ .month = month->number });
	if (sql_reports_objection_still_open(tx, (struct sql_reports_objection_still_open){
			.month = month->number }, &open)) {
		tx_fail(tx, TX_CONFLICT);
		return false;
	}
	if (sql_reports_month_freeze(tx, (struct sql_reports_month_freeze){
			.month = month->number, .at = at, .by_name = by }) != 1)
		return is_second(month, MONTH_FROZEN);
	month->period.now = month->period.freeze = at;
	struct str content = bundle_make(tx, month);
	struct str digest = seal(tx, ENTRY_MONTH_FROZEN, month->number, at, content);
	*month = month_read(tx, month->number);
	announce(tx, EVENT_REPORT_FROZEN, month, digest);
	return tx_ok(tx);
}

static bool publish(struct tx *tx, struct month *month, struct str by)
{
	struct str content;
	int64_t at = clock_now();

	if (sql_reports_month_publish(tx, (struct sql_reports_month_publish){
			.month = month->number, .at = at, .by_name = by }) != 1)
		return is_second(month, MONTH_PUBLISHED);
	/* What is published is what was frozen: its digest once more, with the moment. */
	if (!sealed_content(tx, ENTRY_MONTH_FROZEN, month->number, 1, &content))
		return false;
	content = arena_printf(tx_arena(tx), "liandong-publication/1\nperiod\t%.*s\n"
			       "published\t%" PRId64 "\nby\t%.*s\ndigest\t%.*s\n",
			       STR_ARG(month_name(tx_arena(tx), month->number)), at, STR_ARG(by),
			       STR_ARG(digest_of(tx, content)));
	(void)seal(tx, ENTRY_MONTH_PUBLISHED, month->number, at, content);
	*month = month_read(tx, month->number);
	return tx_ok(tx);
}

static bool preview(struct tx *tx, struct month *month, struct str by)
{
	sql_reports_month_touch(tx, (struct sql_reports_month_touch){ .month = month->number });
	if (sql_reports_month_preview(tx, (struct sql_reports_month_preview){
			.month = month->number, .at = clock_now(), .by_name = by }) != 1)
		return is_second(month, MONTH_PREVIEW);
	*month = month_read(tx, month->number);
	return tx_ok(tx);
}

/* ---- routes ---- */

/* The month of the path, over and in a state for this step, and a person who may. */
static bool open_step(struct req *r, enum month_step step, const char *persons,
		      struct month *ret_month, struct reply *ret_refusal)
{
	static const struct field no_fields[] = { { 0 } };
	char empty;

	bool is_month = req_month(r, ret_month);
	bool is_read = req_form(r, no_fields, &empty);
	if (!month_person_may(req_actor(r), persons))
		*ret_refusal = reply_denied(r, "This step of a month is for the persons whom "
					    "the settings name.");
	else if (!is_month || !is_read)
		*ret_refusal = reply_invalid(r);
	else if (!month_step_is_legal(ret_month, step))
		*ret_refusal = reply_month_step(r, ret_month);
	else
		return true;
	return false;
}

struct reply month_preview_route(struct req *r)
{
	struct reply refusal;
	struct month month;

	if (!open_step(r, STEP_PREVIEW, "report_preview_persons", &month, &refusal))
		return refusal;
	if (!preview(req_tx(r), &month, req_actor(r)->name))
		return reply_month_step(r, &month);
	return reply_month(r, &month);
}

struct reply month_freeze_route(struct req *r)
{
	struct sql_reports_objection_open_row open = { 0 };
	struct reply refusal;
	struct month month;

	if (!open_step(r, STEP_FREEZE, "report_freeze_persons", &month, &refusal))
		return refusal;
	if (sql_reports_objection_open(req_tx(r), (struct sql_reports_objection_open){
			.month = month.number }, &open))
		return reply_problem(r, 409, "objections_open",
				     "Objection %u of this month has no answer yet.", open.n);
	if (!freeze(req_tx(r), &month, req_actor(r)->name))
		return reply_month_step(r, &month);
	return reply_month(r, &month);
}

struct reply month_publish_route(struct req *r)
{
	struct reply refusal;
	struct month month;

	if (!open_step(r, STEP_PUBLISH, "report_publish_persons", &month, &refusal))
		return refusal;
	if (!publish(req_tx(r), &month, req_actor(r)->name))
		return reply_month_step(r, &month);
	return reply_month(r, &month);
}

/* ---- what a month does by itself ---- */

enum { NIGHT_HOUR = 4, MONTHS_WATCHED = 13 };
enum { BY_ITSELF_NOTHING, BY_ITSELF_PREVIEW, BY_ITSELF_FREEZE, BY_ITSELF_PUBLISH };

static const struct str by_calendar = { "calendar", 8 };

static uint32_t month_before(uint32_t number, uint32_t n)
{
	uint32_t months = number / 100 * 12 + number % 100 - 1 - n;

	return months / 12 * 100 + months % 12 + 1;
}

static uint32_t this_month(void)
{
	struct civil today = civil_of_day(day_of_instant(clock_now()));

	return (uint32_t)(today.year * 100 + today.month);
}

static int64_t last_night(void)
{
	int64_t night = day_start(day_of_instant(clock_now())) + NIGHT_HOUR * CLOCK_HOUR;

	return night <= clock_now() ? night : night - CLOCK_DAY;
}

/* The step that a month is to take by itself and when; 0 where there is none. */
static int64_t own_step(struct tx *tx, const struct month *month, enum month_step *ret_step)
{
	static const char *const words[] = { "nothing", "preview", "freeze", "publish", NULL };
	int until = str_index(setting_str("report_by_itself"), words);
	struct month_days days = month_days(reference_of(tx), month);

	if (month->state == MONTH_OPEN && until >= BY_ITSELF_PREVIEW) {
		*ret_step = STEP_PREVIEW;
		return days.preview_from;
	}
	if (month->state == MONTH_PREVIEW && until >= BY_ITSELF_FREEZE) {
		*ret_step = STEP_FREEZE;
		return days.freeze_from;
	}
	*ret_step = STEP_PUBLISH;
	return month->state == MONTH_FROZEN && until >= BY_ITSELF_PUBLISH ?
		days.publish_from : 0;
}

/* An objection without an answer holds the freeze up; it is tried again every day. */
static bool is_held_up(struct tx *tx, const struct month *month, enum month_step step)
{
	struct sql_reports_objection_open_row open = { 0 };

	return step == STEP_FREEZE &&
	       sql_reports_objection_open(tx, (struct sql_reports_objection_open){
			.month = month->number }, &open);
}

static bool take_own_step(struct tx *tx, struct month *month)
{
	enum month_step step;
	int64_t at = own_step(tx, month, &step);

	if (!at || at > clock_now() || is_held_up(tx, month, step))
		return false;
	if (step == STEP_PREVIEW)
		return preview(tx, month, by_calendar);
	return step == STEP_FREEZE ? freeze(tx, month, by_calendar) :
				     publish(tx, month, by_calendar);
}

/* A frozen month that was not compared since the night has passed; false when there is none. */
static bool compare_one(struct tx *tx)
{
	struct sql_reports_month_uncompared_row row = { 0 };
	struct month month;

	if (!sql_reports_month_uncompared(tx, (struct sql_reports_month_uncompared){
			.first = month_before(this_month(), MONTHS_WATCHED),
			.before_at = last_night() }, &row))
		return false;
	month = month_read(tx, row.month);
	sql_reports_month_compared(tx, (struct sql_reports_month_compared){
		.month = row.month, .at = clock_now() });
	if (month_correct(tx, &month))
		log_info("reports", "corrected", "month=%u correction=%u", month.number,
			 month.row.corrections);
	return tx_ok(tx);
}

bool month_run(struct tx *tx)
{
	tx_consistent_step(tx);
	for (uint32_t n = 2; n >= 1; n--) {
		struct month month = month_read(tx, month_before(this_month(), n));
		if (take_own_step(tx, &month))
			return true;
	}
	return tx_ok(tx) && compare_one(tx);
}

int64_t month_next_due(struct tx *tx)
{
	struct sql_reports_month_uncompared_row row = { 0 };
	int64_t next = INT64_MAX;

	for (uint32_t n = 2; n >= 1; n--) {
		struct month month = month_read(tx, month_before(this_month(), n));
		enum month_step step;
		int64_t at = own_step(tx, &month, &step);
		if (at && at < next && !is_held_up(tx, &month, step))
			next = at;
	}
	if (sql_reports_month_uncompared(tx, (struct sql_reports_month_uncompared){
			.first = month_before(this_month(), MONTHS_WATCHED),
			.before_at = INT64_MAX }, &row)) {
		int64_t night = row.compared_at < last_night() ? last_night() :
								 last_night() + CLOCK_DAY;
		next = night < next ? night : next;
	}
	return next;
}
