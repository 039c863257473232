#include "matter.h"

#include <stdio.h>

#include "clock.h"
#include "contact.h"
#include "identity.h"
#include "must.h"
#include "rules/exchange.h"
#include "rules/mask.h"
#include "rules/steps.h"
#include "sightings.h"

#include "exchange_sql.h"
#include "intake_sql.h"
#include "matter_sql.h"

/* Two statements bring the same columns, so their rows differ in type but not in content. */
#define APPEAL_OF(row) (struct appeal){ \
	.id = (row).id, .version = (row).version, .state = (enum appeal_state)(row).state, \
	.channel = (enum channel)(row).channel, \
	.content_class = (enum content_class)(row).content_class, \
	.category = (row).category, .area = (row).area, .title = (row).title, \
	.text = (row).text, .address = (row).address, .external_no = (row).external_no, \
	.accused_department = (row).accused_department, \
	.enterprise_uscc = (row).enterprise_uscc, .enterprise_name = (row).enterprise_name, \
	.latitude = (row).has_location ? (row).latitude : JSON_NO_DECIMAL, \
	.longitude = (row).has_location ? (row).longitude : JSON_NO_DECIMAL, \
	.occurred_at = (row).occurred_at, .received_at = (row).received_at, \
	.is_urgent = (row).is_urgent, .is_anonymous = (row).is_anonymous, \
	.is_secret = (row).is_secret, .is_visit_wanted = (row).is_visit_wanted, \
	.has_phone = (row).has_phone, \
	.registered_by_kind = (enum actor_kind)(row).registered_by_kind, \
	.registered_by = (row).registered_by, .merged_into = (row).merged_into, \
	.is_transferring = (row).is_transferring }

#define TASK_OF(row) (struct task){ \
	.id = (row).id, .appeal_id = (row).appeal_id, .department = (row).department, \
	.role = (enum task_role)(row).role, \
	.limit_class = (enum limit_class)(row).limit_class, \
	.state = (enum task_state)(row).state, .round = (row).round, \
	.version = (row).version, .dispatched_at = (row).dispatched_at, \
	.signed_at = (row).signed_at, .contacted_at = (row).contacted_at, \
	.submitted_at = (row).submitted_at, .closed_at = (row).closed_at, \
	.sign_due = (row).sign_due, .contact_due = (row).contact_due, .due = (row).due, \
	.original_due = (row).original_due, .redo_due = (row).redo_due, \
	.redo_at = (row).redo_at, \
	.is_contacted = (row).is_contacted, .is_reached = (row).is_reached, \
	.result = (enum task_result)(row).result, .reply = (row).reply, \
	.legal_basis = (row).legal_basis, .advice = (row).advice, \
	.return_standing = (enum return_standing)(row).return_standing, \
	.state_before = (enum task_state)(row).state_before, \
	.extension_asked_at = (row).extension_asked_at, .extensions = (row).extensions, \
	.held_since = (row).held_since, .held_until = (row).held_until, \
	.left = (enum leaving)(row).left_by, .left_at = (row).left_at, \
	.is_withdrawal_recorded = (row).is_withdrawal_recorded, \
	.is_exclusion_asked = (row).is_exclusion_asked, .excluded_at = (row).excluded_at, \
	.urges = (row).urges, .escalated_to = (row).escalated_to, \
	.outcome = (enum visit_outcome)(row).outcome, .archive_at = (row).archive_at, \
	.calendar_version = (row).calendar_version, \
	.catalogue_version = (row).catalogue_version, .limits_version = (row).limits_version, \
	.grounds_version = (row).grounds_version, .checklist_version = (row).checklist_version }

/* What the row of an appeal holds of its caller and its place, sealed. */
#define SEALED_OF(row) (struct sealed_identity){ \
	.record_key = (row).record_key, .name = (row).name_sealed, \
	.phone = (row).phone_sealed, .id_number = (row).id_number_sealed, \
	.address = (row).caller_address_sealed, .place = (row).place_sealed, \
	.location = (row).location_sealed }

