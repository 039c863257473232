/*
 * Statements on one connection: prepared once, run singly or for an array of rows. Rows to be
 * written are kept column by column, in the form in which the client library wants an array,
 * so that sending many costs no more than handing over the columns.
 *
 * The library takes non-const pointers to what it only reads; hence readable().
 */
#include "log.h"
#include "must.h"
#include "store/connection.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ARRAY_ROWS = 1000,
	ARRAY_BYTES = 4 * 1024 * 1024,	/* well below the server's max_allowed_packet */
	FIRST_ROWS = 8,
	PARAM_BYTES = 10,	/* most that a parameter takes in a message, but for its text */
};

/* One parameter of all deferred rows. Absent is both NULL flag and array indicator. */
struct input_column {
	char *numbers;
	void **texts;
	unsigned long *lengths;
	char *absent;
};

_Static_assert(STMT_INDICATOR_NONE == 0 && STMT_INDICATOR_NULL == 1, "flag equals indicator");

/* Where the library puts one column of a row. */
struct landing {
	uint64_t number;
	unsigned long length;
	my_bool is_null;
	my_bool is_cut;
};

struct prepared {
	struct connection *connection;
	const struct db_statement *statement;
	MYSQL_STMT *handle;	/* NULL: not prepared on the present connection */
	MYSQL_BIND *inputs;	/* one for each ? */
	MYSQL_BIND *outputs;
	struct input_column *columns;
	struct landing *landings;
	uint32_t deferred;
	uint32_t cap;
	uint32_t extent;	/* bytes of a row struct that we fill */
};

struct row {
	struct row *next;
	alignas(max_align_t) char bytes[];
};

struct rows {
	const struct row *at;
	size_t extent;
};

static void *take(void *old, size_t count, size_t size)
{
	void *p = realloc(old, count * size);

	must(p != NULL);
	return p;
}

static void *readable(const void *p)
{
	return (void *)(uintptr_t)p;
}

static bool is_text(const struct db_field *f)
{
	return f->type == DB_STR || f->type == DB_BYTES;
}

static size_t field_size(const struct db_field *f)
{
	switch ((enum db_type)f->type) {
	case DB_U64:
	case DB_I64:
		return sizeof(uint64_t);
	case DB_U32:
		return sizeof(uint32_t);
	case DB_BOOL:
		return sizeof(bool);
	case DB_STR:
	case DB_BYTES:
		return sizeof(struct str);
	}
	must_fail("a type of db_type", __FILE__, __LINE__);
}

static enum enum_field_types wire_type(const struct db_field *f)
{
	switch ((enum db_type)f->type) {
	case DB_U64:
	case DB_I64:
		return MYSQL_TYPE_LONGLONG;
	case DB_U32:
		return MYSQL_TYPE_LONG;
	case DB_BOOL:
		return MYSQL_TYPE_TINY;
	case DB_STR:
		return MYSQL_TYPE_STRING;
	case DB_BYTES:
		return MYSQL_TYPE_BLOB;
	}
	must_fail("a type of db_type", __FILE__, __LINE__);
}

/* ---- the statements of a connection ---- */

static void set_up_outputs(struct prepared *p)
{
	const struct db_statement *s = p->statement;

	for (uint32_t i = 0; i < s->column_count; i++) {
		const struct db_field *f = &s->columns[i];
		MYSQL_BIND *b = &p->outputs[i];
		struct landing *l = &p->landings[i];
		size_t end = f->offset + field_size(f);

		b->length = &l->length;
		b->is_null = &l->is_null;
		b->error = &l->is_cut;
		if (is_text(f)) {
			/* No room: first its length is learned, then it goes to the arena. */
			b->buffer_type = wire_type(f);
		} else {
			b->buffer_type = MYSQL_TYPE_LONGLONG;
			b->buffer = &l->number;
			b->buffer_length = sizeof(l->number);
			b->is_unsigned = f->type != DB_I64;
		}
		if (p->extent < end)
			p->extent = (uint32_t)end;
	}
}

