/*
 * Registering an appeal, and showing it. Everything that a registration causes (identity
 * sealed, dispatch with its deadlines, events, webhooks) happens in hooks of its one
 * transaction; the 201 goes out after that has been made durable.
 *
 * The route runs on the batch lane: its transaction may be shared with other registrations,
 * so on the fast path nothing is read, only inserted. A repeat (the same external number)
 * shows as a duplicate key, upon which the worker runs the request again alone.
 */
#include <inttypes.h>

#include "clock.h"
#include "crypto.h"
#include "dispatching.h"
#include "drafting.h"
#include "events.h"
#include "bounds.h"
#include "calling.h"
#include "caller_codes.h"
#include "identity.h"
#include "log.h"
#include "matter.h"
#include "module.h"
#include "registering.h"
#include "rules/id_number.h"
#include "rules/mask.h"
#include "rules/suggest.h"
#include "sealing.h"
#include "suggesting.h"
#include "undoing.h"

#include "intake_sql.h"

/* ---- forms ---- */

struct intake_form {
	int channel, content_class;
	struct str external_no, category, area, title, text, address;
	bool is_urgent;
	bool has_location;
	int64_t latitude, longitude;
	int64_t occurred_at;
	bool has_caller;
	struct str caller_name, caller_phone, caller_id_number, caller_address;
	bool is_anonymous, is_secret;
	enum tri visit_wanted;
	bool has_accused;
	struct str accused_department, accused_person;
	bool has_enterprise;
	struct str enterprise_uscc, enterprise_name;
	struct str call;
	bool is_kept;
	bool has_suggestion;
	struct str suggestion_rule;
	enum tri suggestion_accepted;
};

#define AT(member) .offset = offsetof(struct intake_form, member)

static const struct field caller_fields[] = {
	{ "name", FIELD_LINE, AT(caller_name), .null_ok = true, .max = 50 },
	{ "phone", FIELD_LINE, AT(caller_phone), .null_ok = true, .max = 32 },
	{ "id_number", FIELD_LINE, AT(caller_id_number), .null_ok = true, .max = 32 },
	{ "address", FIELD_LINE, AT(caller_address), .null_ok = true, .max = 200 },
	{ "anonymous", FIELD_BOOL, AT(is_anonymous) },
	{ "secret", FIELD_BOOL, AT(is_secret) },
	{ "visit_wanted", FIELD_TRI, AT(visit_wanted) },
	{ 0 }
};
static const struct field accused_fields[] = {
	{ "department", FIELD_CODE, AT(accused_department), .null_ok = true, .max = 16 },
	{ "person", FIELD_LINE, AT(accused_person), .null_ok = true, .max = 50 },
	{ 0 }
};
static const struct field enterprise_fields[] = {
	{ "uscc", FIELD_CODE, AT(enterprise_uscc), .null_ok = true, .min = 18, .max = 18 },
	{ "name", FIELD_LINE, AT(enterprise_name), .null_ok = true, .max = 200 },
	{ 0 }
};
static const struct field location_fields[] = {
	{ "lat", FIELD_DECIMAL, AT(latitude), .required = true, .min = -90, .max = 90 },
	{ "lon", FIELD_DECIMAL, AT(longitude), .required = true, .min = -180, .max = 180 },
	{ 0 }
};
static const struct field suggestion_fields[] = {
	{ "rule", FIELD_CODE, AT(suggestion_rule), .required = true },
	{ "accepted", FIELD_TRI, AT(suggestion_accepted), .required = true },
	{ 0 }
};
static const struct field intake_fields[] = {
	{ "channel", FIELD_CHOICE, AT(channel), .required = true, .choices = channel_names },
	{ "external_no", FIELD_LINE, AT(external_no), .null_ok = true, .max = 64 },
	{ "content_class", FIELD_CHOICE, AT(content_class), .required = true,
	  .choices = content_class_names },
	{ "category", FIELD_CODE, AT(category), .required = true, .max = 16 },
	{ "area", FIELD_CODE, AT(area), .required = true, .max = 16 },
	{ "title", FIELD_LINE, AT(title), .required = true, .max = 200 },
	{ "text", FIELD_TEXT, AT(text), .required = true, .max = LIMIT_TEXT_CHARS },
	{ "urgent", FIELD_BOOL, AT(is_urgent) },
	{ "address", FIELD_LINE, AT(address), .null_ok = true, .max = 200 },
	{ "location", FIELD_OBJECT, .has = FIELD_HAS(struct intake_form, has_location),
	  .null_ok = true, .fields = location_fields },
	{ "occurred_at", FIELD_TIME, AT(occurred_at), .null_ok = true },
	{ "caller", FIELD_OBJECT, .has = FIELD_HAS(struct intake_form, has_caller),
	  .null_ok = true, .fields = caller_fields },
	{ "accused", FIELD_OBJECT, .has = FIELD_HAS(struct intake_form, has_accused),
	  .null_ok = true, .fields = accused_fields },
	{ "enterprise", FIELD_OBJECT, .has = FIELD_HAS(struct intake_form, has_enterprise),
	  .null_ok = true, .fields = enterprise_fields },
	{ "call", FIELD_CODE, AT(call), .null_ok = true, .max = 19 },
	{ "at_desk", FIELD_BOOL, AT(is_kept) },
	{ "suggestion", FIELD_OBJECT, .has = FIELD_HAS(struct intake_form, has_suggestion),
	  .null_ok = true, .fields = suggestion_fields },
	{ 0 }
};

