/*
 * Placement: why an appeal waits for a dispatcher, and who may get it. The same rules as those
 * of the dispatch, asked before it, so that what a person is told is what will happen.
 */
#include "clock.h"
#include "dispatching.h"
#include "module.h"
#include "tasks/tasks.h"

static const char *const bar_names[] = {
	NULL, "recused", "department_only", "returned_before",
};

/* NULL where the catalogue would place it: it has changed since, or the appeal was taken up
 * again by a person. */
static const char *unplaced_because(const struct reference *ref, const struct matter *m,
				    const struct catalogue_row *row)
{
	const struct appeal *a = &m->appeal;
	struct task expected;

	if (leads_returned(m))
		return "returned";
	if (!row)
		return "no_row";
	if (reference_is_recused(ref, row->department, a->accused_department))
		return "recused";
	if (!catalogue_row_receives(ref, row))
		return "no_receiver";
	return dispatch_expected(ref, a, clock_now(), &expected) ? NULL : "no_limits";
}

static void write_row(struct json *j, const struct catalogue_row *row)
{
	if (!row) {
		json_null(j, "row");
		return;
	}
	json_object(j, "row");
	json_str(j, "area", str_is(row->area, "*") ? STR_NONE : row->area);
	json_str(j, "department", row->department);
	json_text(j, "limit_class", limit_class_names[row->limit_class]);
	json_bool(j, "department_only", row->department_only);
	json_close(j);
}

/* Who gets the category in other areas: what a person looks at first where a row is missing. */
static void write_elsewhere(struct json *j, const struct reference *ref, struct str category)
{
	json_array(j, "elsewhere");
	for (uint32_t i = 0; i < ref->catalogue_count; i++) {
		const struct catalogue_row *row = &ref->catalogue[i];

		if (!str_eq(row->category, category))
			continue;
		json_object(j, NULL);
		json_str(j, "area", row->area);
		json_str(j, "department", row->department);
		json_close(j);
	}
	json_close(j);
}

static void write_barred(struct req *r, const struct matter *m)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct assignment to = {
		.role = TASK_LEAD, .is_ruling = leads_returned(m) >= RETURNS_BEFORE_RULING,
	};
	struct json *j = req_json(r);

	json_array(j, "barred");
	for (uint32_t i = 0; i < ref->department_count; i++) {
		to.department = ref->departments[i].code;
		enum receiver_bar bar = ref->departments[i].takes_tasks
			? receiver_barred(r, m, &to) : BAR_NONE;

		if (bar == BAR_NONE)
			continue;
		json_object(j, NULL);
		json_str(j, "department", to.department);
		json_text(j, "reason", bar_names[bar]);
		json_close(j);
	}
	json_close(j);
}

struct reply tasks_placement(struct req *r)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct json *j = req_json(r);
	struct matter m;

	if (!req_matter(r, &m))
		return reply_missing(r);
	const struct appeal *a = &m.appeal;
	const struct catalogue_row *row = reference_route(ref, a->category, a->area);
	uint32_t returned = leads_returned(&m);

	json_object(j, NULL);
	json_str(j, "appeal", appeal_reference(req_arena(r), a->id));
	json_u64(j, "catalogue_version", ref->catalogue_version);
	json_text(j, "reason", matter_lead(&m) ? NULL : unplaced_because(ref, &m, row));
	write_row(j, row);
	write_elsewhere(j, ref, a->category);
	json_u64(j, "hand_overs", returned);
	json_bool(j, "ruling", returned >= RETURNS_BEFORE_RULING);
	write_barred(r, &m);
	json_close(j);
	return reply_ok(r);
}
