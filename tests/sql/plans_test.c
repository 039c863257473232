/*
 * How the database means to find the rows of every statement of sql/queries: none may read a
 * large table, or a whole index of one, from end to end.
 *
 * EXPLAIN of an almost empty table says nothing of a full one. So every table gets some
 * thousand rows, and then the statistics by which the optimizer chooses are set to those of a
 * district after a year. Once more with statistics that claim empty tables: that is what they
 * say when a table has just grown.
 */
#include "all_sql.h"
#include "bounds.h"
#include "sql/database_fixture.h"
#include "store/mariadb_folder.h"
#include "tx_test_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <strings.h>
/* Needs those above. */
#include <cmocka.h>

enum { FILLED_ROWS = 3000 };

/* What does not grow with the appeals. Every other table counts as large. */
static const char *const small_tables[] = {
	"auth_account", "auth_key", "auth_secret", "calls_seat", "deadlines_check",
	"exchange_peer", "knowledge_entry", "live_place", "outbox_endpoint", "outbox_run",
	"outbox_secret", "reference_department", "reference_document", "reference_tree", "search_segment",
	"server_data_key", "server_lease", "server_migration", "server_seed", "server_sequence", "server_snapshot",
	"server_test_clock", "webhooks_endpoint", "webhooks_warning",
};

/* Statements that may read all of a table, and why. */
static const struct {
	const char *statement, *table, *reason;
} allowed[] = {
	{ "migration_table", "tables", "the dictionary of the database, once at each start" },
	{ "search_waiting_count", "search_waiting", "ids alone, by the command that rebuilds" },
	{ "callers_keys_used", "callers_caller", "an index alone, by the command that retires a key" },
	{ "vault_counts", "callers_caller", "a count of an index, of the administrator's own page" },
	{ "vault_counts", "vault_retirement", "what waits for the next batch, no more than a day's" },
	{ "vault_counts", "vault_hold", "holds are put by hand, one for a court" },
	{ "suggestions_figures", "suggestions_outcome", "a quarter's, of the administrators' page" },
	{ "health_ledger", "ledger_waiting", "ends at a number of rows, whichever they are" },
	{ "health_cluster", "GLOBAL_STATUS", "the database's own counters, which are no table" },
};

/* ---- a district after a year ---- */

#define CHOICES "COALESCE((SELECT c.n FROM test_choices c WHERE c.name = f.column_name), 0)"

static const char *const preparation[] = {
	"CREATE TABLE test_large (name VARCHAR(64) PRIMARY KEY, n BIGINT) "
	"CHARSET utf8mb4 COLLATE utf8mb4_bin AS "
	"SELECT table_name AS name, CASE table_name WHEN 'history_event' THEN 13000000 "
	"	WHEN 'deadlines_deadline' THEN 7000000 WHEN 'outbox_delivery' THEN 7000000 "
	"	WHEN 'outbox_attempt' THEN 7000000 ELSE 2400000 END AS n "
	"FROM information_schema.tables WHERE table_schema = DATABASE() "
	"	AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'test\\_%'",
	/* Columns with few values; all others tell the rows of a table apart. */
	"CREATE TABLE test_choices (name VARCHAR(64) PRIMARY KEY, n BIGINT) "
	"CHARSET utf8mb4 COLLATE utf8mb4_bin AS "
	"SELECT DISTINCT column_name AS name, CASE WHEN column_name LIKE 'is\\_%' THEN 2 "
	"	WHEN data_type = 'tinyint' THEN 8 WHEN column_name = 'category' THEN 300 "
	"	ELSE 60 END AS n "
	"FROM information_schema.columns WHERE table_schema = DATABASE() "
	"	AND (data_type = 'tinyint' OR column_name IN ('department', 'area', "
	"	'category', 'accused_department', 'unit', 'endpoint_id', 'calendar_version', "
	"	'limits_version', 'catalogue_version', 'registered_by', 'by_id', "
	"	'segment_id'))",
};

/* The statement that gives a large table rows of its own. */
static const char fill_text[] =
	"SELECT CONCAT('INSERT IGNORE INTO ', t.name, ' (', "
	"	GROUP_CONCAT(f.column_name ORDER BY f.ordinal_position), ') SELECT ', "
	"	GROUP_CONCAT(IF(" CHOICES " = 0, 'seq', CONCAT('seq % ', " CHOICES ")) "
	"		ORDER BY f.ordinal_position), ' FROM seq_1_to_3000') AS text "
	"FROM test_large t JOIN information_schema.columns f "
	"	ON f.table_schema = DATABASE() AND f.table_name = t.name "
	"WHERE f.is_generated = 'NEVER' GROUP BY t.name";