/* ---- rules ---- */

enum { FUTURE_TOLERANCE_MINUTES = 10 };

static bool is_phone(struct str s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c >= '0' && c <= '9')
			digits++;
		else if (c != ' ' && c != '-' && !(c == '+' && i == 0))
			return false;
	}
	return digits >= 3 && digits <= 20;
}

static void check_parties(struct req *r, const struct intake_form *f,
			  const struct reference *ref)
{
	if (f->caller_phone.p && !is_phone(f->caller_phone))
		req_error(r, "#/caller/phone", "bad_phone",
			  "A phone number is 3 to 20 digits, with blanks or dashes.");
	if (f->caller_id_number.p &&
	    !id_number_is_valid(id_number_normal(req_arena(r), f->caller_id_number)))
		req_error(r, "#/caller/id_number", "bad_id_number",
			  "This is no number of a resident card (18 characters, the last one "
			  "checks the others) and none of a passport (a letter first, then letters "
			  "and digits): look at it again, or leave it out.");
	if (f->is_anonymous && (f->caller_phone.p || f->caller_name.p || f->caller_id_number.p ||
				f->caller_address.p))
		req_error(r, "#/caller/anonymous", "contradiction",
			  "An anonymous caller has neither name, phone, id number nor address: "
			  "leave them out.");
	if (f->accused_department.p && !reference_department(ref, f->accused_department))
		req_error(r, "#/accused/department", "unknown_code",
			  "There is no such department; GET /api/v1/departments lists them.");
}

static void check_suggestion(struct req *r, const struct intake_form *f,
			     const struct reference *ref)
{
	struct str category;

	if (f->suggestion_rule.p && !(suggest_rule_read(f->suggestion_rule, &category) &&
				      reference_category(ref, category)))
		req_error(r, "#/suggestion/rule", "unknown_code",
			  "POST /api/v1/appeals/suggest names the rules of its proposals.");
}

static void check_form(struct req *r, const struct intake_form *f)
{
	const struct reference *ref = reference_of(req_tx(r));

	if (f->category.p && !reference_category(ref, f->category))
		req_error(r, "#/category", "unknown_code",
			  "There is no such category; GET /api/v1/catalogue lists them.");
	if (f->area.p && !reference_area(ref, f->area))
		req_error(r, "#/area", "unknown_code",
			  "There is no such area; GET /api/v1/catalogue lists them.");
	if (f->occurred_at > clock_now() + FUTURE_TOLERANCE_MINUTES * CLOCK_MINUTE)
		req_error(r, "#/occurred_at", "in_the_future",
			  "The matter cannot have happened after it is told.");
	check_suggestion(r, f, ref);
	check_parties(r, f, ref);
}

/* ---- registering ---- */

