/*
 * The same rows without the server: plain Connector/C connections on threads, prepared
 * statements run one after the other, one transaction an appeal. What is written comes from a
 * file (--rows), so that it is always what the server writes now:
 *
 *	u BASE STEP		unsigned number: BASE + STEP * appeal
 *	i BASE			signed number
 *	r			random 62-bit number
 *	t HEX AT:WIDTH ...	text; at each place the appeal's number as WIDTH digits
 *	b HEX AT:WIDTH ...	bytes; at each place WIDTH random ones
 *	n			NULL
 *	statement N SQL		a statement with N parameters, which are named by
 *	use V V ...		the line after it, as indexes of the values above
 *
 * --own-transaction 1 leaves the transaction to the statement (a procedure that commits).
 * Appeals are numbered from --first on. Prints one JSON line.
 */
#include <mysql.h>
#include <pthread.h>
#include <stdatomic.h>

#include "bench.h"

enum { VALUES_MAX = 2048, STATEMENTS_MAX = 128, USES_MAX = 512, PLACES_MAX = 64, TRIES = 20 };

struct place {
	uint32_t at;
	uint32_t width;
};

struct value {
	char kind;
	uint64_t base;
	uint64_t step;
	char *bytes;
	size_t size;
	struct place places[PLACES_MAX];
	uint32_t place_count;
};

struct statement {
	char *sql;
	uint32_t use_count;
	uint32_t uses[USES_MAX];
};

/* What one thread binds: its own copy of every value. */
struct cell {
	uint64_t number;
	char *bytes;
	unsigned long size;
	my_bool is_null;
};

static struct {
	struct value values[VALUES_MAX];
	struct statement statements[STATEMENTS_MAX];
	uint32_t value_count;
	uint32_t statement_count;
	bool is_own_transaction;
	const char *socket, *user, *database;
	uint64_t count;
	int64_t duration;
	int64_t until;
	atomic_uint_least64_t next;
	uint64_t first;
	pthread_barrier_t ready;
} plan;

struct writer {
	pthread_t thread;
	MYSQL *db;
	MYSQL_STMT *prepared[STATEMENTS_MAX];
	struct cell cells[VALUES_MAX];
	struct samples latencies;
	uint64_t retries;
};

/* ---- the file ---- */

static uint8_t hex_digit(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static void value_bytes(struct value *v, const char *hex)
{
	v->size = strlen(hex) / 2;
	v->bytes = bench_alloc(v->size + 1, 1);
	for (size_t i = 0; i < v->size; i++)
		v->bytes[i] = (char)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
}

static void value_parse(char *line)
{
	if (plan.value_count == VALUES_MAX)
		bench_fail("more than %d values", VALUES_MAX);

	struct value *v = &plan.values[plan.value_count++];
	char *rest = line;
	char *word;

	v->kind = *strsep(&rest, " ");
	if (v->kind == 'u' || v->kind == 'i') {
		/* A negative base wraps and is read back as signed by the database. */
		v->base = strtoull(strsep(&rest, " "), NULL, 10);
		v->step = rest ? strtoull(rest, NULL, 10) : 0;
	}
	if (v->kind != 't' && v->kind != 'b')
		return;
	word = strsep(&rest, " ");
	value_bytes(v, word ? word : "");
	while ((word = strsep(&rest, " ")) != NULL && v->place_count < PLACES_MAX) {
		struct place *p = &v->places[v->place_count++];

		if (sscanf(word, "%u:%u", &p->at, &p->width) != 2 ||
		    p->at + p->width > v->size)
			bench_fail("place %s does not fit %zu bytes", word, v->size);
	}
}

static void statement_parse(char *line)
{
	if (plan.statement_count == STATEMENTS_MAX)
		bench_fail("more than %d statements", STATEMENTS_MAX);
	plan.statements[plan.statement_count++].sql = line + strlen("statement ");
}

static void uses_parse(char *line)
{
	struct statement *s = &plan.statements[plan.statement_count - 1];
	char *rest = line;
	char *word;

	strsep(&rest, " ");
	while ((word = strsep(&rest, " ")) != NULL && *word) {
		unsigned long index = strtoul(word, NULL, 10);

		if (s->use_count == USES_MAX || index >= plan.value_count)
			bench_fail("use %s of %s", word, s->sql);
		s->uses[s->use_count++] = (uint32_t)index;
	}
}

static void plan_read(const char *path)
{
	size_t size;
	char *rest = read_whole(path, &size);
	char *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (!*line)
			continue;
		if (strncmp(line, "statement ", 10) == 0)
			statement_parse(line);
		else if (strncmp(line, "use", 3) == 0 && plan.statement_count)
			uses_parse(line);
		else
			value_parse(line);
	}
	if (!plan.statement_count)
		bench_fail("%s has no statement", path);
}