static const struct db_field fill_columns[] = { { "text", 0, DB_STR, false } };
static const struct db_statement fill_statement = {
	.name = "test_fill", .text = fill_text, .kind = DB_MANY,
	.columns = fill_columns, .column_count = 1,
};

static const char *const quiet_statistics[] = {
	"SET GLOBAL innodb_stats_auto_recalc = 0",
	NULL,
};

/* What an index can tell apart: the values of its columns multiplied, at most the rows. */
static const char *const claimed_statistics[] = {
	"UPDATE mysql.innodb_table_stats s JOIN liandong.test_large t ON t.name = s.table_name "
	"SET s.n_rows = t.n, s.clustered_index_size = t.n / 10, "
	"	s.sum_of_other_index_sizes = t.n / 20 "
	"WHERE s.database_name = 'liandong'",
	"UPDATE mysql.innodb_index_stats s JOIN liandong.test_large t ON t.name = s.table_name "
	"SET s.stat_value = IF(s.stat_name IN ('size', 'n_leaf_pages'), t.n / 20, "
	"	IF(LENGTH(s.stat_description) + 1 "
	"	- LENGTH(REPLACE(s.stat_description, ',', '')) "
	"	> (SELECT COUNT(*) FROM liandong.test_choices c "
	"		WHERE FIND_IN_SET(c.name, s.stat_description)), t.n, "
	"	LEAST(t.n, (SELECT EXP(SUM(LN(c.n))) FROM liandong.test_choices c "
	"		WHERE FIND_IN_SET(c.name, s.stat_description))))) "
	"WHERE s.database_name = 'liandong'",
	NULL,
};

/* As they are of a table that was empty a moment ago. */
static const char *const stale_statistics[] = {
	"UPDATE mysql.innodb_table_stats SET n_rows = 0, clustered_index_size = 1, "
	"	sum_of_other_index_sizes = 1 WHERE database_name = 'liandong'",
	"UPDATE mysql.innodb_index_stats SET stat_value = "
	"	IF(stat_name IN ('size', 'n_leaf_pages'), 1, 0) "
	"WHERE database_name = 'liandong'",
	NULL,
};

/* By the one account that may: the user who installed the tables. */
static void run_as_root(const char *const *texts)
{
	const struct db_target root = {
		.socket = mariadb_owner(database())->socket, .user = mariadb_own_user(),
	};
	struct connection *c = connection_new(&root);

	must(connection_open_plain(c) == TX_OK);
	for (size_t i = 0; texts[i]; i++)
		must(connection_run(c, "test", str_of(texts[i])) == TX_OK);
	connection_free(c);
}

/* The database reads statistics from their tables when it opens a table for the first time. */
static void claim(const char *const *texts)
{
	run_as_root(texts);
	store_thread_stop();
	store_stop();
	mariadb_stop(running);
	running = mariadb_start(home);
	must(running != NULL);
	store_start(mariadb_owner(running));
	store_thread_start();
	run_as_root(quiet_statistics);
}

static void fill_tables(void)
{
	struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
	struct tx *tx = tx_new();
	struct str text = STR_NONE;

	tx_begin(tx, arena);
	struct rows *it = db_many(tx, &fill_statement, NULL);
	while (db_next(it, &text))
		database_run(arena_str(arena, text).p);
	must(tx_ok(tx));
	tx_free(tx);
	arena_free(arena);
}

static int start(void **state)
{
	char text[200];

	(void)state;
	database_start();
	for (size_t i = 0; i < array_count(preparation); i++)
		database_run(preparation[i]);
	for (size_t i = 0; i < array_count(small_tables); i++) {
		snprintf(text, sizeof(text), "DELETE FROM test_large WHERE name = '%s'",
			 small_tables[i]);
		database_run(text);
	}
	run_as_root(quiet_statistics);
	fill_tables();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	database_stop();
	return 0;
}

/* ---- plans ---- */

struct plan {
	struct str id, select_type, table, type, possible_keys, key, key_len, ref, rows, extra;
};

#define PLAN_COLUMN(member) { #member, offsetof(struct plan, member), DB_STR, true }
static const struct db_field plan_columns[] = {
	PLAN_COLUMN(id), PLAN_COLUMN(select_type), PLAN_COLUMN(table), PLAN_COLUMN(type),
	PLAN_COLUMN(possible_keys), PLAN_COLUMN(key), PLAN_COLUMN(key_len), PLAN_COLUMN(ref),
	PLAN_COLUMN(rows), PLAN_COLUMN(extra),
};

/* Whether the filters of a list are given or left out: 1 and texts, or 0 and ''. */
enum filters { FILTERS_GIVEN, FILTERS_LEFT_OUT };