static void read_identity(struct tx *tx, struct matter *m, const struct sealed_identity *sealed,
			  int64_t erased_at)
{
	struct arena *a = tx_arena(tx);
	struct identity clear;

	if (!identity_open(a, m->appeal.id, sealed, &clear)) {
		tx_fail(tx, TX_BROKEN);
		return;
	}
	if (clear.place.p)
		m->appeal.address = clear.place;
	if (clear.latitude != JSON_NO_DECIMAL) {
		m->appeal.latitude = clear.latitude;
		m->appeal.longitude = clear.longitude;
	}
	m->shown = caller_masked(a, &clear.caller);
	m->is_erased = erased_at != 0;
}

/* Few appeals have one, so it is no join of all their reads. */
static void read_handover(struct tx *tx, struct matter *m, uint64_t handover_id)
{
	struct sql_exchange_of_appeal_row *row;

	if (!handover_id)
		return;
	row = arena_new_of(tx_arena(tx), struct sql_exchange_of_appeal_row);
	if (sql_exchange_of_appeal(tx, (struct sql_exchange_of_appeal){
			.appeal_id = m->appeal.id }, row))
		m->handover = row;
}

struct caller caller_masked(struct arena *a, const struct caller *clear)
{
	return (struct caller){
		.name = mask_name(a, clear->name), .phone = mask_phone(a, clear->phone),
		.id_number = mask_id_number(a, clear->id_number),
		.address = mask_address(a, clear->address),
	};
}

static void add_task(struct tx *tx, struct matter *m, struct task task)
{
	if (m->task_count % 4 == 0) {
		struct task *more = arena_array_of(tx_arena(tx), struct task,
						   m->task_count + 4);
		for (uint32_t i = 0; i < m->task_count; i++)
			more[i] = m->tasks[i];
		m->tasks = more;
	}
	m->tasks[m->task_count++] = task;
}

static void read_tasks(struct tx *tx, uint64_t first_id, uint64_t last_id, struct matter *m)
{
	struct sql_matter_tasks_row row = { 0 };
	struct rows *rows = sql_matter_tasks(tx, (struct sql_matter_tasks){
		.first_id = first_id, .last_id = last_id,
	});

	while (sql_matter_tasks_next(rows, &row))
		add_task(tx, m, TASK_OF(row));
}

bool matter_read(struct tx *tx, uint64_t appeal_id, struct matter *ret_matter)
{
	struct sql_matter_appeal_row row = { 0 };

	if (!appeal_id || !sql_matter_appeal(tx, (struct sql_matter_appeal){
			.appeal_id = appeal_id }, &row))
		return false;
	*ret_matter = (struct matter){ .appeal = APPEAL_OF(row) };
	read_identity(tx, ret_matter, &SEALED_OF(row), row.erased_at);
	read_handover(tx, ret_matter, row.handover_id);
	read_tasks(tx, appeal_id * 100 + 1, appeal_id * 100 + TASKS_PER_APPEAL_MAX, ret_matter);
	return tx_ok(tx);
}

static struct task *task_in(const struct matter *m, uint64_t task_id)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (m->tasks[i].id == task_id)
			return &m->tasks[i];
	return NULL;
}

bool matter_read_task(struct tx *tx, uint64_t task_id, struct matter *ret_matter,
		      struct task **ret_task)
{
	if (!matter_read(tx, task_id / 100, ret_matter))
		return false;
	*ret_task = task_in(ret_matter, task_id);
	return *ret_task != NULL;
}

bool matter_hold(struct tx *tx, uint64_t appeal_id)
{
	struct sql_matter_hold_row row = { 0 };

	return sql_matter_hold(tx, (struct sql_matter_hold){ .appeal_id = appeal_id }, &row);
}

struct str ids_json(struct arena *a, const uint64_t *ids, uint32_t n)
{
	size_t size = (size_t)n * 21 + 3, used = 0;
	char *out = arena_alloc(a, size);

	out[used++] = '[';
	for (uint32_t i = 0; i < n; i++)
		used += (size_t)snprintf(out + used, size - used, i ? ",%llu" : "%llu",
					 (unsigned long long)ids[i]);
	out[used++] = ']';
	return (struct str){ out, used };
}

