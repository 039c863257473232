/*
 * What callers see of their own appeal without an account: how it stands, how often their identity was
 * opened and by whom, and the question whether they are satisfied, which they answer once. They show
 * its number and the code that they were told, or a link that was sent to them.
 *
 * An unknown number and a wrong code are one answer, after the same work. Nothing of a caller's
 * identity is in any answer; number, code and token stand in bodies, never in an address that is
 * logged.
 */
#include <inttypes.h>

#include "audit.h"
#include "bounds.h"
#include "caller_codes.h"
#include "clock.h"
#include "domain.h"
#include "matter.h"
#include "module.h"
#include "rules/calendar.h"
#include "rules/mask.h"
#include "setting.h"
#include "visit.h"

static const struct setting settings[] = {
	{ "public_page", SETTING_BOOL, "false",
	  .help = "Lets callers ask for their own appeals, by number and code, at /progress." },
	{ 0 }
};

/* ---- who asks ---- */

#define PROOF_FIELDS(type) \
	{ "number", FIELD_LINE, offsetof(struct type, proof.number), .max = 32 }, \
	{ "code", FIELD_LINE, offsetof(struct type, proof.code), .max = 16 }, \
	{ "token", FIELD_LINE, offsetof(struct type, proof.token), .max = 32 }

static void check_proof(struct req *r, const struct caller_proof *p)
{
	if (p->token.p && (p->number.p || p->code.p))
		req_error(r, "#/token", "contradiction", "Give a token, or number and code.");
	else if (!p->token.p && !p->number.p)
		req_error(r, "#/number", "missing", "Give the number of the appeal.");
	else if (!p->token.p && !p->code.p)
		req_error(r, "#/code", "missing", "Give the code of four digits.");
}

static struct reply reply_unknown(struct req *r)
{
	return reply_problem(r, 404, "no_such_appeal",
			     "There is no appeal of this number with this code. Whoever has lost "
			     "the code gets a new one from the hotline.");
}

static struct reply reply_wait(struct req *r, int64_t wait)
{
	reply_header(r, "Retry-After", "%" PRId64, wait / CLOCK_SECOND + 1);
	return reply_problem(r, 429, "too_many_guesses",
			     "There were too many wrong codes; wait, use the link that was sent to "
			     "you, or call the hotline.");
}

/* The caller's appeal; false: *ret_reply is the answer. */
static bool admit(struct req *r, const struct caller_proof *proof, struct matter *ret_matter,
		  struct reply *ret_reply)
{
	uint64_t id = 0;
	int64_t wait = 0;

	if (!setting_bool("public_page")) {
		*ret_reply = reply_missing(r);
		return false;
	}
	check_proof(r, proof);
	if (req_has_errors(r)) {
		*ret_reply = reply_invalid(r);
		return false;
	}
	enum caller_verdict verdict = caller_check(r, proof, &id, &wait);
	bool is_there = matter_read(req_tx(r), id, ret_matter);

	if (verdict == CALLER_MUST_WAIT)
		*ret_reply = reply_wait(r, wait);
	else if (verdict == CALLER_IS_UNKNOWN || !is_there)
		*ret_reply = reply_unknown(r);
	else
		return true;
	return false;
}

/* ---- how it stands ---- */

struct progress_form {
	struct caller_proof proof;
};

static const struct field progress_fields[] = { PROOF_FIELDS(progress_form), { 0 } };

/* Words for people: the states of the trade say little to them. */
static const char *standing_of(const struct matter *m)
{
	const struct task *lead = matter_lead(m);

	switch (m->appeal.state) {
	case APPEAL_ACCEPTED:
		return "accepted";
	case APPEAL_ANSWERED:
	case APPEAL_CLOSED:
	case APPEAL_ARCHIVED:
		return "finished";
	case APPEAL_REFUSED:
		return "refused";
	case APPEAL_TRANSFERRED:
		return "transferred";
	case APPEAL_WITHDRAWN:
		return "withdrawn";
	case APPEAL_MERGED:
	case APPEAL_DISPATCHED:
		break;
	}
	if (lead && lead->state == TASK_REVIEW_PENDING)
		return "under_review";
	return lead && lead->closed_at ? "finished" : "in_hand";
}

/* A merged appeal is worked on in the one that it was merged into. */
static const struct matter *worked_on(struct tx *tx, const struct matter *m, struct matter *parent)
{
	if (!m->appeal.merged_into || !matter_read(tx, m->appeal.merged_into, parent))
		return m;
	return parent;
}

static const struct task *lead_of(const struct matter *m)
{
	const struct task *lead = matter_lead(m);

	for (uint32_t i = 0; !lead && i < m->task_count; i++)
		if (m->tasks[i].role == TASK_LEAD && m->tasks[i].closed_at)
			lead = &m->tasks[i];
	return lead;
}

