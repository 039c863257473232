/*
 * The command that takes histories: a file of lines, one appeal each. Many lines share a
 * transaction; when that fails each runs alone, so that a bad one never costs the others.
 * What is known already is skipped, so a file may be run again after whatever happened.
 */
#include "import/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "documents.h"
#include "must.h"
#include "rules/calendar_years.h"

#include "import_sql.h"
#include "reference_sql.h"

enum {
	BATCH_LINES = 200,
	BATCH_BYTES = 2 * 1024 * 1024,
	BATCH_ARENA = 256 * 1024 * 1024,
};

enum outcome {
	LINE_READY,	/* good as far as it can be told without the database */
	LINE_BAD,
	LINE_KNOWN,
	LINE_IMPORTED,
};

struct entry {
	size_t line;
	bool is_readable;		/* its form and its history are good */
	enum outcome outcome;
	struct history history;
	struct field_errors errors;
};

struct batch {
	struct arena *arena;		/* of this batch of lines */
	struct entry entry[BATCH_LINES];
	size_t n, bytes;
	size_t first, end;		/* the entries of the transaction that runs */
	int64_t now;
	bool may_create;
	struct str created[BATCH_LINES];	/* departments, in this transaction */
	size_t created_count;
	enum tx_error error;		/* how its last transaction ended, as far as seen */
};

/* ---- one transaction ---- */

static bool is_same_appeal(const struct history *a, const struct history *b)
{
	return a->channel == b->channel && str_eq(a->external_no, b->external_no);
}

/* The array in which the statement takes what may be known. */
static struct str pairs_text(struct arena *a, const struct batch *b)
{
	struct buf out;
	struct json j;

	buf_init(&out, BATCH_LINES * KIB(1));
	json_init(&j, &out);
	json_array(&j, NULL);
	for (size_t i = b->first; i < b->end; i++) {
		if (b->entry[i].outcome != LINE_READY)
			continue;
		json_object(&j, NULL);
		json_i64(&j, "channel", b->entry[i].history.channel + 1);
		json_str(&j, "external_no", b->entry[i].history.external_no);
		json_close(&j);
	}
	json_close(&j);
	struct str text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

static void mark_known(struct tx *tx, struct batch *b)
{
	struct sql_import_known_row row = { 0 };
	struct rows *rows = sql_import_known(tx, (struct sql_import_known){
		.pairs = pairs_text(tx_arena(tx), b),
	});

	while (sql_import_known_next(rows, &row))
		for (size_t i = b->first; i < b->end; i++) {
			struct entry *e = &b->entry[i];
			if (e->outcome == LINE_READY &&
			    (uint32_t)e->history.channel + 1 == row.channel &&
			    str_eq(e->history.external_no, row.external_no))
				e->outcome = LINE_KNOWN;
		}
}

/* Two lines of one file may tell of the same appeal: the first one counts. */
static bool is_repeat(const struct batch *b, size_t at)
{
	for (size_t i = b->first; i < at; i++)
		if (b->entry[i].outcome == LINE_IMPORTED &&
		    is_same_appeal(&b->entry[i].history, &b->entry[at].history))
			return true;
	return false;
}

static bool is_created(const struct batch *b, struct str code)
{
	for (size_t i = 0; i < b->created_count; i++)
		if (str_eq(b->created[i], code))
			return true;
	return false;
}

static void create_department(struct tx *tx, struct batch *b, struct str code)
{
	b->created[b->created_count++] = code;
	sql_reference_department_insert(tx, (struct sql_reference_department_insert){
		.code = code, .name = code, .name_en = code, .parent = STR(""),
		.kind = STR("bureau"), .peer_group = STR("departments"),
		.takes_tasks = true, .initials = STR(""), .phone = STR(""),
	});
	tx_snapshot_changed(tx);
}

static void check_department(const struct reference *ref, const struct batch *b,
			     struct entry *e)
{
	struct str code = e->history.department;
	const struct department *d = reference_department(ref, code);

	if (d && !d->takes_tasks)
		form_error(&e->errors, "#/department", "unknown_code",
			   "%.*s is no department that takes tasks.", STR_ARG(code));
	if (!d && !b->may_create)
		form_error(&e->errors, "#/department", "unknown_code",
			   "There is no department %.*s; add it, or run with "
			   "--create-departments.", STR_ARG(code));
}

static bool check_codes(const struct reference *ref, const struct batch *b, struct entry *e)
{
	const struct history *h = &e->history;

	e->errors = (struct field_errors){ .arena = b->arena };
	check_department(ref, b, e);
	if (h->category.p && !reference_category(ref, h->category))
		form_error(&e->errors, "#/category", "unknown_code",
			   "There is no category %.*s; write null where none is known.",
			   STR_ARG(h->category));
	if (h->area.p && !reference_area(ref, h->area))
		form_error(&e->errors, "#/area", "unknown_code",
			   "There is no area %.*s; write null where none is known.",
			   STR_ARG(h->area));
	return e->errors.n == 0;
}

static enum outcome import_entry(struct tx *tx, struct batch *b, size_t at)
{
	struct entry *e = &b->entry[at];
	const struct given_task given = {
		.department = e->history.department,
		.limit_class = (enum limit_class)e->history.limit_class,
	};