uint32_t id_place(uint64_t *ids, uint32_t *n, uint64_t id)
{
	for (uint32_t i = 0; i < *n; i++)
		if (ids[i] == id)
			return i;
	ids[(*n)++] = id;
	return *n - 1;
}

static struct matter *find_matter(struct matter *all, uint32_t n, uint64_t appeal_id)
{
	for (uint32_t i = 0; i < n; i++)
		if (all[i].appeal.id == appeal_id)
			return &all[i];
	return NULL;
}

struct matter *matter_read_many(struct tx *tx, const uint64_t *ids, uint32_t n)
{
	struct matter *all = arena_array_of(tx_arena(tx), struct matter, n ? n : 1);
	struct sql_matter_appeals_row row = { 0 };
	struct sql_matter_tasks_of_row task_row = { 0 };

	for (uint32_t i = 0; i < n; i++)
		all[i].appeal.id = ids[i];
	if (n == 0)
		return all;
	struct str list = ids_json(tx_arena(tx), ids, n);
	uint64_t *handovers = arena_array_of(tx_arena(tx), uint64_t, n);
	struct rows *rows = sql_matter_appeals(tx, (struct sql_matter_appeals){ .ids = list });
	while (sql_matter_appeals_next(rows, &row)) {
		struct matter *m = find_matter(all, n, row.id);
		must(m);
		m->appeal = APPEAL_OF(row);
		read_identity(tx, m, &SEALED_OF(row), row.erased_at);
		handovers[m - all] = row.handover_id;
	}
	rows = sql_matter_tasks_of(tx, (struct sql_matter_tasks_of){ .ids = list });
	while (sql_matter_tasks_of_next(rows, &task_row)) {
		struct matter *m = find_matter(all, n, task_row.appeal_id);
		must(m);
		add_task(tx, m, TASK_OF(task_row));
	}
	for (uint32_t i = 0; i < n; i++)
		read_handover(tx, &all[i], handovers[i]);
	return all;
}

struct appeal *matter_appeals(struct tx *tx, const uint64_t *ids, uint32_t n)
{
	struct appeal *all = arena_array_of(tx_arena(tx), struct appeal, n ? n : 1);
	struct sql_matter_appeals_row row = { 0 };
	struct rows *rows = n ? sql_matter_appeals(tx, (struct sql_matter_appeals){
		.ids = ids_json(tx_arena(tx), ids, n) }) : NULL;

	while (n && sql_matter_appeals_next(rows, &row))
		for (uint32_t i = 0; i < n; i++)
			if (ids[i] == row.id)
				all[i] = APPEAL_OF(row);
	return all;
}

void matter_insert(struct tx *tx, const struct appeal *a, struct str digest)
{
	bool has_location = a->latitude != JSON_NO_DECIMAL;

	sql_intake_insert(tx, (struct sql_intake_insert){
		.id = a->id, .channel = a->channel, .external_no = a->external_no,
		.content_class = a->content_class, .category = a->category, .area = a->area,
		.title = a->title, .text = a->text,
		.address = mask_address(tx_arena(tx), a->address),
		.has_location = has_location,
		.latitude = has_location ? position_coarse(a->latitude) : 0,
		.longitude = has_location ? position_coarse(a->longitude) : 0,
		.occurred_at = a->occurred_at, .received_at = a->received_at,
		.is_urgent = a->is_urgent, .is_anonymous = a->is_anonymous,
		.is_secret = a->is_secret, .is_visit_wanted = a->is_visit_wanted,
		.has_phone = a->has_phone, .accused_department = a->accused_department,
		.enterprise_uscc = a->enterprise_uscc, .enterprise_name = a->enterprise_name,
		.registered_by_kind = a->registered_by_kind,
		.registered_by = a->registered_by, .content_digest = digest,
	});
}

/* ---- who may know ---- */

static bool has_task_of(const struct matter *m, struct str department)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (str_eq(m->tasks[i].department, department))
			return true;
	return false;
}

bool is_unit_supervisor(const struct actor *actor)
{
	return (actor->role & ROLE_SUPERVISOR) && !str_is_empty(actor->unit);
}

