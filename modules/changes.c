/*
 * What changed, told to the browsers of those who may know of it: which appeal, which task, the
 * new version, what happened. No content: a browser asks for what it shows, by its own rights.
 */
#include "changes.h"

#include "hearing.h"
#include "json.h"
#include "live.h"
#include "module.h"

/* Changes of which a reader is not told what they were. */
static const char untold_type[] = "appeal.changed";

static void *changes_open(struct tx *tx, const struct live_message *list, size_t n)
{
	return hearing_open(tx, list, n);
}

static struct str change_text(struct arena *a, const struct live_message *m, bool is_told)
{
	struct buf out;
	struct json j;

	buf_init(&out, 512);
	json_init(&j, &out);
	json_object(&j, NULL);
	json_str(&j, "appeal", appeal_reference(a, m->subject));
	json_str(&j, "task", is_told && m->part ? task_reference(a, m->part) : STR_NONE);
	json_u64(&j, "version", m->number);
	json_text(&j, "type", is_told ? event_type_names[m->code - 1] : untold_type);
	json_time(&j, "at", m->at);
	json_close(&j);
	struct str text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

static struct str changes_say(struct tx *tx, void *opened, const struct live_message *m,
			      const struct live_reader *reader)
{
	const struct hearing *h = opened;

	if (m->code == 0 || m->code >= EVENT_KIND_END ||
	    !hearing_allows(tx, h, m->subject, reader->relation, &reader->actor))
		return STR_NONE;
	return change_text(tx_arena(tx), m,
			   hearing_tells(tx, hearing_matter(h, m->subject), m, reader));
}

static const struct live_topic topics[] = {
	{ .name = "change", .roles = ROLES_OF_APPEALS,
	  .personal_roles = ROLES_OF_OWN_PERSON,
	  .open = changes_open, .say = changes_say },
	{ 0 }
};

/* A history that is imported is not news. */
void change_tell(struct tx *tx, const struct event *e, int64_t recorded_at)
{
	if (e->is_history)
		return;
	live_tell_of(tx, &topics[0], &(struct live_message){
		.subject = e->appeal->id, .part = e->task ? e->task->id : 0,
		.number = e->appeal->version, .code = e->kind, .at = recorded_at,
	});
}

static struct reply changes_follow(struct req *r)
{
	return reply_live(r);
}

static const struct route routes[] = {
	{ ROUTE(changes_follow), .query = "last_event_id", .is_unattended = true },
	{ 0 }
};

const struct module changes_module = {
	.name = "changes",
	.purpose = "Tells browsers at once which appeals and tasks changed.",
	.routes = routes,
	.live = topics,
};
