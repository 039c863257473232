/*
 * Joint meetings (联席会议): who met, and what was agreed as items with a department and a day.
 */
#include "bounds.h"
#include "clock.h"
#include "sealing.h"
#include "supervised/supervised.h"

enum { MEETING_ITEMS = 50 };

struct meeting_form {
	struct str title, present;
	int64_t held_on;
	struct object_list items;
};

#define AT(member) offsetof(struct item_form, member)
static const struct field agreed_fields[] = {
	{ "department", FIELD_CODE, AT(department), .required = true, .max = 16 },
	{ "demand", FIELD_TEXT, AT(demand), .required = true, .max = LIMIT_NOTE_CHARS },
	{ "due", FIELD_UNTIL, AT(due), .required = true },
	{ "owner", FIELD_LINE, AT(owner), .null_ok = true },
	{ "task", FIELD_CODE, AT(task), .null_ok = true },
	{ 0 }
};
#undef AT
#define AT(member) offsetof(struct meeting_form, member)
static const struct field meeting_fields[] = {
	{ "title", FIELD_LINE, AT(title), .required = true },
	{ "held_on", FIELD_DATE, AT(held_on), .required = true },
	{ "present", FIELD_TEXT, AT(present), .required = true, .max = LIMIT_NOTE_CHARS },
	{ "items", FIELD_OBJECTS, AT(items), .required = true, .min = 1, .max = MEETING_ITEMS,
	  .fields = agreed_fields, .size = sizeof(struct item_form) },
	{ 0 }
};

static void check_meeting(struct req *r, const struct meeting_form *form)
{
	const struct item_form *items = form->items.v;

	if (form->held_on > clock_now())
		req_error(r, "#/held_on", "in_the_future",
			  "A meeting is entered after it was held.");
	if (form->items.n == 0)
		req_error(r, "#/items", "missing", "A meeting has at least one item.");
	for (size_t i = 0; i < form->items.n; i++)
		check_item(r, &items[i], arena_printf(req_arena(r), "#/items/%zu", i));
}

static void write_meeting(struct json *j, struct arena *a,
			  const struct sql_supervised_meetings_row *m)
{
	json_str(j, "id", item_reference(a, NUMBERED_MEETING, m->year, m->n));
	json_str(j, "title", m->title);
	json_time(j, "held_on", m->held_on);
	json_str(j, "present", m->present);
	json_time(j, "at", m->at);
	json_str(j, "by", m->by_name);
	json_u64(j, "items", m->items);
	json_u64(j, "items_open", m->items_open);
}

static void enter_meeting(struct tx *tx, const struct sql_supervised_meetings_row *m)
{
	struct arena *a = tx_arena(tx);
	struct sealed_object object;
	struct json *j = sealed_object_open(&object, "liandong-meeting/1");

	write_meeting(j, a, m);
	sealed_object_close(&object, tx, &(struct entry){
		.kind = ENTRY_SUPERVISION, .subject = m->id, .number = 1, .at = m->at });
}

/* A meeting's number is one of the items' ids: so its entry in the ledger is its own. */
static struct sql_supervised_meetings_row keep_meeting(struct req *r,
						       const struct meeting_form *form)
{
	struct tx *tx = req_tx(r);
	struct sql_supervised_meetings_row m = {
		.id = tx_sequence(tx, "supervised_item"), .title = form->title,
		.held_on = form->held_on, .present = form->present, .at = clock_now(),
		.by_name = req_actor(r)->name, .items = (uint32_t)form->items.n,
		.items_open = (uint32_t)form->items.n,
	};

	m.n = number_take(tx, NUMBERED_MEETING, m.at, &m.year);
	sql_supervised_meeting_add(tx, (struct sql_supervised_meeting_add){
		.id = m.id, .year = m.year, .n = m.n, .title = m.title, .held_on = m.held_on,
		.present = m.present, .at = m.at, .by_name = m.by_name,
	});
	enter_meeting(tx, &m);
	return m;
}

struct reply meetings_add(struct req *r)
{
	struct meeting_form form;
	bool is_read = req_form(r, meeting_fields, &form);

	check_meeting(r, &form);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	struct sql_supervised_meetings_row m = keep_meeting(r, &form);
	const struct item_form *items = form.items.v;
	struct json *j = req_json(r);
	json_object(j, NULL);
	write_meeting(j, req_arena(r), &m);
	json_array(j, "agreed");
	for (size_t i = 0; i < form.items.n; i++) {
		struct sql_supervised_page_row item = item_open(req_tx(r), &(struct item_new){
			.kind = ITEM_DEMAND, .source = SOURCE_MEETING,
			.department = items[i].department, .demand = items[i].demand,
			.owner = items[i].owner, .due = items[i].due,
			.task_id = items[i].task.p ? task_id_of(items[i].task) : 0,
			.meeting_id = m.id, .meeting_year = m.year, .meeting_n = m.n,
		}, &(struct act){ .kind = ACT_OPENED, .at = m.at, .by = req_actor(r) });
		json_object(j, NULL);
		item_write(j, req_arena(r), reference_of(req_tx(r)), &item);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

struct reply meetings_list(struct req *r)
{
	struct sql_supervised_meetings_row row = { 0 };
	struct page page;
	uint64_t last = 0;
	uint32_t n = 0;

	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_supervised_meetings(req_tx(r), (struct sql_supervised_meetings){
		.after = page.key1, .n = page.limit + 1 });
	page_open(r);
	while (sql_supervised_meetings_next(rows, &row) && n++ < page.limit) {
		json_object(req_json(r), NULL);
		write_meeting(req_json(r), req_arena(r), &row);
		json_close(req_json(r));
		last = row.id;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}