/* Leaves the tasks that stand below the unit. */
static void keep_below(const struct reference *r, struct str unit, struct matter *m)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->task_count; i++)
		if (reference_is_within(r, m->tasks[i].department, unit))
			m->tasks[n++] = m->tasks[i];
	m->task_count = n;
}

static bool has_task_below(const struct reference *r, const struct matter *m, struct str unit)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (reference_is_within(r, m->tasks[i].department, unit))
			return true;
	return false;
}

bool matter_is_seen(struct tx *tx, const struct matter *m, enum relation relation,
		    const struct actor *actor)
{
	const struct reference *ref = reference_of(tx);
	const struct appeal *a = &m->appeal;
	struct sight sight = {
		.relation = relation, .role = actor->role, .is_secret = a->is_secret,
		.is_registrar = a->registered_by_kind == actor->kind &&
				a->registered_by == actor->id,
	};

	if (sight.relation == RELATION_TREE) {
		sight.has_task_below = has_task_below(ref, m, actor->unit);
		sight.is_recused = reference_is_recused(ref, actor->unit, a->accused_department);
	} else if (sight.relation == RELATION_OWN) {
		sight.has_task = has_task_of(m, actor->unit);
		sight.is_accused = str_eq(a->accused_department, actor->unit);
		sight.keeps_contact = contact_keeps(tx, actor, a->enterprise_uscc);
	}
	return sight_allows(&sight);
}

bool req_sees(struct req *r, const struct matter *m)
{
	return matter_is_seen(req_tx(r), m, req_relation(r), req_actor(r));
}

bool reader_sees(const struct actor *reader, enum shown_field field, bool is_secret)
{
	return sight_shows(field, reader->role, is_unit_supervisor(reader), is_secret);
}

struct str reader_text(const struct actor *reader, enum shown_field field, bool is_secret,
		       struct str text)
{
	return reader_sees(reader, field, is_secret) ? text : STR_NONE;
}

struct str webhook_text(enum shown_field field, bool is_secret, struct str text)
{
	return sight_shows(field, ROLE_DEPARTMENT, false, is_secret) ? text : STR_NONE;
}

struct task *matter_lead(const struct matter *m)
{
	for (uint32_t i = 0; i < m->task_count; i++)
		if (m->tasks[i].role == TASK_LEAD && task_is_live(&m->tasks[i]))
			return &m->tasks[i];
	return NULL;
}

struct str task_level_above(const struct reference *r, const struct appeal *a,
			    const struct task *t)
{
	struct str code = t->department;
	const struct department *d = reference_department(r, code);

	for (uint32_t i = 0; d && d->parent.n && i < r->department_count; i++) {
		code = d->parent;
		if (!str_eq(code, a->accused_department))
			return code;
		d = reference_department(r, code);
	}
	return t->department;
}

/*
 * Where there is no such appeal, as many statements are run as for one that the actor may not
 * know of: the time of a 404 tells no more than its words.
 */
static bool read_as_slowly(struct tx *tx, uint64_t id, struct matter *ret_matter)
{
	if (matter_read(tx, id, ret_matter))
		return true;
	*ret_matter = (struct matter){ .task_count = 0 };
	read_tasks(tx, id * 100 + 1, id * 100 + TASKS_PER_APPEAL_MAX, ret_matter);
	return false;
}

bool req_matter_of(struct req *r, uint64_t appeal_id, struct matter *ret_matter)
{
	int64_t begun = clock_monotonic();

	if (!read_as_slowly(req_tx(r), appeal_id, ret_matter) || !req_sees(r, ret_matter))
		return req_hidden(begun);
	if (req_relation(r) == RELATION_TREE)
		keep_below(reference_of(req_tx(r)), req_actor(r)->unit, ret_matter);
	return true;
}

bool req_matter(struct req *r, struct matter *ret_matter)
{
	uint64_t id = appeal_id_of(req_path(r, "id"));

	if (!req_matter_of(r, id, ret_matter))
		return false;
	if (req_is_read(r))
		sighting_keep(r, SIGHT_APPEAL, id);
	return true;
}

