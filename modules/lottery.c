/*
 * The verifiable lottery: which closed tasks are checked on the spot is drawn so that nobody
 * can steer it and anybody can repeat it.
 *
 * Committed, before the period is over: 32 random bytes, the seed, of which SHA-256 goes into
 * the ledger (entry kind 6, subject the draw, number 1) together with the period, the
 * department if it is one alone, and how many are drawn.
 *
 * Opened, after the period, by another person: seed and list go into the ledger (number 2). The
 * list is every lead task that was closed in the period and has passed its review by then, in
 * the order of its id. Each task's lot is HMAC-SHA256 (RFC 2104; key: the 32 bytes of the seed,
 * message: the task as it is written, "LD260302000017-1", in ASCII). The tasks with the
 * smallest lots, compared as bytes, are drawn, in that order.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "bounds.h"
#include "clock.h"
#include "module.h"
#include "sealing.h"

#include "lottery_sql.h"

enum { SEED_BYTES = 32, COMMITTED = 1, OPENED = 2 };

typedef struct sql_lottery_read_row draw_row;

/* ---- what both texts say first ---- */

static void add_head(struct buf *text, const draw_row *row, const char *what, int64_t at,
		     struct str by)
{
	char moment[3][40];

	buf_printf(text, "liandong-lottery/1\ndraw\t%" PRIu64 "\n%s\t%s\nby\t%.*s\n"
		   "from\t%s\nuntil\t%s\ndepartment\t%.*s\ncount\t%" PRIu32
		   "\ncommitment\t%.*s\n", row->id, what,
		   clock_format(at, moment[0], sizeof(moment[0])).p, STR_ARG(by),
		   clock_format(row->from_at, moment[1], sizeof(moment[1])).p,
		   clock_format(row->until_at, moment[2], sizeof(moment[2])).p,
		   STR_ARG(row->department.p ? row->department : STR("-")), row->count,
		   STR_ARG(row->commitment));
}

static void seal_text(struct tx *tx, struct buf *text, uint64_t id, uint64_t number, int64_t at)
{
	seal_content(tx, ENTRY_LOTTERY, id, number, at,
		     arena_str(tx_arena(tx), buf_str(text)));
	buf_free(text);
}

static struct str seed_place(struct arena *a, uint64_t id)
{
	return arena_printf(a, "lottery_draw.seed_sealed.%" PRIu64, id);
}

/* ---- showing ---- */

static void write_draw(struct json *j, const draw_row *row)
{
	json_u64(j, "id", row->id);
	json_time(j, "from", row->from_at);
	json_time(j, "until", row->until_at);
	json_str(j, "department", row->department);
	json_u64(j, "count", row->count);
	json_str(j, "commitment", row->commitment);
	json_time(j, "committed_at", row->committed_at);
	json_time(j, "opened_at", row->opened_at);
}

static struct str sealed_text(struct tx *tx, uint64_t id, uint64_t number)
{
	struct str text;

	return sealed_content(tx, ENTRY_LOTTERY, id, number, &text) ? text : STR_NONE;
}

/* What was entered: the text of the commitment, and of the opening once there is one. */
static struct reply reply_draw(struct req *r, uint64_t id)
{
	struct json *j = req_json(r);
	draw_row row = { 0 };

	if (!sql_lottery_read(req_tx(r), (struct sql_lottery_read){ id }, &row))
		return reply_missing(r);
	json_object(j, NULL);
	write_draw(j, &row);
	json_str(j, "committed", sealed_text(req_tx(r), id, COMMITTED));
	json_str(j, "opened", row.opened_at ? sealed_text(req_tx(r), id, OPENED) : STR_NONE);
	json_close(j);
	return reply_ok(r);
}

static struct reply lottery_show(struct req *r)
{
	uint64_t id;

	return str_to_u64(req_path(r, "id"), &id) ? reply_draw(r, id) : reply_missing(r);
}

