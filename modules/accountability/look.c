/*
 * The nightly look at what was closed, visited, withdrawn or imported since the night before:
 * the rules (rules/tripwires.h) are given the task's history and what was counted around it,
 * and what they find is kept. A task that changes later is looked at again the night after.
 */
#include "accountability/accountability.h"

#include <string.h>

#include "clock.h"
#include "visit.h"

enum { NIGHT_HOUR = 4, LOOK_MAX = 100 };

typedef struct sql_tripwires_waiting_row waiting_row;

/* ---- what waits ---- */

/* A history is looked at once, when it is told to its end; its insert goes out with the others
 * of its file. */
void tripwires_wait(struct tx *tx, const struct event *e)
{
	if (e->kind == EVENT_TASK_IMPORTED)
		sql_tripwires_wait_new(tx, (struct sql_tripwires_wait_new){
			.task_id = e->task->id, .since_at = clock_now() });
	else if (!e->is_history)
		sql_tripwires_wait(tx, (struct sql_tripwires_wait){
			.task_id = e->task->id, .since_at = clock_now() });
}

static int64_t last_night(int64_t now)
{
	int64_t night = day_start(day_of_instant(now)) + NIGHT_HOUR * CLOCK_HOUR;

	return night <= now ? night : night - CLOCK_DAY;
}

int64_t tripwires_next_due(struct tx *tx)
{
	struct sql_tripwires_next_row row = { 0 };

	return sql_tripwires_next(tx, &row) ? last_night(row.since_at) + CLOCK_DAY : INT64_MAX;
}

/* ---- a task's history as the rules read it ---- */

static enum trip_answer yes_or_no(struct str word)
{
	if (!word.p)
		return TRIP_UNANSWERED;
	return str_is(word, "true") || str_is(word, "1") || str_is(word, "yes") ? TRIP_YES :
	       str_is(word, "false") || str_is(word, "0") || str_is(word, "no") ? TRIP_NO :
	       TRIP_UNANSWERED;
}

static enum trip_rating rating_of(struct str level)
{
	int index = level.p ? str_index(level, level_names) : -1;

	if (index < 0 || str_is(level, "neutral"))
		return TRIP_UNRATED;
	return str_is(level, "dissatisfied") || str_is(level, "very_dissatisfied") ? TRIP_BAD :
										     TRIP_GOOD;
}

static const enum trip_step_kind kinds[EVENT_KIND_END] = {
	[EVENT_TASK_CONTACTED] = TRIP_STEP_CONTACT,
	[EVENT_TASK_PROGRESSED] = TRIP_STEP_WORK,
	[EVENT_TASK_COMPLETED] = TRIP_STEP_COMPLETE,
	[EVENT_TASK_REVIEW_FAILED] = TRIP_STEP_REFUSED,
	[EVENT_TASK_REVIEW_PASSED] = TRIP_STEP_PASSED,
	[EVENT_TASK_VISITED] = TRIP_STEP_VISIT,
	[EVENT_TASK_WITHDRAWN] = TRIP_STEP_WITHDRAWN,
};

/* The reply without blanks and marks of layout: they do not make it another one. */
static struct str bare_reply(struct arena *a, struct str reply)
{
	char *bare = arena_alloc(a, reply.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < reply.n; i++)
		if ((unsigned char)reply.p[i] > ' ')
			bare[n++] = reply.p[i];
	return (struct str){ bare, n };
}

/* Its digest; false for one that is too short to tell anything. */
static bool reply_digest(struct arena *a, struct str reply, uint8_t digest[SHA256_BYTES])
{
	struct str bare = bare_reply(a, reply);

	if (!reply.p || str_code_points(bare) < TRIP_REPLY_CHARS)
		return false;
	crypto_sha256(bare, digest);
	return true;
}

static uint64_t first_bytes(const uint8_t digest[SHA256_BYTES])
{
	uint64_t value;

	memcpy(&value, digest, sizeof(value));
	return value | 1;
}

/* A task under the eyes of the rules. */
struct look {
	struct tx *tx;
	const waiting_row *row;
	struct trip_task task;
	struct trip_step *steps;
	struct str *replies;		/* of the steps, STR_NONE for those without */
	size_t room;
	struct str last_digest;		/* of the last reply, STR_NONE */
	int64_t last_reply_at;
	bool is_rated_well;
};

static void add_reply(struct look *l, struct trip_step *step, struct str reply)
{
	uint8_t *digest = arena_alloc(tx_arena(l->tx), SHA256_BYTES);

	l->last_digest = STR_NONE;
	if (!reply_digest(tx_arena(l->tx), reply, digest))
		return;
	step->words = first_bytes(digest);
	l->last_digest = (struct str){ (const char *)digest, SHA256_BYTES };
	l->last_reply_at = step->at;
	sql_tripwires_reply_add(l->tx, (struct sql_tripwires_reply_add){
		.department = l->row->department, .digest = l->last_digest,
		.task_id = l->row->task_id, .seq = step->seq, .at = step->at,
		.category = l->row->category,
	});
}

/* Room for one step more, and for its reply. */
static void make_room(struct look *l)
{
	size_t room = l->room * 2 + 32;
	struct trip_step *steps = arena_array_of(tx_arena(l->tx), struct trip_step, room);
	struct str *replies = arena_array_of(tx_arena(l->tx), struct str, room);

	if (l->room) {
		memcpy(steps, l->steps, l->room * sizeof(*steps));
		memcpy(replies, l->replies, l->room * sizeof(*replies));
	}
	l->steps = steps;
	l->replies = replies;
	l->room = room;
}