	if (is_repeat(b, at))
		return LINE_KNOWN;
	if (!check_codes(reference_of(tx), b, e))
		return LINE_BAD;
	if (!reference_department(reference_of(tx), given.department) &&
	    !is_created(b, given.department))
		create_department(tx, b, given.department);
	history_replay(tx, &e->history, &given, b->now);
	return LINE_IMPORTED;
}

/* May run several times: begins with the lines as they were read. */
static void import_batch(struct tx *tx, void *arg)
{
	struct batch *b = arg;

	b->created_count = 0;
	for (size_t i = b->first; i < b->end; i++)
		b->entry[i].outcome = b->entry[i].is_readable ? LINE_READY : LINE_BAD;
	mark_known(tx, b);
	for (size_t i = b->first; i < b->end && tx_ok(tx); i++)
		if (b->entry[i].outcome == LINE_READY)
			b->entry[i].outcome = import_entry(tx, b, i);
	tx_flush(tx);
	b->error = tx_error(tx);
}

/* ---- the file ---- */

struct run {
	const struct command_call *call;
	const char *path;
	const char *calendar_path;
	struct batch *batch;
	size_t imported, known, bad;
};

static void complain(const struct run *run, const struct entry *e)
{
	for (const struct field_error *error = e->errors.first; error; error = error->next)
		fprintf(stderr, "%s:%zu: %.*s: %.*s\n", run->path, e->line,
			STR_ARG(error->pointer), STR_ARG(error->detail));
}

static void settle(struct run *run, const struct entry *e)
{
	switch (e->outcome) {
	case LINE_IMPORTED:
		run->imported++;
		return;
	case LINE_KNOWN:
		run->known++;
		return;
	case LINE_READY:
	case LINE_BAD:
		break;
	}
	run->bad++;
	complain(run, e);
}

/* False when the database is away: the rest of the file is left for another run. */
static bool import_one(struct run *run, size_t at)
{
	struct batch *b = run->batch;
	struct entry *e = &b->entry[at];

	b->first = at;
	b->end = at + 1;
	b->error = TX_OK;
	if (run->call->transact(import_batch, b))
		return true;
	e->outcome = LINE_BAD;
	form_error(&e->errors, "#", "not_stored",
		   "The line could not be stored; the log says why. Run the import again.");
	return b->error != TX_AWAY;
}

static bool batch_run(struct run *run)
{
	struct batch *b = run->batch;
	bool is_well = true;

	b->first = 0;
	b->end = b->n;
	b->now = clock_now();
	b->error = TX_OK;
	if (!run->call->transact(import_batch, b))
		for (size_t i = 0; i < b->n && is_well; i++)
			is_well = import_one(run, i);
	if (is_well)
		for (size_t i = 0; i < b->n; i++)
			settle(run, &b->entry[i]);
	else
		fprintf(stderr, "%s:%zu: the database is away; what stands before this line is "
			"imported, run the import again for the rest.\n", run->path,
			b->entry[0].line);
	b->n = b->bytes = 0;
	return is_well;
}

static void batch_add(struct run *run, struct str text, size_t line)
{
	struct batch *b = run->batch;
	struct entry *e = &b->entry[b->n++];

	*e = (struct entry){ .line = line, .errors = { .arena = b->arena } };
	b->bytes += text.n;
	e->is_readable = form_parse(arena_str(b->arena, text), history_fields, &e->history,
				    &e->errors) &&
			 history_check(&e->history, clock_now(), &e->errors);
}

static struct str trimmed(const char *text, size_t n, size_t line)
{
	static const char mark[] = "\xef\xbb\xbf";	/* byte order mark */