static struct reply lottery_list(struct req *r)
{
	struct sql_lottery_page_row row = { 0 };
	struct page page;
	uint64_t last = 0;
	uint32_t n = 0;

	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_lottery_page(req_tx(r), (struct sql_lottery_page){
		.after = page.key1, .n = page.limit + 1 });
	page_open(r);
	while (sql_lottery_page_next(rows, &row) && n++ < page.limit) {
		json_object(req_json(r), NULL);
		write_draw(req_json(r), &(draw_row){
			.id = row.id, .from_at = row.from_at, .until_at = row.until_at,
			.count = row.count, .department = row.department,
			.commitment = row.commitment, .committed_at = row.committed_at,
			.opened_at = row.opened_at,
		});
		json_close(req_json(r));
		last = row.id;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}

/* ---- committing ---- */

struct draw_form {
	int64_t from, until, count;
	struct str department;
};

static const struct field draw_fields[] = {
	{ "from", FIELD_DATE, offsetof(struct draw_form, from), .required = true },
	{ "until", FIELD_DATE, offsetof(struct draw_form, until), .required = true },
	{ "count", FIELD_INT, offsetof(struct draw_form, count), .required = true, .min = 1,
	  .max = LIMIT_DRAWN },
	{ "department", FIELD_CODE, offsetof(struct draw_form, department), .null_ok = true,
	  .max = 16 },
	{ 0 }
};

static void check_draw(struct req *r, const struct draw_form *f, int64_t at)
{
	if (f->from && f->until && f->until <= f->from)
		req_error(r, "#/until", "out_of_order", "The period ends after it begins.");
	else if (f->until && f->until <= at)
		req_error(r, "#/until", "in_the_past",
			  "A draw is committed to before its period is over.");
	if (f->department.p &&
	    !reference_department(reference_of(req_tx(r)), f->department))
		req_error(r, "#/department", "unknown_code",
			  "There is no such department; GET /api/v1/departments lists them.");
}

/* Fills the seed's hash and its sealed form, and keeps the draw. */
static void commit(struct req *r, draw_row *row)
{
	struct arena *a = req_arena(r);
	uint8_t seed[SEED_BYTES], hash[SHA256_BYTES];
	struct str bytes = { (const char *)seed, SEED_BYTES };

	crypto_random(seed, sizeof(seed));
	crypto_sha256(bytes, hash);
	row->commitment = encode_hex(a, (struct str){ (const char *)hash, sizeof(hash) });
	row->seed_sealed = crypto_seal(a, seed_place(a, row->id), bytes);
	sql_lottery_insert(req_tx(r), (struct sql_lottery_insert){
		.id = row->id, .from_at = row->from_at, .until_at = row->until_at,
		.count = row->count, .department = row->department,
		.commitment = row->commitment, .seed_sealed = row->seed_sealed,
		.committed_at = row->committed_at, .committed_by_kind = row->committed_by_kind,
		.committed_by = row->committed_by,
	});
}

static struct reply lottery_commit(struct req *r)
{
	const struct actor *by = req_actor(r);
	struct draw_form form;
	struct buf text;
	int64_t at = clock_now();

	bool is_read = req_form(r, draw_fields, &form);
	check_draw(r, &form, at);
	if (!is_read || req_has_errors(r))
		return reply_invalid(r);
	draw_row row = {
		.id = tx_sequence(req_tx(r), "lottery_draw"), .from_at = form.from,
		.until_at = form.until, .count = (uint32_t)form.count,
		.department = form.department, .committed_at = at,
		.committed_by_kind = by->kind, .committed_by = by->id,
	};
	commit(r, &row);
	buf_init(&text, LIMIT_BODY_BYTES);
	add_head(&text, &row, "committed", at, by->name);
	seal_text(req_tx(r), &text, row.id, COMMITTED, at);
	(void)reply_draw(r, row.id);
	return reply_created(r, "/api/v1/lotteries/%" PRIu64, row.id);
}

/* ---- opening ---- */

struct lot {
	uint8_t value[SHA256_BYTES];
	uint64_t task_id;
};

static int compare_lots(const void *a, const void *b)
{
	return memcmp(((const struct lot *)a)->value, ((const struct lot *)b)->value,
		      SHA256_BYTES);
}

/* The list with its lots, in the order of the ids; n is LIMIT_DRAW_TASKS + 1 where it is too
 * long to be drawn from. */
static struct lot *read_lots(struct tx *tx, const draw_row *row, struct str seed,
			     uint32_t *ret_n)
{
	struct lot *lots = arena_array_of(tx_arena(tx), struct lot, LIMIT_DRAW_TASKS + 1);
	struct sql_lottery_tasks_row task = { 0 };
	uint32_t n = 0;
	struct rows *rows = sql_lottery_tasks(tx, (struct sql_lottery_tasks){
		.from_at = row->from_at, .until_at = row->until_at,
		.department = row->department.p ? row->department : STR(""),
		.n = LIMIT_DRAW_TASKS + 1,
	});

	while (sql_lottery_tasks_next(rows, &task)) {
		struct arena_mark mark = arena_mark(tx_arena(tx));

		lots[n].task_id = task.id;
		crypto_hmac_sha256(seed, task_reference(tx_arena(tx), task.id),
				   lots[n++].value);
		arena_rewind(tx_arena(tx), mark);
	}
	*ret_n = n;
	return lots;
}

static void add_tasks(struct buf *text, struct arena *a, const char *name,
		      const struct lot *lots, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct arena_mark mark = arena_mark(a);

		buf_printf(text, "%s\t%.*s\n", name,
			   STR_ARG(task_reference(a, lots[i].task_id)));
		arena_rewind(a, mark);
	}
}