static void add_step(struct look *l, const struct sql_tripwires_steps_row *row)
{
	if (l->task.n == l->room)
		make_room(l);
	struct trip_step *step = &l->steps[l->task.n];
	*step = (struct trip_step){
		.kind = kinds[row->kind], .at = row->at, .seq = row->seq,
		.is_reached = str_is(row->outcome, "reached"),
		.is_solved = str_is(row->result, "solved"),
		.is_untrue = str_is(row->result, "untrue"),
		.contacted = yes_or_no(row->contacted), .solved = yes_or_no(row->solved),
		.truthful = yes_or_no(row->truthful), .rating = rating_of(row->result),
	};
	if (row->kind == EVENT_TASK_DISPATCHED)
		l->task.dispatch_seq = row->seq;
	l->is_rated_well |= step->kind == TRIP_STEP_VISIT && step->rating == TRIP_GOOD;
	l->replies[l->task.n++] = step->kind == TRIP_STEP_COMPLETE ? row->reply : STR_NONE;
}

/* Replies are kept once all rows are read: one statement runs at a time. */
static void read_steps(struct look *l)
{
	struct sql_tripwires_steps_row row = { 0 };
	struct rows *rows = sql_tripwires_steps(l->tx, (struct sql_tripwires_steps){
		.appeal_id = l->row->task_id / 100, .task_id = l->row->task_id });

	while (sql_tripwires_steps_next(rows, &row))
		add_step(l, &row);
	for (size_t i = 0; i < l->task.n; i++)
		if (l->steps[i].kind == TRIP_STEP_COMPLETE)
			add_reply(l, &l->steps[i], l->replies[i]);
	l->task.steps = l->steps;
}

/* ---- what is counted around it ---- */

static void count_around(struct look *l)
{
	const waiting_row *row = l->row;
	struct sql_tripwires_reply_other_row other = { 0 };
	struct sql_tripwires_burst_row burst = { 0 };
	struct sql_tripwires_shared_row shared = { 0 };

	if (l->last_digest.p && row->category.p &&
	    sql_tripwires_reply_other(l->tx, (struct sql_tripwires_reply_other){
			.department = row->department, .digest = l->last_digest,
			.task_id = row->task_id, .category = row->category,
			.from_at = l->last_reply_at - TRIP_REPLY_DAYS * CLOCK_DAY,
			.until_at = l->last_reply_at + TRIP_REPLY_DAYS * CLOCK_DAY }, &other)) {
		l->task.same_reply_task = other.task_id;
		l->task.same_reply_seq = other.seq;
	}
	if (row->closed_at && row->closed_at <= row->due &&
	    row->due - row->closed_at < CLOCK_HOUR &&
	    sql_tripwires_burst(l->tx, (struct sql_tripwires_burst){
			.department = row->department, .from_at = row->closed_at - CLOCK_HOUR,
			.until_at = row->closed_at, .hour = CLOCK_HOUR }, &burst))
		l->task.closings = burst.n;
	if (row->closed_at && l->is_rated_well &&
	    sql_tripwires_shared(l->tx, (struct sql_tripwires_shared){
			.appeal_id = row->task_id / 100, .department = row->department,
			.from_at = row->closed_at - TRIP_SHARED_DAYS * CLOCK_DAY,
			.until_at = row->closed_at }, &shared))
		l->task.shared = shared.n;
}

/* ---- looking ---- */

static void keep(const struct look *l, const struct trip_finding *found)
{
	sql_tripwires_add(l->tx, (struct sql_tripwires_add){
		.id = tx_sequence(l->tx, "accountability_finding"), .kind = found->kind,
		.task_id = l->row->task_id, .department = l->row->department,
		.found_at = clock_now(), .said_task = l->row->task_id,
		.said_seq = found->said_seq,
		.against_task = found->against_task ? found->against_task : l->row->task_id,
		.against_seq = found->against_seq, .count = found->count,
	});
}

static void look_at(struct tx *tx, const waiting_row *row)
{
	struct trip_finding found[TRIPWIRES_END];
	struct look l = {
		.tx = tx, .row = row,
		.task = {
			.dispatched_at = row->dispatched_at, .due = row->due,
			.closed_at = row->closed_at, .is_visitable = row->is_visitable,
			.is_fast_by_nature = row->limit_class == LIMIT_L0 ||
					     row->content_class == CONTENT_CONSULTATION ||
					     row->content_class >= CONTENT_SUGGESTION,
		},
	};

	read_steps(&l);
	count_around(&l);
	size_t n = tripwires_find(&l.task, found);
	for (size_t i = 0; i < n; i++)
		keep(&l, &found[i]);
	sql_tripwires_looked(tx, (struct sql_tripwires_looked){
		.task_id = row->task_id, .since_at = row->since_at });
}

bool tripwires_run(struct tx *tx)
{
	waiting_row *waiting = arena_array_of(tx_arena(tx), waiting_row, LOOK_MAX);
	uint32_t n = 0;
	struct rows *rows = sql_tripwires_waiting(tx, (struct sql_tripwires_waiting){
		.before_at = last_night(clock_now()), .n = LOOK_MAX });

	while (n < LOOK_MAX && sql_tripwires_waiting_next(rows, &waiting[n]))
		n++;
	for (uint32_t i = 0; i < n && tx_ok(tx); i++)
		look_at(tx, &waiting[i]);
	return n == LOOK_MAX;
}
