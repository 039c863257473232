/*
 * Another calendar: when a later version is in force, the due times of open
 * tasks that have not passed are reckoned again by it and move where they come out later, never
 * earlier. The preview of a version shows the same moves before anybody decides.
 */
#include "deadlines/deadlines.h"

#include "action.h"
#include "bounds.h"
#include "clock.h"
#include "documents.h"
#include "events.h"
#include "matter.h"

/* The due times under the other calendar; those that stay are as they were. */
struct moves {
	int64_t sign_due, contact_due, due;
	bool is_any;
};

/* A limit that runs from the dispatch; one that is kept or has passed stays. */
static int64_t later_due(const struct calendar *calendar, struct limit limit,
			 const struct open_task *o, bool is_pending, int64_t due)
{
	int64_t later;

	if (!is_pending ||
	    limit_due(calendar, limit, o->task.dispatched_at, &later) != LIMIT_COMPUTED)
		return due;
	return later > due ? later : due;
}

static struct moves reckon_moves(struct rules_book *book, const struct calendar *calendar,
				 const struct open_task *o)
{
	const struct task *t = &o->task;
	const struct limits_table *limits = rules_limits(book, t->limits_version);
	struct moves moves = { t->sign_due, t->contact_due, t->due, false };
	int64_t due;

	if (!limits)
		return moves;
	const struct limit *limit = limits->row[t->limit_class].limit;
	moves.sign_due = later_due(calendar, limit[LIMIT_SIGN], o,
				   !t->signed_at && o->sign_stage == STAGE_OVERDUE,
				   t->sign_due);
	moves.contact_due = later_due(calendar, limit[LIMIT_CONTACT], o,
				      !t->contacted_at && o->contact_stage == STAGE_OVERDUE,
				      t->contact_due);
	/* Under review or on hold it is pending too, although the date may have gone by. */
	if (o->done_stage <= STAGE_OVERDUE &&
	    chain_due_under(book, calendar, t, &o->chain, &due))
		moves.due = due;
	moves.is_any = moves.sign_due != t->sign_due ||
		       moves.contact_due != t->contact_due || moves.due != t->due;
	return moves;
}

/* ---- the job ---- */

/* From now on the limit for the work follows the calendar in force. */
static void follow(struct tx *tx, struct rules_book *book, const struct open_task *o, int64_t due)
{
	const struct reference *ref = reference_of(tx);
	const struct limits_table *limits = rules_limits(book, o->task.limits_version);
	enum stage stage = o->done_stage;
	int64_t next_at = o->done_next_at;

	if (limits) {
		struct limit limit = limits->row[o->task.limit_class].limit[LIMIT_DONE];
		if (due != o->task.due)
			stage = stage_for_due(stage, stage_moment(ref->calendar, limit, &o->task,
								  STAGE_WARN, due),
					      clock_now());
		int64_t moment = stage_moment(ref->calendar, limit, &o->task, stage, due);
		if (next_at && (stage != o->done_stage || moment > next_at))
			next_at = moment;
	}
	sql_deadlines_follow(tx, (struct sql_deadlines_follow){
		.task_id = o->task.id, .limit_kind = LIMIT_DONE, .was = o->done_stage,
		.due_was = o->done_due, .next_was = o->done_next_at,
		.stage = stage, .next_at = next_at, .due = due,
		.calendar_was = o->calendar_version, .calendar_version = ref->calendar_version,
	});
}

static void restart_limit(struct tx *tx, const struct open_task *o, enum limit_kind kind,
			  int64_t next_at, int64_t due)
{
	sql_deadlines_restart(tx, (struct sql_deadlines_restart){
		.task_id = o->task.id, .limit_kind = kind, .was = STAGE_OVERDUE,
		.stage = STAGE_OVERDUE, .next_at = next_at ? limit_overdue_at(due) : 0,
		.due = due,
	});
}

static void store_moves(struct tx *tx, const struct open_task *o, const struct moves *moves,
			struct task *t)
{
	bool has_sign = moves->sign_due != t->sign_due;
	int64_t due_before = t->due;

