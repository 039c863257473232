/*
 * Presence: who has an appeal open, and who is replying to it, shown to the others who may see
 * the appeal. It lasts LIMIT_PRESENCE_SECONDS unless it is said again. Replying is a soft lock: it
 * warns, it stops nobody; versions (If-Match) decide what is saved.
 *
 * People of different units, and of a unit and the centre, know each other by the unit's name
 * alone, and who belongs to no unit by no name. Who looks on from outside is not among them.
 */
#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "hearing.h"
#include "json.h"
#include "live.h"
#include "module.h"

#include "presence_sql.h"

enum doing { DOING_VIEWING, DOING_REPLYING, DOING_AWAY };
static const char *const doing_names[] = { "viewing", "replying", "away", NULL };

struct person {
	uint64_t appeal_id;
	struct actor actor;
	int64_t since, replies_since;
};

struct people {
	struct hearing *hearing;
	struct person *v;
	size_t n;
};

static void people_read(struct tx *tx, struct str ids, struct people *people)
{
	struct arena *a = tx_arena(tx);
	struct sql_presence_people_row row = { 0 };
	struct rows *rows = sql_presence_people(tx, (struct sql_presence_people){
		.ids = ids, .now = clock_real() });

	people->v = arena_array_of(a, struct person, LIMIT_PRESENCE_PEOPLE);
	while (people->n < LIMIT_PRESENCE_PEOPLE && sql_presence_people_next(rows, &row))
		people->v[people->n++] = (struct person){
			.appeal_id = row.appeal_id, .since = row.since,
			.replies_since = row.replies_since,
			.actor = { .kind = ACTOR_ACCOUNT, .id = row.account_id, .role = row.role,
				   .name = arena_str(a, row.name), .unit = arena_str(a, row.unit) },
		};
}

static bool are_colleagues(const struct actor *a, const struct actor *b)
{
	return str_is_empty(a->unit) ? str_is_empty(b->unit) : str_eq(a->unit, b->unit);
}

/* By what a reader knows the person; STR_NONE: somebody of the centre. */
static struct str name_for(const struct reference *ref, const struct actor *person,
			   const struct actor *reader)
{
	if (are_colleagues(person, reader))
		return person->name;
	const struct department *d = str_is_empty(person->unit) ? NULL :
				     reference_department(ref, person->unit);
	return d ? d->name : STR_NONE;
}

static bool is_person(const struct person *p, const struct actor *actor)
{
	return actor->kind == ACTOR_ACCOUNT && p->actor.id == actor->id;
}

/* The others who have it open, as the reader knows them. */
static void write_people(struct json *j, const struct reference *ref, const struct people *people,
			 uint64_t appeal_id, const struct actor *reader)
{
	json_array(j, "people");
	for (size_t i = 0; i < people->n; i++) {
		const struct person *p = &people->v[i];

		if (p->appeal_id != appeal_id || is_person(p, reader))
			continue;
		json_object(j, NULL);
		json_str(j, "name", name_for(ref, &p->actor, reader));
		json_text(j, "doing", doing_names[p->replies_since ? DOING_REPLYING :
								     DOING_VIEWING]);
		json_time(j, "since", p->replies_since ? p->replies_since : p->since);
		json_close(j);
	}
	json_close(j);
}

/* ---- on the stream ---- */

static void *presence_open(struct tx *tx, const struct live_message *list, size_t n)
{
	struct people *people = arena_new_of(tx_arena(tx), struct people);

	people->hearing = hearing_open(tx, list, n);
	people_read(tx, hearing_ids(people->hearing), people);
	return people;
}