static struct prepared *prepared_new(struct connection *c, const struct db_statement *s)
{
	struct prepared *p = calloc(1, sizeof(*p));

	must(p != NULL);
	p->connection = c;
	p->statement = s;
	/* One more than needed: an empty array would be NULL. */
	p->inputs = calloc(s->order_count + 1u, sizeof(*p->inputs));
	p->outputs = calloc(s->column_count + 1u, sizeof(*p->outputs));
	p->columns = calloc(s->param_count + 1u, sizeof(*p->columns));
	p->landings = calloc(s->column_count + 1u, sizeof(*p->landings));
	must(p->inputs && p->outputs && p->columns && p->landings);
	set_up_outputs(p);
	return p;
}

void prepared_free(struct prepared *p)
{
	if (!p)
		return;
	prepared_drop_handle(p);
	for (uint32_t i = 0; i < p->statement->param_count; i++) {
		struct input_column *column = &p->columns[i];

		free(column->numbers);
		free(column->texts);
		free(column->lengths);
		free(column->absent);
	}
	free(p->inputs);
	free(p->outputs);
	free(p->columns);
	free(p->landings);
	free(p);
}

void prepared_drop_handle(struct prepared *p)
{
	if (p->handle)
		mysql_stmt_close(p->handle);
	p->handle = NULL;
}

const struct db_statement *prepared_statement(const struct prepared *p)
{
	return p->statement;
}

struct prepared *connection_statement(struct connection *c, const struct db_statement *s)
{
	/* Descriptors are static tables some hundred bytes apart. */
	uint64_t spread = ((uint64_t)(uintptr_t)s >> 3) * UINT64_C(0x9e3779b97f4a7c15);

	for (uint64_t i = spread >> 48;; i++) {
		struct prepared **slot = &c->statements[i % CONNECTION_STATEMENTS];

		if (*slot && (*slot)->statement == s)
			return *slot;
		if (!*slot) {
			must(c->statement_count < CONNECTION_STATEMENTS / 2);
			c->statement_count++;
			*slot = prepared_new(c, s);
			return *slot;
		}
	}
}

static enum tx_error statement_failed(struct prepared *p)
{
	unsigned int number = p->handle ? mysql_stmt_errno(p->handle) : 0;

	if (number == 0)
		number = mysql_errno(p->connection->mysql);
	return connection_failed(p->connection, p->statement->name, number, NULL);
}

/* Before any value is bound the server's message holds none, and says what is wrong. */
static enum tx_error prepare(struct prepared *p, char *why, size_t why_size)
{
	struct connection *c = p->connection;
	const char *text = p->statement->text;

	if (!c->mysql)
		return TX_AWAY;
	p->handle = mysql_stmt_init(c->mysql);
	must(p->handle != NULL);
	if (mysql_stmt_prepare(p->handle, text, (unsigned long)strlen(text)) == 0)
		return TX_OK;

	unsigned int number = mysql_stmt_errno(p->handle);
	snprintf(why, why_size, "%u %s", number, mysql_stmt_error(p->handle));
	prepared_drop_handle(p);
	return connection_failed(c, p->statement->name, number, why);
}

enum tx_error prepared_make_ready(struct prepared *p)
{
	const struct db_statement *s = p->statement;
	char why[400];

	if (p->handle)
		return TX_OK;

	enum tx_error error = prepare(p, why, sizeof(why));
	if (error != TX_OK)
		return error;
	if (mysql_stmt_param_count(p->handle) != s->order_count ||
	    mysql_stmt_field_count(p->handle) != s->column_count) {
		log_error("store", "unlike", "statement=%s params=%lu columns=%u", s->name,
			  mysql_stmt_param_count(p->handle), mysql_stmt_field_count(p->handle));
		prepared_drop_handle(p);
		return TX_BROKEN;
	}
	if (s->column_count && mysql_stmt_bind_result(p->handle, p->outputs) != 0)
		return statement_failed(p);
	return TX_OK;
}