static void appeal_fill(struct appeal *a, const struct intake_form *f, const struct actor *by)
{
	*a = (struct appeal){
		.state = APPEAL_ACCEPTED,
		.channel = (enum channel)(f->channel + 1),
		.content_class = (enum content_class)f->content_class,
		.category = f->category, .area = f->area,
		.title = f->title, .text = f->text, .address = f->address,
		.external_no = f->external_no,
		.accused_department = f->accused_department,
		.enterprise_uscc = f->enterprise_uscc,
		.enterprise_name = f->enterprise_name,
		.latitude = f->has_location ? f->latitude : JSON_NO_DECIMAL,
		.longitude = f->has_location ? f->longitude : JSON_NO_DECIMAL,
		.occurred_at = f->occurred_at,
		.received_at = clock_now(),
		.is_urgent = f->is_urgent,
		.is_anonymous = f->is_anonymous,
		.is_secret = f->is_secret,
		.is_visit_wanted = f->visit_wanted != TRI_NO && !f->is_anonymous,
		.has_phone = f->caller_phone.p != NULL,
		.registered_by_kind = by->kind, .registered_by = by->id,
	};
}

/*
 * Same number, same content: compared by a keyed digest over what was said, so that neither
 * the layout of the JSON nor a repeat with other spacing makes a difference, and the digest
 * gives no phone number away.
 */
static struct str content_digest(struct req *r, const struct intake_form *f)
{
	const struct str parts[] = {
		f->category, f->area, f->title, f->text, f->address, f->caller_name,
		f->caller_phone, f->accused_department, f->accused_person,
		f->enterprise_uscc, f->enterprise_name,
	};
	uint8_t *digest = arena_alloc(req_arena(r), INDEX_BYTES);
	struct buf content;

	buf_init(&content, LIMIT_BODY_BYTES * 2);
	for (size_t i = 0; i < array_count(parts); i++) {
		buf_add_u64(&content, parts[i].n);
		buf_add_byte(&content, ':');
		buf_add(&content, parts[i]);
	}
	buf_printf(&content, "%d,%d,%d,%d,%d,%d", f->channel, f->content_class, f->is_urgent,
		   f->is_anonymous, f->is_secret, f->visit_wanted);
	/* What came later is left out where absent, so that older digests stay what they were. */
	if (f->caller_id_number.p || f->caller_address.p)
		buf_printf(&content, ",%.*s,%zu:%.*s", STR_ARG(f->caller_id_number),
			   f->caller_address.n, STR_ARG(f->caller_address));
	if (f->has_location)
		buf_printf(&content, ",%" PRId64 ",%" PRId64, f->latitude, f->longitude);
	buf_printf(&content, ",%" PRId64, f->occurred_at);
	crypto_tag("content", buf_str(&content), digest);
	buf_free(&content);
	return (struct str){ (const char *)digest, INDEX_BYTES };
}

static struct reply reply_matter(struct req *r, const struct matter *m, bool is_new)
{
	struct str reference = appeal_reference(req_arena(r), m->appeal.id);

	matter_write(req_json(r), NULL, req_arena(r), m, req_actor(r));
	reply_etag(r, "a", m->appeal.version);
	if (is_new)
		return reply_created(r, "/api/v1/appeals/%.*s", STR_ARG(reference));
	return reply_ok(r);
}

/*
 * The external number exists already: the same content is the same appeal, other content a
 * mistake of the sender that must not be hidden. Found only when the request runs alone.
 */
static bool find_repeat(struct req *r, const struct appeal *a, struct str digest,
			struct reply *ret_reply)
{
	struct sql_intake_by_external_row row = { 0 };
	struct matter m;

	if (!a->external_no.p || !req_is_alone(r))
		return false;
	if (!sql_intake_by_external(req_tx(r), (struct sql_intake_by_external){
			.channel = a->channel, .external_no = a->external_no }, &row))
		return false;
	if (!str_eq(row.content_digest, digest))
		*ret_reply = reply_problem(r, 409, "external_no_taken",
			"This channel registered another content under this external_no.");
	else if (matter_read(req_tx(r), row.id, &m))
		*ret_reply = reply_matter(r, &m, false);
	else
		*ret_reply = reply_missing(r);
	return true;
}

/*
 * The caller's number is that of the call, unless another one was given or none is wanted. Calls
 * are the desk's: to whoever does not sit at it there is none, whatever number they guess.
 */
static void take_number(struct req *r, struct intake_form *f)
{
	struct str number = STR_NONE;
	bool is_desk = req_actor(r)->role & ROLE_OPERATOR;

	if (f->call.p && !(is_desk && call_number(req_tx(r), f->call, &number)))
		req_error(r, "#/call", "unknown_code",
			  "There is no such call; GET /api/v1/calls lists those that ring.");
	else if (number.p && !f->caller_phone.p && !f->is_anonymous)
		f->caller_phone = number;
}