/* ---- values of one appeal ---- */

/* splitmix64: spreads neighbouring numbers over all 64 bits. */
static uint64_t number_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static void digits_write(char *to, uint32_t width, uint64_t number)
{
	while (width) {
		to[--width] = (char)('0' + number % 10);
		number /= 10;
	}
}

static void random_write(char *to, uint32_t width, uint64_t seed)
{
	for (uint32_t i = 0; i < width; i++) {
		if (i % 8 == 0)
			seed = number_mix(seed + i);
		to[i] = (char)(seed >> (i % 8 * 8));
	}
}

static void cell_set(struct cell *cell, const struct value *v, uint64_t appeal, uint64_t seed)
{
	if (v->kind == 'u' || v->kind == 'i')
		cell->number = v->base + v->step * appeal;
	else if (v->kind == 'r')
		cell->number = number_mix(appeal ^ seed) >> 2;
	else if (v->kind == 'h')
		cell->number = number_mix(appeal ^ seed) >> 33;
	for (uint32_t i = 0; i < v->place_count; i++) {
		const struct place *p = &v->places[i];

		if (v->kind == 't')
			digits_write(cell->bytes + p->at, p->width, appeal);
		else
			random_write(cell->bytes + p->at, p->width, number_mix(appeal) ^ seed);
	}
}

static void cells_make(struct writer *w)
{
	for (uint32_t i = 0; i < plan.value_count; i++) {
		const struct value *v = &plan.values[i];

		w->cells[i].is_null = v->kind == 'n';
		w->cells[i].size = v->size;
		if (v->bytes) {
			w->cells[i].bytes = bench_alloc(v->size + 1, 1);
			memcpy(w->cells[i].bytes, v->bytes, v->size);
		}
	}
}

/* ---- the database ---- */

static void database_fail(struct writer *w, const char *what, MYSQL_STMT *prepared)
{
	bench_fail("%.300s: %s", what,
		   prepared ? mysql_stmt_error(prepared) : mysql_error(w->db));
}

static enum enum_field_types cell_type(const struct value *v)
{
	if (v->kind == 'n')
		return MYSQL_TYPE_NULL;
	if (v->kind == 't')
		return MYSQL_TYPE_STRING;
	return v->kind == 'b' ? MYSQL_TYPE_BLOB : MYSQL_TYPE_LONGLONG;
}

static void statement_prepare(struct writer *w, uint32_t index)
{
	const struct statement *s = &plan.statements[index];
	MYSQL_STMT *prepared = mysql_stmt_init(w->db);
	MYSQL_BIND *binds = bench_alloc(s->use_count + 1, sizeof(*binds));

	if (!prepared || mysql_stmt_prepare(prepared, s->sql, strlen(s->sql)) != 0)
		database_fail(w, s->sql, prepared);
	if (mysql_stmt_param_count(prepared) != s->use_count)
		bench_fail("%u values for %.300s", s->use_count, s->sql);
	for (uint32_t i = 0; i < s->use_count; i++) {
		const struct value *v = &plan.values[s->uses[i]];
		struct cell *cell = &w->cells[s->uses[i]];

		binds[i].buffer_type = cell_type(v);
		binds[i].buffer = v->bytes ? (void *)cell->bytes : (void *)&cell->number;
		binds[i].buffer_length = cell->size;
		binds[i].length = &cell->size;
		binds[i].is_null = &cell->is_null;
		binds[i].is_unsigned = v->kind != 'i';
	}
	if (mysql_stmt_bind_param(prepared, binds) != 0)
		database_fail(w, s->sql, prepared);
	w->prepared[index] = prepared;
	free(binds);
}