	if (has_sign)
		restart_limit(tx, o, LIMIT_SIGN, o->sign_next_at, moves->sign_due);
	if (moves->contact_due != t->contact_due)
		restart_limit(tx, o, LIMIT_CONTACT, o->contact_next_at, moves->contact_due);
	t->sign_due = moves->sign_due;
	t->contact_due = moves->contact_due;
	t->due = moves->due;
	task_save(tx, t);
	if (t->due != due_before)
		change_add(tx, t->id, o->chain.n + 1, &(struct change_row){
			.change = { .kind = DUE_CALENDAR, .to = t->due },
			.at = clock_now(), .due_before = due_before, .due_after = t->due,
			.calendar_version = reference_of(tx)->calendar_version,
		});
}

static void publish_move(struct tx *tx, const struct open_task *o, struct matter *m,
			 struct task *t)
{
	const struct particular says[] = {
		SAY_TIME("from", o->task.due), SAY_TIME("to", t->due),
		SAY_NUMBER("calendar_version", (int64_t)reference_of(tx)->calendar_version),
		SAY_TIME("sign_due", t->sign_due), SAY_TIME("contact_due", t->contact_due),
	};
	struct event event = {
		.kind = EVENT_TASK_DUE_MOVED, .at = clock_now(), .by = &actor_system,
		.appeal = &m->appeal, .task = t,
	};

	event_says(tx_arena(tx), &event, says);
	emit(tx, event.kind, &event);
}

static struct task *find_task(struct matter *matters, uint32_t n, uint64_t id,
			      struct matter **ret_matter)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < matters[i].task_count; k++)
			if (matters[i].tasks[k].id == id) {
				*ret_matter = &matters[i];
				return &matters[i].tasks[k];
			}
	return NULL;
}

/* The appeals of the tasks that move, each once. */
static struct matter *read_moved(struct tx *tx, const struct open_task *tasks,
				 const struct moves *moves, uint32_t n, uint32_t *ret_n)
{
	uint64_t ids[OPEN_TASKS_MAX];
	uint32_t count = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = 0;
		while (moves[i].is_any && k < count && ids[k] != tasks[i].task.appeal_id)
			k++;
		if (moves[i].is_any && k == count)
			ids[count++] = tasks[i].task.appeal_id;
	}
	*ret_n = count;
	return matter_read_many(tx, ids, count);
}

/* The first page of tasks that follow an older calendar, and their moves. */
static uint32_t reckon_first(struct tx *tx, struct rules_book *book, struct open_task **ret_tasks,
			     struct moves *ret_moves)
{
	const struct reference *ref = reference_of(tx);
	struct open_key key = { 0 };
	uint32_t n = open_tasks_read(tx, ref->calendar_version, &key, ret_tasks);

	for (uint32_t i = 0; i < n; i++)
		ret_moves[i] = reckon_moves(book, ref->calendar, &(*ret_tasks)[i]);
	return n;
}

bool deadlines_calendar(struct tx *tx)
{
	struct moves *moves = arena_array_of(tx_arena(tx), struct moves, OPEN_TASKS_MAX);
	struct rules_book *book = rules_book_new(tx);
	struct open_task *tasks;
	struct matter *m = NULL;
	uint32_t n = reckon_first(tx, book, &tasks, moves), count = 0;
	struct matter *matters = read_moved(tx, tasks, moves, n, &count);

	/* A step may have moved a due time before the appeals were read. */
	n = reckon_first(tx, book, &tasks, moves);
	for (uint32_t i = 0; i < n && tx_ok(tx); i++) {
		struct task *t = find_task(matters, count, tasks[i].task.id, &m);
		if (moves[i].is_any && !t)
			continue;
		follow(tx, book, &tasks[i], moves[i].due);
		if (!moves[i].is_any)
			continue;
		store_moves(tx, &tasks[i], &moves[i], t);
		publish_move(tx, &tasks[i], m, t);
	}
	return n == OPEN_TASKS_MAX;
}