bool req_task(struct req *r, struct matter *ret_matter, struct task **ret_task)
{
	const struct actor *actor = req_actor(r);
	uint64_t id = task_id_of(req_path(r, "id"));
	int64_t begun = clock_monotonic();

	if (!read_as_slowly(req_tx(r), id / 100, ret_matter) ||
	    !(*ret_task = task_in(ret_matter, id)) || !req_sees(r, ret_matter))
		return req_hidden(begun);
	if (req_relation(r) == RELATION_TREE &&
	    !reference_is_within(reference_of(req_tx(r)), (*ret_task)->department, actor->unit))
		return req_hidden(begun);
	if (req_relation(r) != RELATION_ALL && (actor->role & ROLE_DEPARTMENT) &&
	    !str_eq((*ret_task)->department, actor->unit))
		return req_hidden(begun);
	if (req_is_read(r))
		sighting_keep(r, SIGHT_TASK, ret_matter->appeal.id);
	return true;
}

/* ---- the form in which they are shown ---- */

/* An appeal, and who reads it in which form. */
struct form {
	struct json *j;
	struct arena *arena;
	const struct appeal *a;
	const struct actor *reader;
};

static bool shows(const struct form *f, enum shown_field field)
{
	return reader_sees(f->reader, field, f->a->is_secret);
}

static void write_text(const struct form *f, const char *name, enum shown_field field,
		       struct str text)
{
	json_str(f->j, name, reader_text(f->reader, field, f->a->is_secret, text));
}

static void write_caller(const struct form *f, const struct matter *m)
{
	const struct appeal *a = f->a;

	json_object(f->j, "caller");
	write_text(f, "name", SHOWN_CALLER_NAME, m->shown.name);
	write_text(f, "phone", SHOWN_CALLER_PHONE, m->shown.phone);
	write_text(f, "id_number", SHOWN_CALLER_ID_NUMBER, m->shown.id_number);
	write_text(f, "address", SHOWN_CALLER_ADDRESS, m->shown.address);
	json_bool(f->j, "erased", m->is_erased);
	json_bool(f->j, "anonymous", a->is_anonymous);
	json_bool(f->j, "secret", a->is_secret);
	json_bool(f->j, "visit_wanted", a->is_visit_wanted);
	json_close(f->j);
}

struct str place_shown(struct arena *arena, const struct appeal *a, const struct actor *reader)
{
	struct str address = reader_text(reader, SHOWN_ADDRESS, a->is_secret, a->address);

	return reader_sees(reader, SHOWN_PLACE, a->is_secret) ? address
							      : mask_address(arena, address);
}

static void write_place(const struct form *f)
{
	struct json *j = f->j;

	bool is_exact = shows(f, SHOWN_PLACE);

	json_str(j, "address", place_shown(f->arena, f->a, f->reader));
	if (f->a->latitude == JSON_NO_DECIMAL || !shows(f, SHOWN_LOCATION)) {
		json_null(j, "location");
		return;
	}
	json_object(j, "location");
	json_decimal(j, "lat", is_exact ? f->a->latitude :
				       position_coarse(f->a->latitude));
	json_decimal(j, "lon", is_exact ? f->a->longitude :
				       position_coarse(f->a->longitude));
	json_close(j);
}

static void write_parties(const struct form *f)
{
	const struct appeal *a = f->a;
	struct json *j = f->j;

	if (str_is_empty(a->accused_department) || !shows(f, SHOWN_ACCUSED)) {
		json_null(j, "accused");
	} else {
		json_object(j, "accused");
		json_str(j, "department", a->accused_department);
		json_close(j);
	}
	if ((!a->enterprise_name.p && !a->enterprise_uscc.p) || !shows(f, SHOWN_ENTERPRISE)) {
		json_null(j, "enterprise");
		return;
	}
	json_object(j, "enterprise");
	json_str(j, "uscc", a->enterprise_uscc);
	json_str(j, "name", a->enterprise_name);
	json_close(j);
}

