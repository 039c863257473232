#include "net/live_tail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bounds.h"
#include "log.h"
#include "module.h"
#include "must.h"
#include "net/sign_in.h"
#include "store/journal.h"

/* ---- topics ---- */

/* The first topic behind `t` in the order of modules; NULL gives the first of all. */
static const struct live_topic *next_topic(const struct live_topic *t, size_t *module)
{
	if (t && t[1].name)
		return t + 1;
	for (*module = t ? *module + 1 : 0; modules[*module]; ++*module)
		if (modules[*module]->live && modules[*module]->live->name)
			return modules[*module]->live;
	return NULL;
}

static const struct live_topic *topic_named(struct str name)
{
	size_t module = 0;
	const struct live_topic *t = NULL;

	while ((t = next_topic(t, &module)))
		if (str_is(name, t->name))
			return t;
	return NULL;
}

uint32_t live_roles(void)
{
	size_t module = 0;
	uint32_t roles = 0;

	for (const struct live_topic *t = NULL; (t = next_topic(t, &module));)
		roles |= t->roles;
	return roles;
}

uint32_t live_personal_roles(void)
{
	size_t module = 0;
	uint32_t roles = 0;

	for (const struct live_topic *t = NULL; (t = next_topic(t, &module));)
		roles |= t->personal_roles;
	return roles;
}

bool live_topics_check(void)
{
	size_t module = 0;

	for (const struct live_topic *t = NULL; (t = next_topic(t, &module));) {
		size_t n = strlen(t->name);

		if (n > 24 || strspn(t->name, "abcdefghijklmnopqrstuvwxyz_") != n ||
		    topic_named(str_of(t->name)) != t || (!t->say != !t->open)) {
			fprintf(stderr, "The topic %s of the module %s is malformed or taken.\n",
				t->name, modules[module]->name);
			return false;
		}
	}
	return true;
}

/* ---- judging ---- */

static struct str block_of(struct arena *a, const struct journal_line *line, struct str data)
{
	if (!data.p)
		return STR_NONE;
	return arena_printf(a, "id: %" PRIu64 "\nevent: %.*s\ndata: %.*s\n\n", line->position,
			    STR_ARG(line->topic), STR_ARG(data));
}

static bool has_aside(const struct live_line *out, size_t class_index,
		      const struct live_person *person)
{
	for (size_t i = 0; i < out->aside_count; i++)
		if (out->asides[i].class_index == class_index &&
		    out->asides[i].person.kind == person->kind &&
		    out->asides[i].person.id == person->id)
			return true;
	return false;
}

/* Who of a class is told something else than the others; a person may stand there twice. */
static void say_aside(struct live_tail *tail, struct tx *tx, const struct live_topic *topic,
		      void *opened, const struct journal_line *line, size_t class_index,
		      struct live_line *out)
{
	const struct live_class *class = &tail->classes[class_index];
	struct arena *a = tail->work.arena;

	for (size_t i = 0; topic->is_about && i < class->people_count; i++) {
		struct live_reader alone = class->reader;

		alone.actor.kind = class->people[i].kind;
		alone.actor.id = class->people[i].id;
		if (!topic->is_about(opened, &line->message, &alone.actor) ||
		    has_aside(out, class_index, &class->people[i]))
			continue;
		if (!out->asides)
			out->asides = arena_array_of(a, struct live_aside, LIMIT_LIVE_ASIDES);
		if (out->aside_count == LIMIT_LIVE_ASIDES)
			return;
		out->asides[out->aside_count++] = (struct live_aside){
			class_index, class->people[i],
			block_of(a, line, topic->say(tx, opened, &line->message, &alone)),
		};
	}
}

static void judge(struct live_tail *tail, struct tx *tx, const struct live_topic *topic,
		  void *opened, const struct journal_line *line, struct live_line *out)
{
	struct arena *a = tail->work.arena;

	out->is_judged = true;
	out->of_class = arena_array_of(a, struct str, tail->class_count);
	for (size_t i = 0; i < tail->class_count; i++) {
		const struct live_class *class = &tail->classes[i];

		if (class->position >= line->position ||
		    !(class->reader.actor.role & topic->roles))
			continue;
		out->of_class[i] = block_of(a, line, topic->say(tx, opened, &line->message,
								&class->reader));
		if (out->of_class[i].p)
			say_aside(tail, tx, topic, opened, line, i, out);
	}
}

