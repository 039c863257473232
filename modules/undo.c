/*
 * Taking the newest step of an appeal back, while nothing else has happened: by who made it, within
 * some seconds, as long as nothing of it has been sent. The history shows the step and that it was
 * taken back; nobody outside hears of either.
 */
#include "undoing.h"

#include "bounds.h"
#include "clock.h"
#include "module.h"
#include "outbox.h"
#include "parting.h"

#include "undo_sql.h"

static const char *const step_names[] = { "registered", "dispatched", "answered", "merged" };

/* ---- offering ---- */

int64_t undo_window(const struct actor *by, const struct appeal *appeal, bool is_hurried)
{
	if (by->kind != ACTOR_ACCOUNT || appeal->is_urgent || is_hurried)
		return 0;
	return clock_real() + LIMIT_UNDO_SECONDS * CLOCK_SECOND;
}

bool undo_has_hurried(const struct matter *m)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (task_is_open(&m->tasks[i]) && undo_is_hurried(m->tasks[i].limit_class))
			return true;
	return false;
}

void undo_offer(struct req *r, struct matter *m, const struct undo_offer *offer)
{
	if (!offer->until)
		return;
	sql_undo_offer(req_tx(r), (struct sql_undo_offer){
		.appeal_id = m->appeal.id, .version = m->appeal.version, .step = offer->step,
		.state = offer->state, .tasks_before = offer->tasks_before,
		.account_id = req_actor(r)->id, .at = offer->at, .until_at = offer->until,
	});
	m->undo_until = offer->until;
}

/* ---- taking back ---- */

typedef struct sql_undo_one_row step_row;

static void say_undone(struct action *act, const step_row *step)
{
	struct event event = { .kind = EVENT_APPEAL_UNDONE };
	const struct particular says[] = {
		SAY("step", str_of(step_names[step->step - 1])),
	};

	event_says(req_arena(act->r), &event, says);
	action_publish(act, NULL, &event);
}

/* The tasks that the step made leave as nobody's work. */
static void withdraw_made(struct action *act, const step_row *step)
{
	for (uint32_t i = step->tasks_before; i < act->m.task_count; i++)
		if (task_is_open(&act->m.tasks[i]))
			parting_withdraw_task(act, &act->m.tasks[i], LEFT_MERGED, "undone");
}

static void undo_registered(struct action *act, const step_row *step)
{
	struct event event = { .kind = EVENT_APPEAL_WITHDRAWN };
	const struct particular says[] = {
		SAY("reason", STR("undone")), SAY("confirmed_by", STR("none")),
	};

	say_undone(act, step);
	event_says(req_arena(act->r), &event, says);
	act->m.appeal.state = APPEAL_WITHDRAWN;
	withdraw_made(act, step);
	action_publish(act, NULL, &event);
}

static void undo_dispatched(struct action *act, const step_row *step)
{
	act->m.appeal.state = (enum appeal_state)step->state;
	say_undone(act, step);
	withdraw_made(act, step);
}

/* What a repeat had taken from the departments was untouched: it waits for them again. */
static void undo_answered(struct action *act, const step_row *step)
{
	act->m.appeal.state = (enum appeal_state)step->state;
	say_undone(act, step);
	for (uint32_t i = 0; i < act->m.task_count; i++) {
		struct task *t = &act->m.tasks[i];
		struct event event = { .kind = EVENT_TASK_RESTORED };

		if (t->left != LEFT_MERGED || t->left_at != step->at)
			continue;
		t->state = TASK_AWAITING_SIGN;
		t->left = LEFT_NOT;
		t->left_at = 0;
		const struct particular says[] = {
			SAY("state", str_of(task_state_names[t->state - 1])),
		};
		event_says(req_arena(act->r), &event, says);
		task_save(req_tx(act->r), t);
		action_publish(act, t, &event);
	}
}

static void undo_merged(struct action *act, const step_row *step)
{
	struct tx *tx = req_tx(act->r);
	struct matter parent;

	if (!matter_read(tx, act->m.appeal.merged_into, &parent)) {
		tx_fail(tx, TX_BROKEN);
		return;
	}
	say_undone(act, step);
	parting_unmerge(&(struct parting){
		.tx = tx, .by = req_actor(act->r), .at = act->at, .parent = &parent.appeal,
		.reason = STR("undone"), .not_before = UNDO_SEND_NEVER,
	}, &act->m);
}

static void (*const undoings[])(struct action *act, const step_row *step) = {
	[UNDO_REGISTERED] = undo_registered, [UNDO_DISPATCHED] = undo_dispatched,
	[UNDO_ANSWERED] = undo_answered, [UNDO_MERGED] = undo_merged,
};

struct undo_form {
	int64_t version;
};

static const struct field undo_fields[] = {
	{ "version", FIELD_INT, offsetof(struct undo_form, version), .required = true, .min = 1,
	  .max = INT64_MAX },
	{ 0 }
};

static bool is_undoable(struct req *r, const struct appeal *a, uint64_t version,
			step_row *ret_step)
{
	const struct actor *me = req_actor(r);

	return me->kind == ACTOR_ACCOUNT && version == a->version &&
	       sql_undo_one(req_tx(r), (struct sql_undo_one){ a->id }, ret_step) &&
	       ret_step->version == version && ret_step->account_id == me->id &&
	       clock_real() < ret_step->until_at;
}

static struct reply undo_take_back(struct req *r)
{
	struct action act = { .r = r, .at = clock_now(), .not_before = UNDO_SEND_NEVER };
	const char *allowed[APPEAL_ACTIONS + 1];
	struct undo_form form;
	step_row step = { 0 };

	if (!req_matter(r, &act.m))
		return reply_missing(r);
	if (!req_form(r, undo_fields, &form))
		return reply_invalid(r);
	uint64_t id = act.m.appeal.id;

	if (!is_undoable(r, &act.m.appeal, (uint64_t)form.version, &step) ||
	    !outbox_take_back(req_tx(r), id, step.until_at)) {
		appeal_steps_allowed(&act.m.appeal, allowed);
		return reply_conflict(r, "not_undoable", allowed,
			"Only the newest step is taken back, within %d seconds, by the person who "
			"made it in a session. Withdraw it with a reason.", LIMIT_UNDO_SECONDS);
	}
	sql_undo_drop(req_tx(r), (struct sql_undo_drop){ id });
	undoings[step.step](&act, &step);
	return reply_appeal(r, &act.m);
}

/* ---- what is over ---- */

enum { FORGOTTEN_AT_A_TIME = 500 };

static bool undo_tidy(struct tx *tx)
{
	int64_t before = clock_real() - CLOCK_MINUTE;
	uint64_t n = sql_undo_forget(tx, (struct sql_undo_forget){
		.before = before, .n = FORGOTTEN_AT_A_TIME });

	return outbox_held_forget(tx, before, FORGOTTEN_AT_A_TIME) == FORGOTTEN_AT_A_TIME ||
	       n == FORGOTTEN_AT_A_TIME;
}

static const struct route routes[] = {
	{ ROUTE(undo_take_back) },
	{ 0 }
};

static const struct job jobs[] = {
	{ "undo.tidy", CLOCK_MINUTE, undo_tidy },
	{ 0 }
};

const struct module undo_module = {
	.name = "undo",
	.purpose = "Takes the newest step of an appeal back before anything was sent of it.",
	.routes = routes,
	.jobs = jobs,
};