/* What a list of tasks needs of the appeal behind each, so that it is one request. */
static void write_task_matter(const struct form *f, const struct reference *names)
{
	const struct appeal *a = f->a;
	const struct category *category = reference_category(names, a->category);
	const struct area *area = reference_area(names, a->area);
	struct json *j = f->j;

	json_text(j, "channel", channel_names[a->channel - 1]);
	json_text(j, "content_class", content_class_names[a->content_class]);
	json_str(j, "category", a->category);
	json_str(j, "category_name", category ? category->name : STR_NONE);
	json_str(j, "area", a->area);
	json_str(j, "area_name", area ? area->name : STR_NONE);
	write_text(f, "title", SHOWN_TITLE, a->title);
	write_text(f, "text", SHOWN_TEXT, a->text);
	json_str(j, "address", place_shown(f->arena, a, f->reader));
	json_bool(j, "urgent", a->is_urgent);
	json_bool(j, "secret", a->is_secret);
	json_bool(j, "visit_wanted", appeal_is_visitable(a));
	json_time(j, "received_at", a->received_at);
}

/* What stands open beside the state. */
static void write_standing(struct json *j, const struct task *t)
{
	json_text(j, "return_standing", t->return_standing ?
		  return_standing_names[t->return_standing - 1] : NULL);
	json_time(j, "extension_asked_at", t->extension_asked_at);
	json_u64(j, "extensions", t->extensions);
	json_time(j, "held_since", t->held_since);
	json_time(j, "held_until", t->held_until);
	json_time(j, "left_at", t->left_at);
	json_bool(j, "exclusion_asked", t->is_exclusion_asked);
	json_time(j, "excluded_at", t->excluded_at);
	json_u64(j, "urges", t->urges);
	json_str(j, "escalated_to", t->escalated_to);
	json_text(j, "outcome", t->outcome ? visit_outcome_names[t->outcome - 1] : NULL);
}

/* names: of what is beside a task alone, or NULL inside its appeal. */
static void write_one_task(const struct form *f, const char *key, const struct task *t,
			   const struct reference *names)
{
	struct arena *arena = f->arena;
	struct json *j = f->j;

	json_object(j, key);
	json_str(j, "id", task_reference(arena, t->id));
	json_str(j, "appeal", appeal_reference(arena, t->appeal_id));
	json_str(j, "department", t->department);
	json_text(j, "role", task_role_names[t->role - 1]);
	json_text(j, "limit_class", limit_class_names[t->limit_class]);
	json_text(j, "state", task_state_names[t->state - 1]);
	json_time(j, "sign_due", t->sign_due);
	json_time(j, "contact_due", t->contact_due);
	json_time(j, "due", t->due);
	json_time(j, "original_due", t->original_due);
	json_time(j, "redo_due", t->redo_due);
	json_u64(j, "round", t->round);
	json_u64(j, "version", t->version);
	json_time(j, "dispatched_at", t->dispatched_at);
	json_time(j, "signed_at", t->signed_at);
	json_time(j, "contacted_at", t->contacted_at);
	json_time(j, "submitted_at", t->submitted_at);
	json_time(j, "closed_at", t->closed_at);
	json_text(j, "result", t->result ? task_result_names[t->result - 1] : NULL);
	write_text(f, "reply", SHOWN_REPLY, t->reply);
	json_str(j, "legal_basis", t->legal_basis);
	write_text(f, "advice", SHOWN_ADVICE, t->advice);
	write_standing(j, t);
	if (names)
		write_task_matter(f, names);
	json_close(j);
}

void task_write(struct json *j, const char *key, struct arena *arena, const struct task *t,
		const struct matter *m, const struct reference *names,
		const struct actor *reader)
{
	const struct form f = { j, arena, &m->appeal, reader };

	write_one_task(&f, key, t, names);
}

/* How the appeal stands between us and another service. */
static void write_exchange(const struct form *f, const struct sql_exchange_of_appeal_row *h)
{
	struct json *j = f->j;

	if (!h) {
		json_null(j, "exchange");
		return;
	}
	json_object(j, "exchange");
	json_str(j, "peer", h->peer);
	json_text(j, "direction", h->is_ours ? "ours" : "theirs");
	write_text(f, "number", SHOWN_EXTERNAL_NO, h->number);
	write_text(f, "their_no", SHOWN_EXTERNAL_NO, h->their_no);
	json_text(j, "state", exchange_state_names[h->state - 1]);
	json_bool(j, "danger", h->pressing == 0);
	json_str(j, "item", h->item);
	json_u64(j, "item_version", h->item_version);
	json_time(j, "first_response_at", h->first_response_at);
	json_time(j, "offered_at", h->offered_at);
	json_time(j, "accept_by", h->accept_by);
	json_time(j, "answered_at", h->answered_at);
	json_time(j, "arrived_at", h->arrived_at);
	json_time(j, "ended_at", h->ended_at);
	json_close(j);
}

