/*
 * What a person's browser alerts of: a sound and a desktop notice each for a new call of one's own,
 * a case of one's own that turns red, and a reply that somebody else took over; and whether it is
 * quiet, as in a meeting. The server keeps the choices, so that they are there at every desk and
 * nothing of them stays in a browser; what happened browsers learn from the stream.
 */
#include "domain.h"
#include "module.h"

#include "alerts_sql.h"

/* In the order of the bits, which are stored: a new choice goes behind the last. */
static const char *const choice_names[] = {
	"call_sound", "call_notice", "red_sound", "red_notice", "taken_over_sound",
	"taken_over_notice", "quiet"
};
enum { CHOICE_COUNT = array_count(choice_names) };

/* Sounds are on. Notices are off: the person has to allow the browser to show them. */
enum { CHOICES_FIRST = 1 << 0 | 1 << 2 | 1 << 4 };

struct alerts_form {
	bool chosen[CHOICE_COUNT];
};

#define CHOICE(bit, name) { name, FIELD_BOOL, offsetof(struct alerts_form, chosen) + \
	(bit) * sizeof(bool), .required = true }
static const struct field alerts_fields[] = {
	CHOICE(0, "call_sound"), CHOICE(1, "call_notice"), CHOICE(2, "red_sound"),
	CHOICE(3, "red_notice"), CHOICE(4, "taken_over_sound"), CHOICE(5, "taken_over_notice"),
	CHOICE(6, "quiet"),
	{ 0 }
};

static struct reply reply_choices(struct req *r, uint32_t choices)
{
	struct json *j = req_json(r);

	json_object(j, NULL);
	for (uint32_t i = 0; i < CHOICE_COUNT; i++)
		json_bool(j, choice_names[i], choices >> i & 1);
	json_close(j);
	return reply_ok(r);
}

static struct reply reply_people_only(struct req *r)
{
	return reply_problem(r, 403, "accounts_only",
			     "This is for people who have signed in, not for keys.");
}

static struct reply alerts_show(struct req *r)
{
	struct sql_alerts_read_row row = { .choices = CHOICES_FIRST };

	if (req_actor(r)->kind != ACTOR_ACCOUNT)
		return reply_people_only(r);
	if (!sql_alerts_read(req_tx(r), (struct sql_alerts_read){ req_actor(r)->id }, &row))
		row.choices = CHOICES_FIRST;
	return reply_choices(r, row.choices);
}

static struct reply alerts_choose(struct req *r)
{
	struct alerts_form form;
	uint32_t choices = 0;

	if (req_actor(r)->kind != ACTOR_ACCOUNT)
		return reply_people_only(r);
	if (!req_form(r, alerts_fields, &form))
		return reply_invalid(r);
	for (uint32_t i = 0; i < CHOICE_COUNT; i++)
		choices |= (uint32_t)form.chosen[i] << i;
	sql_alerts_put(req_tx(r), (struct sql_alerts_put){
		.account_id = req_actor(r)->id, .choices = choices });
	return reply_choices(r, choices);
}

static const struct route routes[] = {
	{ ROUTE(alerts_show) },
	{ ROUTE(alerts_choose) },
	{ 0 }
};

const struct module alerts_module = {
	.name = "alerts",
	.purpose = "Keeps which sounds and desktop notices a person wants.",
	.routes = routes,
};
