/*
 * Any body against a table with every kind of field. Whatever comes, the call returns, and what
 * it let through keeps the promises of the table.
 */
#include "bounds.h"
#include "clock.h"
#include "form.h"
#include "must.h"

#include <string.h>

/* The local years 1990 to 2100: 1989-12-31T16:00:00Z and 2100-12-31T16:00:00Z. */
static const int64_t UNTIL_FIRST = INT64_C(631123200) * CLOCK_SECOND;
static const int64_t UNTIL_END = INT64_C(4133952000) * CLOCK_SECOND;

static const char *const choices[] = { "phone", "web", NULL };

struct fuzz_form {
	struct str line, text, code, inner;
	int choice;
	bool flag, has_object;
	enum tri tri;
	int64_t number, time, date, until, decimal;
	struct str_list codes, lines;
};

static const struct field inner_fields[] = {
	{ .name = "inner", .kind = FIELD_LINE, .offset = offsetof(struct fuzz_form, inner),
	  .required = true },
	{ 0 },
};

static const struct field fields[] = {
	{ .name = "line",
	  .kind = FIELD_LINE,
	  .offset = offsetof(struct fuzz_form, line),
	  .required = true,
	  .max = 20 },
	{ .name = "text",
	  .kind = FIELD_TEXT,
	  .offset = offsetof(struct fuzz_form, text),
	  .min = 1,
	  .null_ok = true },
	{ .name = "code", .kind = FIELD_CODE, .offset = offsetof(struct fuzz_form, code) },
	{ .name = "choice",
	  .kind = FIELD_CHOICE,
	  .offset = offsetof(struct fuzz_form, choice),
	  .choices = choices },
	{ .name = "flag", .kind = FIELD_BOOL, .offset = offsetof(struct fuzz_form, flag) },
	{ .name = "tri", .kind = FIELD_TRI, .offset = offsetof(struct fuzz_form, tri) },
	{ .name = "number",
	  .kind = FIELD_INT,
	  .offset = offsetof(struct fuzz_form, number),
	  .min = -5,
	  .max = 5 },
	{ .name = "time", .kind = FIELD_TIME, .offset = offsetof(struct fuzz_form, time) },
	{ .name = "date", .kind = FIELD_DATE, .offset = offsetof(struct fuzz_form, date) },
	{ .name = "until", .kind = FIELD_UNTIL, .offset = offsetof(struct fuzz_form, until) },
	{ .name = "decimal",
	  .kind = FIELD_DECIMAL,
	  .offset = offsetof(struct fuzz_form, decimal),
	  .min = -180,
	  .max = 180 },
	{ .name = "codes",
	  .kind = FIELD_CODES,
	  .offset = offsetof(struct fuzz_form, codes),
	  .max = 4 },
	{ .name = "lines",
	  .kind = FIELD_LINES,
	  .offset = offsetof(struct fuzz_form, lines),
	  .max = 4 },
	{ .name = "object",
	  .kind = FIELD_OBJECT,
	  .has = FIELD_HAS(struct fuzz_form, has_object),
	  .fields = inner_fields },
	{ 0 },
};

static void check_good(const struct fuzz_form *f)
{
	size_t chars = str_code_points(f->line);

	must(chars >= 1 && chars <= 20);
	must(memchr(f->line.p, '\n', f->line.n) == NULL);
	must(!f->text.p || str_code_points(f->text) <= LIMIT_TEXT_CHARS);
	must(f->code.n <= 32 && (f->code.n > 0 || !f->code.p));
	must(f->choice >= -1 && f->choice < 2);
	must(f->number >= -5 && f->number <= 5);
	must(f->until == 0 || (f->until >= UNTIL_FIRST && f->until < UNTIL_END));
	must(f->decimal == JSON_NO_DECIMAL ||
	     (f->decimal >= -180000000 && f->decimal <= 180000000));
	must(f->codes.n <= 4);
	for (size_t i = 0; i < f->codes.n; i++)
		must(f->codes.v[i].n >= 1 && f->codes.v[i].n <= 32);
	must(f->lines.n <= 4);
	for (size_t i = 0; i < f->lines.n; i++)
		must(f->lines.v[i].n >= 1 && str_code_points(f->lines.v[i]) <= LIMIT_LINE_CHARS);
	must(f->has_object == (f->inner.p != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
	struct field_errors errors = { .arena = arena };
	struct fuzz_form form;

	memset(&form, 0x5a, sizeof(form));
	bool is_good =
		form_parse((struct str){ (const char *)input, n }, fields, &form, &errors);

	must(is_good == (errors.n == 0));
	must(!errors.malformed || !is_good);
	if (is_good)
		check_good(&form);
	for (const struct field_error *e = errors.first; e; e = e->next) {
		must(e->pointer.n >= 1 && e->pointer.p[0] == '#');
		must(e->code && e->detail.n > 0);
	}
	arena_free(arena);
	return 0;
}
