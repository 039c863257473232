/*
 * Every statement of sql/queries against the schema that the migrations make: it must be
 * understood, and its columns must be what its file declares. How it finds its rows is the
 * matter of plans_test.c.
 */
#include "all_sql.h"
#include "sql/database_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <strings.h>
/* Needs those above. */
#include <cmocka.h>

enum { COLUMNS_MAX = 256, WHY_BYTES = 400 };

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
	struct connection *c = connection_new(mariadb_owner(database()));
	uint32_t complaints = 0;

	(void)state;
	assert_int_equal(connection_open(c), TX_OK);
	for (size_t i = 0; i < array_count(sql_statements); i++)
		complaints += check_shape(c, sql_statements[i]);
	connection_free(c);
	assert_int_equal(complaints, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_fits_the_schema),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