static void open_draw(struct req *r, const draw_row *row, struct str seed, struct lot *lots,
		      uint32_t n)
{
	uint32_t drawn = n < row->count ? n : row->count;
	int64_t at = clock_now();
	struct buf text;

	buf_init(&text, LIMIT_SEALED_BYTES);
	add_head(&text, row, "opened", at, req_actor(r)->name);
	buf_printf(&text, "seed\t%.*s\n", STR_ARG(encode_hex(req_arena(r), seed)));
	add_tasks(&text, req_arena(r), "task", lots, n);
	qsort(lots, n, sizeof(*lots), compare_lots);
	add_tasks(&text, req_arena(r), "drawn", lots, drawn);
	sql_lottery_open(req_tx(r), (struct sql_lottery_open){
		.id = row->id, .opened_at = at });
	seal_text(req_tx(r), &text, row->id, OPENED, at);
}

/* 409 in words, or nothing. */
static bool may_open(struct req *r, const draw_row *row, struct reply *ret_refusal)
{
	static const char *const nothing[] = { NULL };
	const struct actor *by = req_actor(r);

	if (row->opened_at)
		*ret_refusal = reply_conflict(r, "already_opened", nothing,
					      "A draw is opened once.");
	else if (row->until_at > clock_now())
		*ret_refusal = reply_conflict(r, "period_runs", nothing,
					      "A draw is opened when its period is over.");
	else if (row->committed_by_kind == (uint32_t)by->kind && row->committed_by == by->id)
		*ret_refusal = reply_same_person(r, "Who committed to the draw does not open "
						    "it; leave it to somebody else.");
	else
		return true;
	return false;
}

static struct reply lottery_open(struct req *r)
{
	static const struct field no_fields[] = { { 0 } };
	struct reply refusal;
	draw_row row = { 0 };
	struct str seed;
	uint64_t id;
	uint32_t n;
	char empty;

	if (!str_to_u64(req_path(r, "id"), &id) ||
	    !sql_lottery_read(req_tx(r), (struct sql_lottery_read){ id }, &row))
		return reply_missing(r);
	if (!req_form(r, no_fields, &empty))
		return reply_invalid(r);
	if (!may_open(r, &row, &refusal))
		return refusal;
	if (!crypto_open(req_arena(r), seed_place(req_arena(r), id), row.seed_sealed, &seed))
		return reply_problem(r, 409, "seed_unreadable",
				     "The seed does not open: its key is missing or the row "
				     "was changed.");
	struct lot *lots = read_lots(req_tx(r), &row, seed, &n);
	if (n > LIMIT_DRAW_TASKS)
		return reply_problem(r, 409, "too_many_tasks",
				     "More than %u tasks were closed in this period.",
				     LIMIT_DRAW_TASKS);
	open_draw(r, &row, seed, lots, n);
	return reply_draw(r, id);
}

/* ---- tables ---- */

static const struct route routes[] = {
	{ ROUTE(lottery_commit) },
	{ ROUTE(lottery_list), .query = "limit cursor" },
	{ ROUTE(lottery_show) },
	{ ROUTE(lottery_open), .lane = LANE_SLOW },
	{ 0 }
};

const struct module lottery_module = {
	.name = "lottery",
	.purpose = "Draws closed tasks for a check on the spot, so that anybody can repeat it.",
	.routes = routes,
};