/* ---- rows to be written ---- */

static void grow_columns(struct prepared *p)
{
	const struct db_statement *s = p->statement;

	p->cap = p->cap ? p->cap * 2 : FIRST_ROWS;
	for (uint32_t i = 0; i < s->param_count; i++) {
		const struct db_field *f = &s->params[i];
		struct input_column *in = &p->columns[i];

		if (is_text(f)) {
			in->texts = take(in->texts, p->cap, sizeof(*in->texts));
			in->lengths = take(in->lengths, p->cap, sizeof(*in->lengths));
			in->absent = take(in->absent, p->cap, sizeof(*in->absent));
		} else {
			in->numbers = take(in->numbers, p->cap, field_size(f));
		}
	}
}

bool prepared_defer(struct prepared *p, const void *in)
{
	const struct db_statement *s = p->statement;
	uint32_t row = p->deferred;

	if (row == p->cap)
		grow_columns(p);
	for (uint32_t i = 0; i < s->param_count; i++) {
		const struct db_field *f = &s->params[i];
		struct input_column *column = &p->columns[i];
		const char *at = (const char *)in + f->offset;

		if (!is_text(f)) {
			size_t size = field_size(f);

			memcpy(column->numbers + row * size, at, size);
			continue;
		}

		struct str text;
		memcpy(&text, at, sizeof(text));
		if (!text.p && !f->nullable) {
			log_error("store", "absent", "statement=%s param=%s", s->name, f->name);
			return false;
		}
		column->texts[row] = readable(text.p);
		column->lengths[row] = (unsigned long)text.n;
		column->absent[row] = text.p == NULL;
	}
	p->deferred++;
	return true;
}

void prepared_undefer(struct prepared *p)
{
	must(p->deferred > 0);
	p->deferred--;
}

uint32_t prepared_deferred(const struct prepared *p)
{
	return p->deferred;
}

void prepared_forget(struct prepared *p)
{
	p->deferred = 0;
}

/* Points the library at `rows` deferred rows from `first` on. */
static void set_inputs(struct prepared *p, uint32_t first, uint32_t rows)
{
	const struct db_statement *s = p->statement;

	for (uint32_t i = 0; i < s->order_count; i++) {
		const struct db_field *f = &s->params[s->order[i]];
		struct input_column *column = &p->columns[s->order[i]];
		MYSQL_BIND *b = &p->inputs[i];

		b->buffer_type = wire_type(f);
		if (!is_text(f)) {
			b->buffer = column->numbers + first * field_size(f);
			b->is_unsigned = f->type != DB_I64;
			continue;
		}
		/* An array takes pointers to the texts, a single row the text. */
		b->buffer = rows > 1 ? (void *)&column->texts[first] : column->texts[first];
		b->length = &column->lengths[first];
		b->is_null = &column->absent[first];
		b->u.indicator = &column->absent[first];
	}
}

/* Binds `rows` deferred rows from `first` on. */
static enum tx_error bind_inputs(struct prepared *p, uint32_t first, uint32_t rows)
{
	unsigned int array_size = rows > 1 ? rows : 0;

	if (!p->statement->order_count)
		return TX_OK;
	set_inputs(p, first, rows);
	mysql_stmt_attr_set(p->handle, STMT_ATTR_ARRAY_SIZE, &array_size);
	return mysql_stmt_bind_param(p->handle, p->inputs) == 0 ? TX_OK : statement_failed(p);
}

/* Runs it with the one deferred row, and forgets that. */
static enum tx_error execute(struct prepared *p)
{
	enum tx_error error = prepared_make_ready(p);

	if (error == TX_OK)
		error = bind_inputs(p, 0, 1);
	if (error == TX_OK && mysql_stmt_execute(p->handle) != 0)
		error = statement_failed(p);
	p->deferred = 0;
	return error;
}

