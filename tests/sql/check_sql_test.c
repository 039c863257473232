/*
 * Every statement of sql/queries against the schema that the migrations make: it must be
 * understood, its columns must be what its file declares, and it must not read a large table
 * from end to end. The tables are empty here, so the question to EXPLAIN is not what it would
 * do but whether there is an index that fits: one without is a full scan whatever the data.
 */
#include "all_sql.h"
#include "bounds.h"
#include "sql/database_fixture.h"
#include "tx_test_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <strings.h>
/* Needs those above. */
#include <cmocka.h>

enum { COLUMNS_MAX = 256, WHY_BYTES = 400 };

/* Tables that grow with the appeals; all others hold reference data or a few rows. */
static const char *const large_tables[] = {
	"callers_caller", "deadlines_deadline", "history_appeal", "history_event",
	"intake_appeal", "outbox_attempt", "outbox_delivery", "server_idempotency",
	"tasks_task", "visits_visit", NULL,
};

static int start(void **state)
{
	(void)state;
	database_start();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	database_stop();
	return 0;
}

/* What is wrong with a column, NULL if nothing is. */
static const char *complaint(const struct db_field *f, const struct column_shape *shape)
{
	bool is_number = f->type != DB_STR && f->type != DB_BYTES;

	if (strcasecmp(f->name, shape->name) != 0)
		return "has another name: declare the columns in order, or use AS";
	if (is_number && !shape->is_number)
		return "is no integer: CAST it";
	if (!is_number && shape->is_number)
		return "is a number";
	if (!is_number && (f->type == DB_BYTES) != shape->is_bytes)
		return shape->is_bytes ? "is of bytes" : "is of characters";
	if (f->type == DB_I64 && shape->is_unsigned)
		return "is unsigned: declare it u64";
	if (!f->nullable && shape->may_be_null && !shape->is_expression)
		return is_number ? "may be NULL: COALESCE it" : "may be NULL: declare it so";
	return NULL;
}

/* How many complaints a statement gave. */
static uint32_t check_shape(struct connection *c, const struct db_statement *s)
{
	struct column_shape shapes[COLUMNS_MAX];
	uint32_t columns = COLUMNS_MAX, params = 0, complaints = 0;
	char why[WHY_BYTES] = "";

	if (!prepared_shape(connection_statement(c, s), shapes, &columns, &params, why,
			    sizeof(why))) {
		print_error("%s: %s\n\t%s\n", s->name, why, s->text);
		return 1;
	}
	if (params != s->order_count || columns != s->column_count) {
		print_error("%s: has %u columns and %u parameters, declares %u and %u\n\t%s\n",
			    s->name, columns, params, s->column_count, s->order_count, s->text);
		return 1;
	}
	for (uint32_t i = 0; i < columns; i++) {
		const char *what = complaint(&s->columns[i], &shapes[i]);

		if (what) {
			print_error("%s: column %s %s\n", s->name, s->columns[i].name, what);
			complaints++;
		}
	}
	return complaints;
}

static void every_statement_fits_the_schema(void **state)
{
	struct connection *c = connection_new(mariadb_target(database()));
	uint32_t complaints = 0;

	(void)state;
	assert_int_equal(connection_open(c), TX_OK);
	for (size_t i = 0; i < array_count(sql_statements); i++)
		complaints += check_shape(c, sql_statements[i]);
	connection_free(c);
	assert_int_equal(complaints, 0);
}

struct plan {
	struct str id, select_type, table, type, possible_keys, key, key_len, ref, rows, extra;
};

#define PLAN_COLUMN(member) { #member, offsetof(struct plan, member), DB_STR, true }
static const struct db_field plan_columns[] = {
	PLAN_COLUMN(id), PLAN_COLUMN(select_type), PLAN_COLUMN(table), PLAN_COLUMN(type),
	PLAN_COLUMN(possible_keys), PLAN_COLUMN(key), PLAN_COLUMN(key_len), PLAN_COLUMN(ref),
	PLAN_COLUMN(rows), PLAN_COLUMN(extra),
};