/* Ids exist, moments are those of this year, a page goes on from the newest. */
static uint64_t number_for(const struct db_field *f, enum filters filters)
{
	if (strncmp(f->name, "before", 6) == 0)
		return UINT64_C(9000000000000);
	if (filters == FILTERS_LEFT_OUT)
		return strcmp(f->name, "n") == 0 ? 51 : 0;
	return f->type == DB_I64 ? UINT64_C(1772323200000000) : 1;
}

static void *make_inputs(const struct db_statement *s, enum filters filters,
			 struct arena *arena)
{
	char *in = arena_alloc(arena, s->input_size + 1u);

	for (uint32_t i = 0; i < s->param_count; i++) {
		const struct db_field *f = &s->params[i];
		struct str text = filters == FILTERS_GIVEN ? STR("1") : STR("");
		uint64_t number = number_for(f, filters);

		if (f->type == DB_STR || f->type == DB_BYTES)
			memcpy(in + f->offset, &text, sizeof(text));
		else if (f->type == DB_U32)
			memcpy(in + f->offset, &(uint32_t){ (uint32_t)number },
			       sizeof(uint32_t));
		else if (f->type == DB_BOOL)
			memcpy(in + f->offset, &(bool){ filters == FILTERS_GIVEN },
			       sizeof(bool));
		else
			memcpy(in + f->offset, &number, sizeof(number));
	}
	return in;
}

static bool is_explained(const struct db_statement *s)
{
	return strncasecmp(s->text, "SET ", 4) != 0;
}

static bool is_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/* The word before `at`; empty when something else stands there. */
static struct str word_before(const char *text, const char *at)
{
	const char *end = at;