/* ---- many rows, by pipeline.c ---- */

bool prepared_next_array(const struct prepared *p, struct deferred_array *array)
{
	const struct db_statement *s = p->statement;
	uint32_t first = array->first + array->rows;
	size_t bytes = 0;
	uint32_t rows = 0;

	while (first + rows < p->deferred && rows < ARRAY_ROWS) {
		size_t more = s->param_count * PARAM_BYTES;

		for (uint32_t i = 0; i < s->param_count; i++) {
			if (is_text(&s->params[i]))
				more += p->columns[i].lengths[first + rows];
		}
		if (rows > 0 && bytes + more > ARRAY_BYTES)
			break;
		bytes += more;
		rows++;
	}
	*array = (struct deferred_array){ .first = first, .rows = rows, .bytes = bytes };
	return rows > 0;
}

enum tx_error prepared_send(struct prepared *p, const struct deferred_array *array)
{
	MYSQL *mysql = p->connection->mysql;
	const my_bool yes = 1, no = 0;
	enum tx_error error = bind_inputs(p, array->first, array->rows);

	if (error != TX_OK)
		return error;
	/* Set for this one call only: preparing and all else read their answers at once. */
	must(mysql_optionsv(mysql, MARIADB_OPT_SKIP_READ_RESPONSE, &yes) == 0);
	bool is_sent = mysql_stmt_execute(p->handle) == 0;
	must(mysql_optionsv(mysql, MARIADB_OPT_SKIP_READ_RESPONSE, &no) == 0);
	return is_sent ? TX_OK : statement_failed(p);
}

/* What mysql_stmt_execute() does after sending; the library has no name of its own for it. */
static bool read_answer(struct prepared *p)
{
	return p->connection->mysql->methods->db_read_execute_response(p->handle) == 0;
}

enum tx_error prepared_receive(struct prepared *p, uint32_t rows)
{
	if (!read_answer(p))
		return statement_failed(p);

	uint64_t matched = mysql_stmt_affected_rows(p->handle);
	if (matched < rows) {
		log_debug("store", "conflict", "statement=%s", p->statement->name);
		return TX_CONFLICT;
	}
	if (matched > rows) {
		log_error("store", "many_matched", "statement=%s rows=%u matched=%llu",
			  p->statement->name, rows, (unsigned long long)matched);
		return TX_BROKEN;
	}
	return TX_OK;
}

void prepared_discard(struct prepared *p)
{
	if (!read_answer(p) && tx_error_of(mysql_stmt_errno(p->handle)) == TX_AWAY)
		statement_failed(p);
}

enum tx_error prepared_run(struct prepared *p, const void *in, uint64_t *ret_matched)
{
	must(p->deferred == 0);
	if (!prepared_defer(p, in))
		return TX_BROKEN;

	enum tx_error error = execute(p);
	if (error == TX_OK)
		*ret_matched = mysql_stmt_affected_rows(p->handle);
	return error;
}

/* ---- rows that come back ---- */

/* False: the value does not fit the declared type. */
static bool store_number(const struct db_field *f, const struct landing *l, char *at)
{
	if (l->is_null || l->is_cut)
		return false;
	if (f->type == DB_U32) {
		uint32_t number = (uint32_t)l->number;

		memcpy(at, &number, sizeof(number));
		return l->number <= UINT32_MAX;
	}
	if (f->type == DB_BOOL) {
		bool is = l->number != 0;

		memcpy(at, &is, sizeof(is));
		return true;
	}
	memcpy(at, &l->number, sizeof(l->number));
	return true;
}