	if (line == 1 && n >= 3 && memcmp(text, mark, 3) == 0) {
		text += 3;
		n -= 3;
	}
	while (n && (text[n - 1] == '\n' || text[n - 1] == '\r' || text[n - 1] == ' '))
		n--;
	return (struct str){ text, n };
}

static bool import_lines(struct run *run, FILE *file)
{
	struct batch *b = run->batch;
	struct arena_mark start = arena_mark(b->arena);
	bool is_well = true;
	char *text = NULL;
	size_t room = 0;
	ssize_t n;

	for (size_t line = 1; is_well && (n = getline(&text, &room, file)) >= 0; line++) {
		struct str whole = trimmed(text, (size_t)n, line);

		if (whole.n)
			batch_add(run, whole, line);
		if (b->n < BATCH_LINES && b->bytes < BATCH_BYTES)
			continue;
		is_well = batch_run(run);
		arena_rewind(b->arena, start);
	}
	if (is_well && b->n)
		is_well = batch_run(run);
	free(text);
	return is_well;
}

/* ---- the calendar ---- */

struct calendar_call {
	struct str path, text;
	struct table_problems problems;
};

/* A version only where something changes, so that a second run adds none. */
static void add_calendar(struct tx *tx, void *arg)
{
	struct calendar_call *call = arg;
	struct str before = STR("");
	uint64_t version;

	if (!document_newest(tx, DOCUMENT_CALENDAR, &version, &before))
		before = STR("");
	struct str after = calendar_replace_years(tx_arena(tx), before, call->text);
	if (!str_eq(before, after) &&
	    !document_add(tx, DOCUMENT_CALENDAR, call->path, after, &call->problems))
		tx_fail(tx, TX_BROKEN);
}

/* The whole file; the caller frees. NULL with a complaint. */
static char *file_read(const char *path, size_t *ret_n)
{
	enum { CALENDAR_MAX = 1024 * 1024 };
	FILE *file = fopen(path, "rb");
	char *text = malloc(CALENDAR_MAX);

	*ret_n = file && text ? fread(text, 1, CALENDAR_MAX, file) : 0;
	if (*ret_n == 0 || *ret_n == CALENDAR_MAX || ferror(file)) {
		fprintf(stderr, "%s: cannot be read, is empty, or is larger than 1 MiB.\n", path);
		free(text);
		text = NULL;
	}
	if (file)
		fclose(file);
	return text;
}

/* A calendar with a bad line is refused whole: every due moment would hang on it. */
static bool import_calendar(const struct command_call *call, const char *path)
{
	struct work_week week = work_week_shipped();
	struct calendar_call calendar = { .path = str_of(path) };
	size_t n;
	char *text = file_read(path, &n);

	if (!text)
		return false;
	calendar.text = trimmed(text, n, 1);
	calendar_free(calendar_parse(&week, calendar.text.p, calendar.text.n, "",
				     &calendar.problems));
	bool is_well = calendar.problems.count == 0;
	for (size_t i = 0; i < calendar.problems.count && i < TABLE_PROBLEMS_MAX; i++)
		fprintf(stderr, "%s:%zu: %s\n", path, calendar.problems.first[i].line,
			calendar.problems.first[i].text);
	if (!is_well) {
		fprintf(stderr, "%s: nothing was imported; mend these lines first.\n", path);
	} else if (!call->transact(add_calendar, &calendar)) {
		fprintf(stderr, "%s: the calendar could not be stored; the log says why.\n",
			path);
		is_well = false;
	}
	free(text);
	return is_well;
}

/* ---- the command ---- */

static const char import_usage[] = "FILE.jsonl [--calendar FILE.tsv] [--create-departments]";

static bool read_arguments(const struct command_call *call, struct run *run)
{
	for (int i = 1; i < call->argc; i++) {
		struct str word = str_of(call->argv[i]);
		if (str_is(word, "--create-departments"))
			run->batch->may_create = true;
		else if (str_is(word, "--calendar") && i + 1 < call->argc)
			run->calendar_path = call->argv[++i];
		else if (!run->path && word.n && word.p[0] != '-')
			run->path = word.p;
		else
			return false;
	}
	return run->path != NULL;
}

static int import_file(struct run *run)
{
	FILE *file = fopen(run->path, "r");
	bool is_well;

	if (!file) {
		fprintf(stderr, "%s: cannot be opened.\n", run->path);
		return 1;
	}
	is_well = (!run->calendar_path || import_calendar(run->call, run->calendar_path)) &&
		  import_lines(run, file);
	is_well = !ferror(file) && is_well;
	fclose(file);
	printf("imported %zu, known %zu, bad %zu\n", run->imported, run->known, run->bad);
	return is_well && run->bad == 0 ? 0 : 1;
}

static int import_command(const struct command_call *call)
{
	struct run run = { .call = call };
	int status = 2;

	run.batch = calloc(1, sizeof(*run.batch));
	must(run.batch);
	run.batch->arena = arena_new(BATCH_ARENA);
	if (read_arguments(call, &run))
		status = import_file(&run);
	else
		fprintf(stderr, "usage: liandong import %s\n", import_usage);
	arena_free(run.batch->arena);
	free(run.batch);
	return status;
}

static const struct command commands[] = {
	{ "import", import_usage,
	  "Takes histories with their own times, one appeal a line; a known one is skipped.",
	  import_command },
	{ 0 }
};

const struct module import_module = {
	.name = "import",
	.purpose = "Takes histories from files, and the sample appeals of a demo.",
	.commands = commands,
	.seed = sample_seed,
};