static void writer_connect(struct writer *w)
{
	w->db = mysql_init(NULL);
	mysql_options(w->db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (!mysql_real_connect(w->db, NULL, plan.user, NULL, plan.database, 0,
				plan.socket, 0))
		database_fail(w, plan.socket, NULL);
	if (mysql_autocommit(w->db, plan.is_own_transaction) != 0)
		database_fail(w, "autocommit", NULL);
	cells_make(w);
	for (uint32_t i = 0; i < plan.statement_count; i++)
		statement_prepare(w, i);
}

/* False: a deadlock or lock wait undid the transaction, and it is to be run again. */
static bool appeal_try(struct writer *w)
{
	for (uint32_t i = 0; i < plan.statement_count; i++) {
		MYSQL_STMT *prepared = w->prepared[i];

		if (mysql_stmt_execute(prepared) != 0) {
			unsigned int error = mysql_stmt_errno(prepared);

			if (error != 1213 && error != 1205)
				database_fail(w, plan.statements[i].sql, prepared);
			mysql_rollback(w->db);
			return false;
		}
		while (mysql_stmt_next_result(prepared) == 0)
			;
	}
	if (!plan.is_own_transaction && mysql_commit(w->db) != 0)
		database_fail(w, "COMMIT", NULL);
	return true;
}

static void appeal_write(struct writer *w, uint64_t appeal)
{
	int64_t start = bench_now();

	for (uint32_t i = 0; i < plan.value_count; i++)
		cell_set(&w->cells[i], &plan.values[i], appeal, i);
	for (int tries = 1; !appeal_try(w); tries++) {
		w->retries++;
		if (tries == TRIES)
			bench_fail("appeal %llu met %d deadlocks", (unsigned long long)appeal,
				   TRIES);
	}
	samples_add(&w->latencies, bench_now() - start);
}

static void *writer_run(void *arg)
{
	struct writer *w = arg;

	mysql_thread_init();
	writer_connect(w);
	pthread_barrier_wait(&plan.ready);	/* all are connected: main starts the clock */
	pthread_barrier_wait(&plan.ready);
	while (bench_now() < plan.until) {
		uint64_t index = atomic_fetch_add(&plan.next, 1);

		if (index >= plan.count)
			break;
		appeal_write(w, plan.first + index);
	}
	pthread_barrier_wait(&plan.ready);
	mysql_close(w->db);
	mysql_thread_end();
	return NULL;
}

static void writers_run(struct writer *writers, uint32_t n)
{
	struct samples all = { 0 };
	int64_t start;

	pthread_barrier_init(&plan.ready, NULL, n + 1);
	for (uint32_t i = 0; i < n; i++)
		if (pthread_create(&writers[i].thread, NULL, writer_run, &writers[i]) != 0)
			bench_fail("no thread");
	pthread_barrier_wait(&plan.ready);
	start = bench_now();
	plan.until = start + plan.duration;
	pthread_barrier_wait(&plan.ready);
	pthread_barrier_wait(&plan.ready);

	int64_t took = bench_now() - start;

	for (uint32_t i = 0; i < n; i++) {
		pthread_join(writers[i].thread, NULL);
		for (size_t j = 0; j < writers[i].latencies.n; j++)
			samples_add(&all, writers[i].latencies.v[j]);
		if (writers[i].retries)
			fprintf(stderr, "connection %u: %llu retries\n", i,
				(unsigned long long)writers[i].retries);
	}
	samples_print(&all, 0, took);
}

int main(int argc, char **argv)
{
	uint32_t connections = (uint32_t)option_number(argc, argv, "--connections", 1);

	plan.socket = option_required(argc, argv, "--socket");
	plan.user = option_required(argc, argv, "--user");
	plan.database = option_required(argc, argv, "--database");
	plan.count = option_number(argc, argv, "--count", UINT64_MAX);
	plan.duration = (int64_t)option_number(argc, argv, "--seconds", 3600) * NANOSECONDS;
	plan.first = option_number(argc, argv, "--first", 1);
	plan.is_own_transaction = option_number(argc, argv, "--own-transaction", 0);
	plan_read(option_required(argc, argv, "--rows"));
	mysql_library_init(0, NULL, NULL);
	writers_run(bench_alloc(connections, sizeof(struct writer)), connections);
	return 0;
}