	while (end > text && (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\t'))
		end--;
	const char *start = end;
	while (start > text && is_word(start[-1]))
		start--;
	return (struct str){ start, (size_t)(end - start) };
}

static bool is_small(struct str table)
{
	for (size_t i = 0; i < array_count(small_tables); i++)
		if (str_is(table, small_tables[i]))
			return true;
	return false;
}

/*
 * The table behind a name of a plan: an alias stands after it. Names of our tables hold a
 * module and an underscore, aliases do not.
 */
static struct str table_of(const struct db_statement *s, struct str name)
{
	const char *at = s->text;

	if (memchr(name.p, '_', name.n))
		return name;
	while ((at = strstr(at, name.p)) != NULL) {
		bool is_alone = at > s->text && !is_word(at[-1]) && !is_word(at[name.n]);
		struct str word = word_before(s->text, at);

		if (is_alone && str_is(word, "AS"))
			word = word_before(s->text, word.p);
		if (is_alone && memchr(word.p, '_', word.n))
			return word;
		at += name.n;
	}
	return name;
}

static bool is_allowed(const struct db_statement *s, struct str table)
{
	for (size_t i = 0; i < array_count(allowed); i++)
		if (strcmp(s->name, allowed[i].statement) == 0 &&
		    str_is(table, allowed[i].table))
			return true;
	return false;
}

/* Bounds that leave out next to nothing, and no LIMIT either. */
static bool is_endless_range(const struct db_statement *s, const struct plan *plan)
{
	uint64_t rows = 0;

	return str_is(plan->type, "range") && str_to_u64(plan->rows, &rows) &&
	       rows > FILLED_ROWS * 9 / 10 && !strstr(s->text, "LIMIT");
}

/* An index walked in order that leaves nothing out ends at its LIMIT. */
static bool is_short_walk(const struct db_statement *s, const struct plan *plan)
{
	return str_is(plan->type, "index") && strstr(s->text, "LIMIT") &&
	       !(plan->extra.p && strstr(plan->extra.p, "Using where"));
}

static bool is_scan(const struct db_statement *s, const struct plan *plan)
{
	/* An INSERT of VALUES names its table too; a list, a subquery have none. */
	if (!plan->table.p || str_is(plan->select_type, "INSERT") || plan->table.p[0] == '<' ||
	    (plan->extra.p && strstr(plan->extra.p, "Table function")))
		return false;
	if (!str_is(plan->type, "ALL") && !str_is(plan->type, "index") &&
	    !is_endless_range(s, plan))
		return false;
	if (is_short_walk(s, plan))
		return false;
	struct str table = table_of(s, plan->table);
	return !is_small(table) && !is_allowed(s, table);
}

/* How many tables it reads from end to end; *ret_rows is the largest number it expects. */
static uint32_t count_scans(const struct db_statement *s, enum filters filters,
			    uint64_t *ret_rows)
{
	struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
	/* A descriptor's address is its identity: it lives as long as its connection. */
	struct db_statement explain = *s;
	struct tx *tx = tx_new();
	struct plan plan = { 0 };
	uint32_t scans = 0;

	tx_begin(tx, arena);
	explain.text = arena_printf(arena, "EXPLAIN %s", s->text).p;
	explain.columns = plan_columns;
	explain.column_count = array_count(plan_columns);
	explain.kind = DB_MANY;
	struct rows *it = db_many(tx, &explain, make_inputs(s, filters, arena));
	while (db_next(it, &plan)) {
		uint64_t rows = 0;

		if (plan.rows.p && str_to_u64(plan.rows, &rows) && rows > *ret_rows)
			*ret_rows = rows;
		if (!is_scan(s, &plan))
			continue;
		print_message("%s reads all of %.*s (%.*s), filters %s:\n\t%s\n", s->name,
			      STR_ARG(plan.table), STR_ARG(plan.type),
			      filters == FILTERS_GIVEN ? "given" : "left out", s->text);
		scans++;
	}
	if (!tx_ok(tx))
		print_error("%s cannot be explained\n", s->name);
	scans += !tx_ok(tx);
	tx_free(tx);
	arena_free(arena);
	return scans;
}

static uint32_t count_all_scans(bool is_list_only)
{
	uint32_t scans = 0;

	for (size_t i = 0; i < array_count(sql_statements); i++) {
		const struct db_statement *s = sql_statements[i];
		uint64_t rows = 0;

		if (!is_explained(s) || (is_list_only && !strstr(s->text, "JSON_TABLE")))
			continue;
		scans += count_scans(s, FILTERS_GIVEN, &rows);
		scans += count_scans(s, FILTERS_LEFT_OUT, &rows);
	}
	return scans;
}

/* ---- tests ---- */

static void no_statement_reads_a_large_table_from_end_to_end(void **state)
{
	(void)state;
	claim(claimed_statistics);
	assert_int_equal(count_all_scans(false), 0);
}

static void lists_of_ids_go_by_key_while_statistics_are_old(void **state)
{
	(void)state;
	claim(stale_statistics);
	assert_int_equal(count_all_scans(true), 0);
}

static const struct db_field id_column[] = { { "id", 0, DB_U64, false } };
#define PLANTED(statement) { \
	.name = "planted", .text = statement, .kind = DB_MANY, .columns = id_column, \
	.column_count = 1 }

/* Neither has an index that fits; the third walks one from end to end. */
static void a_statement_that_reads_everything_is_found(void **state)
{
	static const struct db_statement planted[] = {
		PLANTED("SELECT id FROM intake_appeal WHERE received_at > 1"),
		PLANTED("SELECT t.id FROM tasks_task AS t WHERE t.round = 2"),
		PLANTED("SELECT e.seq AS id FROM history_event e WHERE e.by_id <> 7 "
			"ORDER BY e.appeal_id LIMIT 5"),
	};

	(void)state;
	claim(claimed_statistics);
	for (size_t i = 0; i < array_count(planted); i++) {
		uint64_t rows = 0;

		assert_int_equal(count_scans(&planted[i], FILTERS_GIVEN, &rows), 1);
		if (i < 2)
			assert_in_range(rows, 2000000, 3000000);
	}
}

static void a_join_to_a_list_without_an_order_is_found(void **state)
{
	static const struct db_statement planted = PLANTED(
		"SELECT a.id FROM "
		"JSON_TABLE('[1]', '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) wanted "
		"JOIN intake_appeal a ON a.id = wanted.id");
	uint64_t rows = 0;

	(void)state;
	claim(stale_statistics);
	assert_int_equal(count_scans(&planted, FILTERS_GIVEN, &rows), 1);
}

static void every_small_table_exists(void **state)
{
	struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
	struct tx *tx = tx_new();

	(void)state;
	tx_begin(tx, arena);
	for (size_t i = 0; i < array_count(small_tables); i++) {
		struct sql_table_there in = { .name = str_of(small_tables[i]) };
		struct sql_table_there_row row = { 0 };

		assert_true(sql_table_there(tx, in, &row));
		if (!row.is_there)
			print_error("there is no table %s\n", small_tables[i]);
		assert_true(row.is_there);
	}
	tx_free(tx);
	arena_free(arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_statement_reads_a_large_table_from_end_to_end),
		cmocka_unit_test(lists_of_ids_go_by_key_while_statistics_are_old),
		cmocka_unit_test(a_statement_that_reads_everything_is_found),
		cmocka_unit_test(a_join_to_a_list_without_an_order_is_found),
		cmocka_unit_test(every_small_table_exists),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
