/*
 * The question by SMS to a caller whom nobody reached, and its end. The row of the question is
 * the outbox of whatever sends SMS: it waits there and stands for no number. Silence is no
 * answer: who says nothing until the end is unreachable, never satisfied.
 */
#include "visits/visits.h"

#include <inttypes.h>

#include "clock.h"
#include "crypto.h"
#include "module.h"
#include "rules/visit_plan.h"

#include "visits_sql.h"

enum { QUESTION_WAITING = 1 };
enum { CODES = 1000000, EXPIRE_MAX = 200 };

/* Each code equally likely: what lies above the last whole million is thrown again. */
static uint32_t code_random(void)
{
	uint32_t number;

	do
		crypto_random(&number, sizeof(number));
	while (number >= UINT32_MAX / CODES * CODES);
	return number % CODES;
}

static struct str place_of(struct arena *a, uint64_t task_id, uint64_t caller_appeal,
			   int64_t asked_at)
{
	return arena_printf(a, "visits_question/code/%" PRIu64 "/%" PRIu64 "/%" PRId64, task_id,
			    caller_appeal, asked_at);
}

int64_t question_until(int64_t at)
{
	return at + VISIT_SMS_DAYS * CLOCK_DAY;
}

int64_t question_asked_at(int64_t until)
{
	return until - VISIT_SMS_DAYS * CLOCK_DAY;
}

void question_ask(struct tx *tx, const struct event *e, uint64_t caller_appeal)
{
	int64_t open_until = question_until(e->at);
	struct arena *a = tx_arena(tx);
	struct str place = place_of(a, e->task->id, caller_appeal, e->at);
	struct str code = arena_printf(a, "%06" PRIu32, code_random());
	uint8_t *tag = arena_alloc(a, INDEX_BYTES);
	struct event *asked = arena_new_of(a, struct event);
	const struct particular says[] = {
		SAY_TIME("open_until", open_until),
		SAY_BOOL("merged_caller", caller_appeal != 0),
	};

	crypto_tag("visit-code", arena_printf(a, "%.*s/%.*s", STR_ARG(place), STR_ARG(code)),
		   tag);
	sql_visits_question_insert(tx, (struct sql_visits_question_insert){
		.task_id = e->task->id, .caller_appeal = caller_appeal, .asked_at = e->at,
		.open_until = open_until, .state = QUESTION_WAITING,
		.code_sealed = crypto_seal(a, place, code),
		.code_tag = { (const char *)tag, INDEX_BYTES },
	});
	*asked = (struct event){
		.kind = EVENT_TASK_VISIT_ASKED, .at = e->at, .by = e->by,
		.appeal = e->appeal, .task = e->task,
		.asked = { .caller_appeal = caller_appeal },
	};
	event_says(a, asked, says);
	emit(tx, asked->kind, asked);
}

void questions_end(struct tx *tx, uint64_t task_id)
{
	sql_visits_question_end_all(tx, (struct sql_visits_question_end_all){
		.task_id = task_id,
	});
}

/* ---- the end of a question ---- */

/*
 * The caller of a closed task was asked in every way there is: the task is visited without an
 * answer. Before the close, and for a merged caller, only the row in the queue ends.
 */
static void expire(struct tx *tx, const struct sql_visits_expired_row *row)
{
	int64_t at = limit_overdue_at(row->not_before);
	struct sql_visits_expired_attempts_row now = { 0 };
	struct matter m;
	struct task *t;

	/* Who is reached at the last moment, or called in vain once more, comes before or after. */
	if (!matter_hold(tx, row->task_id / 100) ||
	    !sql_visits_expired_attempts(tx, (struct sql_visits_expired_attempts){ row->id }, &now))
		return;
	due_move(tx, row->id, DUE_ASKED, &(struct due_standing){
		.state = DUE_UNREACHABLE, .next = NEXT_AWAIT_SMS, .attempts = now.attempts,
		.not_before = row->not_before, .ended_at = at,
		.ended_by = EVENT_TASK_UNREACHABLE,
	});
	questions_end(tx, row->task_id);
	if (row->cause != DUE_CLOSED || row->caller_appeal ||
	    !matter_read_task(tx, row->task_id, &m, &t) || t->state != TASK_CLOSED)
		return;
	t->state = TASK_VISITED;
	t->outcome = OUTCOME_UNREACHABLE;
	task_save(tx, t);
	const struct particular says[] = { SAY_NUMBER("attempts", now.attempts) };
	struct event event = {
		.kind = EVENT_TASK_UNREACHABLE, .at = at, .by = &actor_system,
		.appeal = &m.appeal, .task = t,
	};
	event_says(tx_arena(tx), &event, says);
	emit(tx, event.kind, &event);
}

bool questions_expire(struct tx *tx)
{
	struct sql_visits_expired_row *due =
		arena_array_of(tx_arena(tx), struct sql_visits_expired_row, EXPIRE_MAX);
	struct rows *rows = sql_visits_expired(tx, (struct sql_visits_expired){
		.until = clock_now() - CLOCK_SECOND, .n = EXPIRE_MAX,
	});
	uint32_t n = 0;

	while (n < EXPIRE_MAX && sql_visits_expired_next(rows, &due[n]))
		n++;
	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		expire(tx, &due[i]);
	return n == EXPIRE_MAX;
}

int64_t questions_next_due(struct tx *tx)
{
	struct sql_visits_expires_next_row row = { 0 };

	return sql_visits_expires_next(tx, &row) ? limit_overdue_at(row.not_before)
						: INT64_MAX;
}