/* Copies column i of the row that was just fetched to the arena. */
static bool store_text(struct prepared *p, uint32_t i, struct arena *arena, char *at)
{
	const struct db_field *f = &p->statement->columns[i];
	const struct landing *l = &p->landings[i];
	struct str text = STR_NONE;

	if (l->is_null && !f->nullable)
		return false;
	if (!l->is_null) {
		char *copy = arena_alloc(arena, l->length + 1);
		unsigned long length = 0;
		MYSQL_BIND b = {
			.buffer_type = wire_type(f),
			.buffer = copy,
			.buffer_length = l->length,
			.length = &length,
		};

		if (mysql_stmt_fetch_column(p->handle, &b, i, 0) != 0 || length != l->length)
			return false;
		text = (struct str){ copy, length };
	}
	memcpy(at, &text, sizeof(text));
	return true;
}

static bool store_row(struct prepared *p, struct arena *arena, struct row *row)
{
	const struct db_statement *s = p->statement;

	for (uint32_t i = 0; i < s->column_count; i++) {
		const struct db_field *f = &s->columns[i];
		char *at = row->bytes + f->offset;
		bool fits = is_text(f) ? store_text(p, i, arena, at)
				       : store_number(f, &p->landings[i], at);

		if (!fits) {
			log_error("store", "unfit", "statement=%s column=%s", s->name, f->name);
			return false;
		}
	}
	return true;
}

enum tx_error prepared_fetch(struct prepared *p, const void *in, struct arena *arena,
			     struct rows **ret_rows)
{
	struct row *first = NULL, **end = &first;
	int got = 0;

	must(p->deferred == 0);
	if (!prepared_defer(p, in))
		return TX_BROKEN;

	enum tx_error error = execute(p);
	if (error != TX_OK)
		return error;
	while ((got = mysql_stmt_fetch(p->handle)) == 0) {
		struct row *row = arena_alloc(arena, sizeof(*row) + p->extent);

		if (!store_row(p, arena, row)) {
			mysql_stmt_free_result(p->handle);
			return TX_BROKEN;
		}
		*end = row;
		end = &row->next;
		if (p->statement->kind == DB_ONE)
			break;
	}
	if (got != 0 && got != MYSQL_NO_DATA)
		return statement_failed(p);
	mysql_stmt_free_result(p->handle);
	*ret_rows = NULL;
	if (first) {
		*ret_rows = arena_new_of(arena, struct rows);
		**ret_rows = (struct rows){ .at = first, .extent = p->extent };
	}
	return TX_OK;
}

bool db_next(struct rows *rows, void *ret_row)
{
	if (!rows || !rows->at)
		return false;
	memcpy(ret_row, rows->at->bytes, rows->extent);
	rows->at = rows->at->next;
	return true;
}

/* A sum of integers is a decimal without decimals: the library makes a number of it. */
static bool is_integer(const MYSQL_FIELD *f)
{
	switch (f->type) {
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
		return true;
	case MYSQL_TYPE_NEWDECIMAL:
		return f->decimals == 0;
	default:
		return false;
	}
}

bool prepared_shape(struct prepared *p, struct column_shape *columns, uint32_t *ret_columns,
		    uint32_t *ret_params, char *why, size_t why_size)
{
	uint32_t cap = *ret_columns;

	if (!p->handle && prepare(p, why, why_size) != TX_OK)
		return false;
	*ret_params = (uint32_t)mysql_stmt_param_count(p->handle);
	*ret_columns = mysql_stmt_field_count(p->handle);
	if (*ret_columns == 0)
		return true;

	MYSQL_RES *shape = mysql_stmt_result_metadata(p->handle);
	must(shape != NULL);
	for (uint32_t i = 0; i < *ret_columns && i < cap; i++) {
		const MYSQL_FIELD *f = mysql_fetch_field_direct(shape, i);

		columns[i] = (struct column_shape){
			.name = f->name,
			.is_number = is_integer(f),
			.is_unsigned = (f->flags & UNSIGNED_FLAG) != 0,
			.is_bytes = f->charsetnr == 63,
			.is_expression = f->org_table_length == 0,
			.may_be_null = (f->flags & NOT_NULL_FLAG) == 0,
		};
	}
	mysql_free_result(shape);
	return true;
}