static struct str presence_say(struct tx *tx, void *opened, const struct live_message *m,
			       const struct live_reader *reader)
{
	const struct people *people = opened;
	struct arena *a = tx_arena(tx);
	struct buf out;
	struct json j;

	if (!hearing_allows(tx, people->hearing, m->subject, reader->relation, &reader->actor))
		return STR_NONE;
	buf_init(&out, LIMIT_PRESENCE_PEOPLE * KIB(1));
	json_init(&j, &out);
	json_object(&j, NULL);
	json_str(&j, "appeal", appeal_reference(a, m->subject));
	write_people(&j, reference_of(tx), people, m->subject, &reader->actor);
	json_close(&j);
	struct str text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

static bool presence_is_about(void *opened, const struct live_message *m,
			      const struct actor *actor)
{
	const struct people *people = opened;

	for (size_t i = 0; i < people->n; i++)
		if (people->v[i].appeal_id == m->subject && is_person(&people->v[i], actor))
			return true;
	return false;
}

static const struct live_topic topics[] = {
	{ .name = "presence", .roles = ROLES_OF_APPEALS & ~(uint32_t)(ROLE_OBSERVER | ROLE_CONTACT),
	  .personal_roles = ROLES_OF_OWN_PERSON,
	  .open = presence_open, .say = presence_say, .is_about = presence_is_about },
	{ 0 }
};

static void tell(struct tx *tx, uint64_t appeal_id)
{
	live_tell_of(tx, &topics[0], &(struct live_message){
		.subject = appeal_id, .at = clock_real() });
}

/* ---- what a screen says ---- */

struct presence_form {
	struct str appeal;
	int doing;
	bool takes_over;
};

static const struct field presence_fields[] = {
	{ "appeal", FIELD_CODE, offsetof(struct presence_form, appeal), .required = true,
	  .max = 16 },
	{ "doing", FIELD_CHOICE, offsetof(struct presence_form, doing), .required = true,
	  .choices = doing_names },
	{ "take_over", FIELD_BOOL, offsetof(struct presence_form, takes_over) },
	{ 0 }
};

static const struct person *replier(const struct people *people)
{
	for (size_t i = 0; i < people->n; i++)
		if (people->v[i].replies_since)
			return &people->v[i];
	return NULL;
}

static bool is_there(const struct people *people, const struct actor *actor)
{
	for (size_t i = 0; i < people->n; i++)
		if (is_person(&people->v[i], actor))
			return true;
	return false;
}

static void say(struct req *r, uint64_t appeal_id, const struct presence_form *f)
{
	const struct actor *me = req_actor(r);
	struct tx *tx = req_tx(r);
	int64_t now = clock_real(), until = now + LIMIT_PRESENCE_SECONDS * CLOCK_SECOND;

	if (f->doing == DOING_AWAY)
		sql_presence_leave(tx, (struct sql_presence_leave){ appeal_id, me->id });
	else
		sql_presence_stay(tx, (struct sql_presence_stay){
			.appeal_id = appeal_id, .account_id = me->id, .name = me->name,
			.role = me->role, .unit = me->unit, .now = now, .until = until });
	if (f->doing == DOING_REPLYING)
		sql_presence_claim(tx, (struct sql_presence_claim){
			.appeal_id = appeal_id, .account_id = me->id,
			.takes_over = f->takes_over, .now = now, .until = until });
	else
		sql_presence_release(tx, (struct sql_presence_release){ appeal_id, me->id });
}

static uint64_t replier_id(const struct people *people)
{
	const struct person *p = replier(people);

	return p ? p->actor.id : 0;
}

static void write_replier(struct json *j, const struct reference *ref,
			  const struct people *people, const struct actor *me)
{
	const struct person *p = replier(people);

	if (!p) {
		json_null(j, "replying");
		return;
	}
	json_object(j, "replying");
	json_str(j, "name", name_for(ref, &p->actor, me));
	json_bool(j, "own", is_person(p, me));
	json_time(j, "since", p->replies_since);
	json_close(j);
}

static struct reply presence_show(struct req *r, uint64_t appeal_id, const struct people *people)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_str(j, "appeal", appeal_reference(req_arena(r), appeal_id));
	write_people(j, ref, people, appeal_id, req_actor(r));
	write_replier(j, ref, people, req_actor(r));
	json_close(j);
	return reply_ok(r);
}

static bool sees(struct req *r, uint64_t appeal_id)
{
	int64_t begun = clock_monotonic();
	const struct live_message one = { .subject = appeal_id };

	return hearing_allows(req_tx(r), hearing_open(req_tx(r), &one, 1), appeal_id,
			      req_relation(r), req_actor(r)) || req_hidden(begun);
}

static struct reply presence_say_own(struct req *r)
{
	const struct actor *me = req_actor(r);
	struct presence_form f;
	struct people before = { 0 }, after = { 0 };

	if (me->kind != ACTOR_ACCOUNT)
		return reply_problem(r, 403, "accounts_only",
				     "Only people who are signed in have an appeal open; a "
				     "program follows the stream alone.");
	if (!req_form(r, presence_fields, &f))
		return reply_invalid(r);
	uint64_t appeal_id = appeal_id_of(f.appeal);
	if (!sees(r, appeal_id))
		return reply_missing(r);
	struct str ids = ids_json(req_arena(r), &appeal_id, 1);
	people_read(req_tx(r), ids, &before);
	say(r, appeal_id, &f);
	people_read(req_tx(r), ids, &after);
	/* That somebody is still there is no news. */
	if (is_there(&before, me) != is_there(&after, me) ||
	    replier_id(&before) != replier_id(&after))
		tell(req_tx(r), appeal_id);
	return presence_show(r, appeal_id, &after);
}

/* ---- who just went ---- */

enum { LAPSED_AT_ONCE = 100 };

static bool presence_has_lapsed(struct tx *tx)
{
	struct sql_presence_lapsed_row row = { 0 };
	struct rows *rows = sql_presence_lapsed(tx, (struct sql_presence_lapsed){
		.now = clock_real(), .n = 1 });

	return sql_presence_lapsed_next(rows, &row);
}

static bool presence_lapse(struct tx *tx)
{
	struct sql_presence_lapsed_row row = { 0 };
	int64_t now = clock_real();
	struct rows *rows = sql_presence_lapsed(tx, (struct sql_presence_lapsed){
		.now = now, .n = LAPSED_AT_ONCE });
	uint32_t n = 0;

	for (; sql_presence_lapsed_next(rows, &row); n++) {
		sql_presence_forget(tx, (struct sql_presence_forget){ row.appeal_id, now });
		sql_presence_reply_forget(tx, (struct sql_presence_reply_forget){
			row.appeal_id, now });
		tell(tx, row.appeal_id);
	}
	return n >= LAPSED_AT_ONCE;
}

static const struct job jobs[] = {
	{ "presence.lapse", 2 * CLOCK_SECOND, presence_lapse, .is_leased = true,
	  .has_work = presence_has_lapsed },
	{ 0 }
};

static const struct route routes[] = {
	{ ROUTE(presence_say_own), .is_read_only = true },
	{ 0 }
};

const struct module presence_module = {
	.name = "presence",
	.purpose = "Shows colleagues who has an appeal open and who is replying to it.",
	.routes = routes,
	.jobs = jobs,
	.live = topics,
};