void matter_write(struct json *j, const char *key, struct arena *arena, const struct matter *m,
		  const struct actor *reader)
{
	const struct appeal *a = &m->appeal;
	const struct form f = { j, arena, a, reader };

	json_object(j, key);
	json_str(j, "id", appeal_reference(arena, a->id));
	json_text(j, "state", appeal_state_names[a->state - 1]);
	json_u64(j, "version", a->version);
	json_text(j, "channel", channel_names[a->channel - 1]);
	write_text(&f, "external_no", SHOWN_EXTERNAL_NO, a->external_no);
	json_text(j, "content_class", content_class_names[a->content_class]);
	json_str(j, "category", a->category);
	json_str(j, "area", a->area);
	write_text(&f, "title", SHOWN_TITLE, a->title);
	write_text(&f, "text", SHOWN_TEXT, a->text);
	json_bool(j, "urgent", a->is_urgent);
	write_place(&f);
	json_time(j, "occurred_at", a->occurred_at);
	json_time(j, "received_at", a->received_at);
	write_caller(&f, m);
	write_parties(&f);
	/* What the caller was told first: no return and no new department resets it. */
	json_time(j, "first_due", m->task_count ? m->tasks[0].original_due : 0);
	write_text(&f, "merged_into", SHOWN_MERGED_INTO,
		   a->merged_into ? appeal_reference(arena, a->merged_into) : STR_NONE);
	json_bool(j, "transferring", a->is_transferring);
	write_exchange(&f, m->handover);
	json_array(j, "tasks");
	for (uint32_t i = 0; i < m->task_count; i++)
		if (!(reader->role & ROLE_DEPARTMENT) ||
		    str_eq(m->tasks[i].department, reader->unit))
			write_one_task(&f, NULL, &m->tasks[i], NULL);
	json_close(j);
	if (m->receipt.p)
		json_str(j, "receipt", m->receipt);
	if (m->undo_until)
		json_time(j, "undo_until", m->undo_until);
	if (m->caller_code.p)
		json_str(j, "caller_code", m->caller_code);
	json_close(j);
}

/* ---- answers about a task ---- */

struct reply reply_step(struct req *r, const struct task *t)
{
	const char *allowed[TASK_ACTIONS + 1];

	steps_allowed(t, allowed);
	return reply_conflict(r, "illegal_step", allowed,
			      "Not possible while the task is %s.",
			      task_state_names[t->state - 1]);
}

struct reply reply_appeal_step(struct req *r, const struct appeal *a)
{
	const char *allowed[APPEAL_ACTIONS + 1];

	appeal_steps_allowed(a, allowed);
	return reply_conflict(r, "illegal_step", allowed,
			      "Not possible while the appeal is %s.",
			      appeal_state_names[a->state - 1]);
}

struct reply reply_appeal(struct req *r, const struct matter *m)
{
	struct sql_exchange_of_appeal_row row;
	struct matter now = *m;

	/* The step itself may have offered it to somebody. */
	if (sql_exchange_of_appeal(req_tx(r), (struct sql_exchange_of_appeal){
			.appeal_id = m->appeal.id }, &row))
		now.handover = &row;
	matter_write(req_json(r), NULL, req_arena(r), &now, req_actor(r));
	reply_etag(r, "a", m->appeal.version);
	return reply_ok(r);
}

struct reply reply_task(struct req *r, const struct matter *m, const struct task *t)
{
	task_write(req_json(r), NULL, req_arena(r), t, m, reference_of(req_tx(r)),
		   req_actor(r));
	reply_etag(r, "t", t->version);
	return reply_ok(r);
}
