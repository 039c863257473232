/*
 * Two levels of supervision (两级联动): a street or bureau may have supervisors of its own, who
 * see and drive what stands below it (matter.h, module.h). Here the upper level sees what the
 * lower one has left undone: overdue tasks that nobody urged, supervised or escalated, and
 * objections without an answer. It counts and lists; what follows from it people decide.
 */
#include "clock.h"
#include "matter.h"
#include "module.h"

#include "levels_sql.h"

/* Undone tasks of one unit that are counted; more are said to be more. */
enum { UNDONE_COUNTED = 1000, OBJECTION_MONTHS = 3 };

/* The departments at and below a unit, as statements take them. */
static struct str below_json(struct arena *a, const struct reference *r, struct str unit)
{
	struct str all = STR("[");

	for (uint32_t i = 0; i < r->department_count; i++)
		if (reference_is_within(r, r->departments[i].code, unit))
			all = arena_printf(a, "%.*s%s\"%.*s\"", STR_ARG(all),
					   all.n > 1 ? "," : "",
					   STR_ARG(r->departments[i].code));
	return arena_printf(a, "%.*s]", STR_ARG(all));
}

static struct rows *undone(struct tx *tx, struct str departments, uint64_t after, uint32_t n)
{
	return sql_levels_undone(tx, (struct sql_levels_undone){
		.departments = departments, .now = clock_now(), .urged = EVENT_TASK_URGED,
		.supervised = EVENT_TASK_SUPERVISED, .escalated = EVENT_TASK_ESCALATED,
		.after = after, .n = n,
	});
}

/* yyyymm of the month that lies so many before this one. */
static uint32_t month_before(int64_t at, int32_t months)
{
	struct civil day = civil_of_day(day_of_instant(at));
	int32_t month = day.year * 12 + day.month - 1 - months;

	return (uint32_t)(month / 12 * 100 + month % 12 + 1);
}

static void write_objections(struct req *r, struct str departments)
{
	struct sql_levels_objections_row row = { 0 };
	struct json *j = req_json(r);
	struct rows *rows = sql_levels_objections(req_tx(r), (struct sql_levels_objections){
		.departments = departments,
		.month = month_before(clock_now(), OBJECTION_MONTHS),
	});

	json_array(j, "objections_unanswered");
	while (sql_levels_objections_next(rows, &row)) {
		json_object(j, NULL);
		json_str(j, "month", arena_printf(req_arena(r), "%04u-%02u", row.month / 100,
						  row.month % 100));
		json_u64(j, "n", row.n);
		json_str(j, "department", row.department);
		json_time(j, "at", row.at);
		json_close(j);
	}
	json_close(j);
}

static void write_unit(struct req *r, const struct sql_levels_units_row *unit)
{
	const struct reference *ref = reference_of(req_tx(r));
	const struct department *d = reference_department(ref, unit->unit);
	struct str departments = below_json(req_arena(r), ref, unit->unit);
	struct sql_levels_undone_row row = { 0 };
	struct json *j = req_json(r);
	uint64_t n = 0;

	json_object(j, NULL);
	json_str(j, "unit", unit->unit);
	json_str(j, "name", d ? d->name : STR_NONE);
	json_u64(j, "supervisors", unit->supervisors);
	struct rows *rows = undone(req_tx(r), departments, 0, UNDONE_COUNTED + 1);
	while (sql_levels_undone_next(rows, &row))
		n++;
	json_u64(j, "overdue_untouched", n > UNDONE_COUNTED ? UNDONE_COUNTED : n);
	json_bool(j, "complete", n <= UNDONE_COUNTED);
	write_objections(r, departments);
	json_close(j);
}

static struct reply levels_show(struct req *r)
{
	struct sql_levels_units_row row = { 0 };
	struct rows *rows = sql_levels_units(req_tx(r), (struct sql_levels_units){
		.role = ROLE_SUPERVISOR });
	struct sql_levels_units_row *units = NULL;
	uint32_t n = 0;

	/* Every department at most: a unit of which there is none any more is left out. */
	const struct reference *ref = reference_of(req_tx(r));
	units = arena_array_of(req_arena(r), struct sql_levels_units_row,
			       ref->department_count + 1);
	while (sql_levels_units_next(rows, &row))
		if (reference_department(ref, row.unit))
			units[n++] = row;
	json_object(req_json(r), NULL);
	json_array(req_json(r), "items");
	for (uint32_t i = 0; i < n; i++)
		write_unit(r, &units[i]);
	json_close(req_json(r));
	json_null(req_json(r), "next_cursor");
	json_close(req_json(r));
	return reply_ok(r);
}

/* The tasks behind a unit's figure. */
static struct reply levels_tasks(struct req *r)
{
	const struct reference *ref = reference_of(req_tx(r));
	struct sql_levels_undone_row row = { 0 };
	struct str unit = req_path(r, "unit");
	struct json *j = req_json(r);
	struct page page;
	uint64_t last = 0;
	uint32_t n = 0;

	if (!reference_department(ref, unit))
		return reply_missing(r);
	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = undone(req_tx(r), below_json(req_arena(r), ref, unit), page.key1,
				   page.limit + 1);
	page_open(r);
	while (sql_levels_undone_next(rows, &row) && n++ < page.limit) {
		json_object(j, NULL);
		json_str(j, "task", task_reference(req_arena(r), row.id));
		json_str(j, "department", row.department);
		json_text(j, "state", task_state_names[row.state - 1]);
		json_time(j, "due", row.due);
		json_close(j);
		last = row.id;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}

static const struct route routes[] = {
	{ ROUTE(levels_show), .lane = LANE_SLOW },
	{ ROUTE(levels_tasks), .lane = LANE_SLOW, .query = "limit cursor" },
	{ 0 }
};

const struct module levels_module = {
	.name = "levels",
	.purpose = "Shows the upper level what the supervisors of a unit have left undone.",
	.routes = routes,
};