/* All messages of one topic are opened together: what they need is read once. */
static void judge_topic(struct live_tail *tail, struct tx *tx, const struct live_topic *topic,
			const struct journal_line *lines, size_t n)
{
	struct live_message *messages = arena_array_of(tx_arena(tx), struct live_message, n);
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		if (str_is(lines[i].topic, topic->name))
			messages[found++] = lines[i].message;
	if (found == 0)
		return;
	void *opened = topic->open(tx, messages, found);
	for (size_t i = 0; i < n && tx_ok(tx); i++)
		if (str_is(lines[i].topic, topic->name))
			judge(tail, tx, topic, opened, &lines[i], &tail->lines[i]);
}

static void take_line(struct live_tail *tail, const struct journal_line *line,
		      struct live_line *out)
{
	struct arena *a = tail->work.arena;
	const struct live_topic *topic = topic_named(line->topic);

	*out = (struct live_line){ .position = line->position };
	if (!topic || topic->say)
		return;
	out->audience = line->audience;
	out->audience.unit = arena_str(a, line->audience.unit);
	out->audience.roles &= topic->roles;
	out->block = block_of(a, line, line->data);
}

static void read_lines(struct live_tail *tail, struct tx *tx)
{
	struct journal_line *lines;
	size_t module = 0;

	tail->last = tail->after;
	tail->line_count = journal_read(tx, tail->after, LIMIT_LIVE_STEP, &lines);
	tail->is_more = tail->line_count == LIMIT_LIVE_STEP;
	if (tail->line_count == 0)
		return;
	/* Positions have no gaps but where what is old was taken away. */
	tail->gone = lines[0].position > tail->after + 1 ? lines[0].position - 1 : 0;
	tail->last = lines[tail->line_count - 1].position;
	tail->lines = arena_array_of(tail->work.arena, struct live_line, tail->line_count);
	for (size_t i = 0; i < tail->line_count; i++)
		take_line(tail, &lines[i], &tail->lines[i]);
	for (const struct live_topic *t = NULL; (t = next_topic(t, &module));)
		if (t->say)
			judge_topic(tail, tx, t, lines, tail->line_count);
}

/* ---- on a worker ---- */

static void (*done_on_loop)(struct live_tail *tail);

static enum work_wish tail_run(struct work *w, struct tx *tx, bool is_alone)
{
	struct live_tail *tail = (struct live_tail *)w;

	(void)is_alone;
	tail->is_answered = false;
	tail->lines = NULL;
	tail->line_count = tail->alive_count = 0;
	tail->gone = 0;
	if (!journal_place(tx))
		return WORK_UNDO;
	read_lines(tail, tx);
	if (tail->sessions.p) {
		tail->alive = arena_array_of(w->arena, uint64_t, tail->session_count);
		tail->alive_count = sessions_alive(tx, tail->sessions, tail->session_count,
						   tail->alive);
	}
	return WORK_COMMIT;
}

/* What was read counts only when the positions it was read by are committed. */
static void tail_finish(struct work *w, enum tx_error error)
{
	struct live_tail *tail = (struct live_tail *)w;

	tail->is_answered = error == TX_OK;
	if (error != TX_OK)
		log_warn("live", "tail_failed", "error=%d", (int)error);
}

static void tail_done(struct work *w)
{
	done_on_loop((struct live_tail *)w);
}

static const struct work_kind tail_kind = {
	.name = "live", .run = tail_run, .finish = tail_finish, .done = tail_done,
};

bool live_tail_submit(struct live_tail *tail, void (*done)(struct live_tail *tail))
{
	done_on_loop = done;
	tail->work.kind = &tail_kind;
	return worker_submit(LANE_LIVE, &tail->work);
}