/* Something for every parameter: 1, or a text. */
static void *make_inputs(const struct db_statement *s, struct arena *arena)
{
	char *in = arena_alloc(arena, s->input_size + 1u);

	for (uint32_t i = 0; i < s->param_count; i++) {
		const struct db_field *f = &s->params[i];
		struct str text = STR("1");

		if (f->type == DB_STR || f->type == DB_BYTES)
			memcpy(in + f->offset, &text, sizeof(text));
		else if (f->type == DB_U32)
			memcpy(in + f->offset, &(uint32_t){ 1 }, sizeof(uint32_t));
		else if (f->type == DB_BOOL)
			memcpy(in + f->offset, &(bool){ true }, sizeof(bool));
		else
			memcpy(in + f->offset, &(uint64_t){ 1 }, sizeof(uint64_t));
	}
	return in;
}

static bool is_explained(const struct db_statement *s)
{
	return strncasecmp(s->text, "SET ", 4) != 0;
}

/* An index walked in order for a LIMIT stops early: that is what lists do. */
static bool is_full_scan(const struct db_statement *s, const struct plan *plan)
{
	/* An INSERT of VALUES names its table too, and reads nothing of it. */
	if (!plan->table.p || str_is(plan->select_type, "INSERT") ||
	    str_index(plan->table, large_tables) < 0 || plan->possible_keys.p)
		return false;
	return str_is(plan->type, "ALL") ||
	       (str_is(plan->type, "index") && !strstr(s->text, "LIMIT"));
}

static uint32_t check_plan(struct tx *tx, const struct db_statement *s)
{
	struct arena *arena = tx_arena(tx);
	struct db_statement *explain = arena_new_of(arena, struct db_statement);
	struct plan plan = { 0 };
	uint32_t scans = 0;

	*explain = *s;
	explain->text = arena_printf(arena, "EXPLAIN %s", s->text).p;
	explain->columns = plan_columns;
	explain->column_count = array_count(plan_columns);
	explain->kind = DB_MANY;
	struct rows *it = db_many(tx, explain, make_inputs(s, arena));
	while (db_next(it, &plan)) {
		if (is_full_scan(s, &plan)) {
			print_error("%s: reads all of %.*s\n\t%s\n", s->name,
				    STR_ARG(plan.table), s->text);
			scans++;
		}
	}
	if (!tx_ok(tx))
		print_error("%s: cannot be explained\n", s->name);
	return scans + !tx_ok(tx);
}

static void no_statement_reads_a_large_table_from_end_to_end(void **state)
{
	uint32_t scans = 0;

	(void)state;
	/* A descriptor's address is its identity: each lives as long as its connection. */
	for (size_t i = 0; i < array_count(sql_statements); i++) {
		struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
		struct tx *tx = tx_new();

		tx_begin(tx, arena);
		if (is_explained(sql_statements[i]))
			scans += check_plan(tx, sql_statements[i]);
		tx_free(tx);
		arena_free(arena);
	}
	assert_int_equal(scans, 0);
}

static void every_large_table_exists(void **state)
{
	struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
	struct tx *tx = tx_new();

	(void)state;
	tx_begin(tx, arena);
	for (size_t i = 0; large_tables[i]; i++) {
		struct sql_table_there in = { .name = str_of(large_tables[i]) };
		struct sql_table_there_row row = { 0 };

		assert_true(sql_table_there(tx, in, &row));
		if (!row.is_there)
			print_error("there is no table %s\n", large_tables[i]);
		assert_true(row.is_there);
	}
	tx_free(tx);
	arena_free(arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_fits_the_schema),
		cmocka_unit_test(no_statement_reads_a_large_table_from_end_to_end),
		cmocka_unit_test(every_large_table_exists),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