static void write_work(struct req *r, const struct matter *m)
{
	const struct task *t = lead_of(m);
	const struct department *d = t ? reference_department(reference_of(req_tx(r)),
							      t->department) : NULL;
	struct json *j = req_json(r);
	bool is_shown = t && t->closed_at && t->reply.p;

	json_text(j, "state", standing_of(m));
	json_str(j, "department", d ? d->name : STR_NONE);
	json_time(j, "dispatched_at", t ? t->dispatched_at : 0);
	json_time(j, "signed_at", t ? t->signed_at : 0);
	json_time(j, "contacted_at", t ? t->contacted_at : 0);
	json_time(j, "due", t ? (t->redo_due ? t->redo_due : t->due) : 0);
	json_bool(j, "extended", t && t->extensions > 0);
	json_time(j, "closed_at", t ? t->closed_at : 0);
	json_text(j, "result", is_shown && t->result ? task_result_names[t->result - 1] : NULL);
	json_str(j, "reply", is_shown ? mask_digits(req_arena(r), t->reply) : STR_NONE);
}

static struct reply progress_show(struct req *r)
{
	struct progress_form form;
	struct reply refusal;
	struct matter m, parent;
	struct json *j = req_json(r);

	if (!req_form(r, progress_fields, &form))
		return reply_invalid(r);
	if (!admit(r, &form.proof, &m, &refusal))
		return refusal;
	json_object(j, NULL);
	json_str(j, "number", appeal_reference(req_arena(r), m.appeal.id));
	json_time(j, "received_at", m.appeal.received_at);
	write_work(r, worked_on(req_tx(r), &m, &parent));
	json_bool(j, "asked", visit_awaited(req_tx(r), m.appeal.id) == HEARD);
	json_bool(j, "answered", visit_awaited(req_tx(r), m.appeal.id) == HEARD_BEFORE);
	json_object(j, "openings");
	audit_openings_write(r, m.appeal.id);
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

/* ---- the answer ---- */

struct answer_form {
	struct caller_proof proof;
	int solved, result, attitude, reason;
	enum tri contacted;
	struct str note;
};

#define AT(member) .offset = offsetof(struct answer_form, member)

static const struct field answer_fields[] = {
	PROOF_FIELDS(answer_form),
	{ "contacted", FIELD_TRI, AT(contacted), .null_ok = true },
	{ "solved", FIELD_CHOICE, AT(solved), .null_ok = true, .choices = solved_names },
	{ "result", FIELD_CHOICE, AT(result), .required = true, .choices = level_names },
	{ "attitude", FIELD_CHOICE, AT(attitude), .null_ok = true, .choices = level_names },
	{ "reason", FIELD_CHOICE, AT(reason), .null_ok = true, .choices = visit_reason_names },
	{ "note", FIELD_TEXT, AT(note), .null_ok = true, .max = LIMIT_NOTE_CHARS },
	{ 0 }
};

static struct reply answer_take(struct req *r)
{
	static const char *const nothing[] = { NULL };
	struct answer_form form;
	struct reply refusal;
	struct matter m;

	if (!req_form(r, answer_fields, &form))
		return reply_invalid(r);
	if (!admit(r, &form.proof, &m, &refusal))
		return refusal;
	const struct visit said = {
		.channel = str_index(STR("network"), visit_channel_names), .is_reached = true,
		.contacted = form.contacted, .solved = form.solved, .result = form.result,
		.attitude = form.attitude, .truthful = TRI_NONE, .reason = form.reason,
		.note = form.note.p ? mask_digits(req_arena(r), form.note) : STR_NONE,
	};

	switch (visit_hear(req_tx(r), m.appeal.id, &said)) {
	case HEARD:
		break;
	case HEARD_BEFORE:
		return reply_conflict(r, "answered_before", nothing,
				      "This was answered already; the first answer counts.");
	case HEARD_TOO_SOON:
		return reply_conflict(r, "not_asked", nothing,
				      "Nobody asks yet: the matter is still being worked on.");
	}
	json_object(req_json(r), NULL);
	json_bool(req_json(r), "answered", true);
	json_close(req_json(r));
	return reply_ok(r);
}

/* ---- a code for who has none ---- */

static struct reply code_renew(struct req *r)
{
	static const struct field no_fields[] = { { 0 } };
	struct { char none; } form;
	struct matter m;

	if (!req_matter(r, &m))
		return reply_missing(r);
	if (!req_form(r, no_fields, &form))
		return reply_invalid(r);
	json_object(req_json(r), NULL);
	json_str(req_json(r), "caller_code", caller_code_renew(req_tx(r), m.appeal.id));
	json_close(req_json(r));
	return reply_ok(r);
}

static const struct route routes[] = {
	{ ROUTE(progress_show), .is_read_only = true },
	{ ROUTE(answer_take), .is_read_only = true },
	{ ROUTE(code_renew) },
	{ 0 }
};

static const struct job jobs[] = {
	{ "public.prune", CLOCK_HOUR, caller_codes_prune },
	{ 0 }
};

const struct module public_module = {
	.name = "public",
	.purpose = "Shows callers how their own appeal stands, and takes their answer.",
	.routes = routes,
	.jobs = jobs,
	.settings = settings,
};