int64_t deadlines_calendar_next(struct tx *tx)
{
	struct sql_deadlines_open_first_row row = { 0 };

	return sql_deadlines_open_first(tx, &row) &&
	       row.calendar_version < reference_of(tx)->calendar_version ? clock_now()
									 : INT64_MAX;
}

/* ---- the preview ---- */

enum { TASKS_SHOWN = 200 };

struct preview_form {
	struct str text;
};

static const struct field preview_fields[] = {
	{ "text", FIELD_TEXT, offsetof(struct preview_form, text), .required = true,
	  .max = LIMIT_BODY_BYTES },
	{ 0 }
};

static void write_move(struct json *j, struct arena *a, const struct open_task *o,
		       const struct moves *moves)
{
	const struct task *t = &o->task;

	json_object(j, NULL);
	json_str(j, "task", task_reference(a, t->id));
	json_str(j, "department", t->department);
	json_time(j, "due", t->due);
	json_time(j, "new_due", moves->due);
	json_i64(j, "days_later", day_of_instant(moves->due) - day_of_instant(t->due));
	json_time(j, "new_sign_due", moves->sign_due == t->sign_due ? 0 : moves->sign_due);
	json_time(j, "new_contact_due",
		  moves->contact_due == t->contact_due ? 0 : moves->contact_due);
	json_close(j);
}

/* The moves of one page into the open array; gives how many there are in it. */
static uint64_t preview_page(struct req *r, const struct calendar *calendar,
			     const struct open_task *tasks, uint32_t n, uint64_t shown)
{
	struct rules_book *book = rules_book_new(req_tx(r));
	uint64_t count = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct moves moves = reckon_moves(book, calendar, &tasks[i]);
		if (moves.is_any && shown + count++ < TASKS_SHOWN)
			write_move(req_json(r), req_arena(r), &tasks[i], &moves);
	}
	return count;
}

/* Each page gives its memory back: a district may have more open tasks than an arena holds. */
static uint64_t preview_tasks(struct req *r, const struct calendar *calendar)
{
	struct open_key key = { 0 };
	struct open_task *tasks;
	uint64_t count = 0;
	uint32_t n;

	do {
		struct arena_mark mark = arena_mark(req_arena(r));
		n = open_tasks_read(req_tx(r), UINT64_MAX, &key, &tasks);
		count += preview_page(r, calendar, tasks, n, count);
		arena_rewind(req_arena(r), mark);
	} while (n == OPEN_TASKS_MAX);
	return count;
}

static void write_problems(struct json *j, const struct table_problems *problems)
{
	json_array(j, "problems");
	for (size_t i = 0; i < problems->count && i < TABLE_PROBLEMS_MAX; i++) {
		json_object(j, NULL);
		json_u64(j, "line", problems->first[i].line);
		json_text(j, "text", problems->first[i].text);
		json_close(j);
	}
	json_close(j);
}

struct reply calendar_preview(struct req *r)
{
	struct table_problems problems = { .count = 0 };
	struct work_week week = work_week_shipped();
	struct preview_form form;
	struct json *j = req_json(r);
	struct str before = STR("");
	uint64_t version = 0, count = 0;

	if (!req_form(r, preview_fields, &form))
		return reply_invalid(r);
	if (!document_newest(req_tx(r), DOCUMENT_CALENDAR, &version, &before))
		version = 0;
	struct calendar *calendar = calendar_parse(&week, form.text.p, form.text.n, "",
						   &problems);
	json_object(j, NULL);
	json_u64(j, "version", version);
	write_problems(j, &problems);
	document_changes_write(j, req_arena(r), DOCUMENT_CALENDAR, before, form.text);
	json_array(j, "tasks");
	if (calendar && !problems.count)
		count = preview_tasks(r, calendar);
	json_close(j);
	json_u64(j, "task_count", count);
	json_close(j);
	calendar_free(calendar);
	return reply_ok(r);
}