/* Until when it may be taken back, by the class that the catalogue gives it. */
static int64_t window_of(struct req *r, const struct appeal *a)
{
	struct task task;
	bool is_hurried = dispatch_expected(reference_of(req_tx(r)), a, a->received_at, &task) &&
			  undo_is_hurried(task.limit_class);

	return undo_window(req_actor(r), a, is_hurried);
}

/* Who takes it answers it in the next step: no department is to hear of it. */
static void check_kept(struct req *r, const struct intake_form *f)
{
	bool is_for_the_desk = f->content_class == CONTENT_CONSULTATION ||
			       f->content_class == CONTENT_SUGGESTION ||
			       f->content_class == CONTENT_PRAISE;

	if (f->is_kept && !((req_actor(r)->role & ROLE_OPERATOR) && is_for_the_desk))
		req_error(r, "#/at_desk", "not_for_the_desk",
			  "An operator keeps consultations, suggestions and praise at the desk.");
}

/* Take an appeal; identity, dispatch, deadlines, history and webhooks follow the events. */
static struct reply intake_open(struct req *r)
{
	const struct actor *by = req_actor(r);
	struct tx *tx = req_tx(r);
	struct intake_form form;
	struct matter m = { 0 };
	struct task_list tasks = { .n = 0 };
	struct reply repeat;

	bool is_read = req_form(r, intake_fields, &form);
	if ((by->role & ROLE_INTAKE) && form.channel >= 0 &&
	    !str_is(by->source, channel_names[form.channel]))
		return reply_denied(r, "This key registers on its own channel only.");
	check_form(r, &form);
	check_kept(r, &form);
	if (form.call.p && !req_is_alone(r)) {
		/* Who calls stands in a row: the run by itself reads it. */
		tx_fail(tx, TX_RETRY);
		return reply_empty(r);
	}
	take_number(r, &form);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);

	struct str digest = content_digest(r, &form);
	appeal_fill(&m.appeal, &form, by);
	if (find_repeat(r, &m.appeal, digest, &repeat))
		return repeat;
	struct caller caller = {
		.name = form.caller_name,
		.phone = phone_normal(req_arena(r), form.caller_phone),
		.id_number = id_number_normal(req_arena(r), form.caller_id_number),
		.address = form.caller_address,
		.accused_person = form.accused_person,
	};
	struct entry entry;
	const struct given_task nobody = { .department = STR_NONE };
	struct undo_offer offer = {
		.step = UNDO_REGISTERED, .at = m.appeal.received_at, .state = APPEAL_ACCEPTED,
		.until = window_of(r, &m.appeal),
	};

	appeal_register(tx, &(struct registration){ .by = by, .appeal = &m.appeal,
		.caller = &caller, .digest = digest, .given = form.is_kept ? &nobody : NULL,
		.tasks = &tasks, .entry = &entry, .not_before = offer.until });
	undo_offer(r, &m, &offer);
	if (by->kind == ACTOR_ACCOUNT)
		draft_done(r);
	if (form.call.p)
		call_registered(tx, form.call, m.appeal.id);
	if (form.has_suggestion)
		suggestion_keep(tx, m.appeal.id, form.suggestion_rule,
				form.suggestion_accepted == TRI_YES);

	m.shown = caller_masked(req_arena(r), &caller);
	m.receipt = seal_receipt(req_arena(r), &entry,
				 appeal_reference(req_arena(r), m.appeal.id),
				 m.appeal.received_at);
	m.caller_code = caller_code_first(req_arena(r), m.appeal.id);
	m.tasks = tasks.v;
	m.task_count = tasks.n;
	return reply_matter(r, &m, true);
}

/* ---- reading ---- */

static struct reply intake_show(struct req *r)
{
	struct matter m;

	if (!req_matter(r, &m))
		return reply_missing(r);
	return reply_matter(r, &m, false);
}

/* ---- tables ---- */

static const struct route routes[] = {
	{ ROUTE(intake_open), .lane = LANE_BATCH, .is_key_required = true,
	  .key_roles = ROLE_INTAKE },
	{ ROUTE(intake_show) },
	{ 0 }
};

const struct module intake_module = {
	.name = "intake",
	.purpose = "Takes appeals from operators, the 110 platform, forms and partners.",
	.routes = routes,
};
