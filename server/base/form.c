/*
 * Bodies against field tables. The tree's memory is the caller's arena: strings need no copy.
 */
#include "form.h"

#include "base/json_tree.h"
#include "base/utf8.h"
#include "bounds.h"
#include "clock.h"
#include "must.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { ERRORS_KEPT = 100 };

/* Where the reader stands: names from the inside out. */
struct path {
	const struct path *outer;
	struct str name;	/* STR_NONE: `index` counts */
	size_t index;
};

struct reading {
	char *form;
	struct field_errors *errors;
};

/* One segment of a JSON pointer (RFC 6901) inside a URI fragment (RFC 3986, 3.5). */
static void add_segment(struct buf *out, struct str name)
{
	static const char plain[] = "-._~!$&'()*+,;=:@?";

	buf_add_byte(out, '/');
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				(c >= '0' && c <= '9');

		if (c == '~')
			buf_add(out, STR("~0"));
		else if (c == '/')
			buf_add(out, STR("~1"));
		else if (is_alnum || (c && strchr(plain, c)))
			buf_add_byte(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

static void add_path(struct buf *out, const struct path *path)
{
	if (!path)
		return;
	add_path(out, path->outer);
	if (path->name.p)
		add_segment(out, path->name);
	else
		buf_printf(out, "/%zu", path->index);
}

static void add_error(struct field_errors *errors, struct str pointer, const char *code,
		      struct str detail)
{
	struct field_error *e = arena_new_of(errors->arena, struct field_error);

	*e = (struct field_error){ .pointer = pointer, .code = code, .detail = detail };
	if (errors->last)
		errors->last->next = e;
	else
		errors->first = e;
	errors->last = e;
}

static struct str format_detail(struct arena *a, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static struct str format_detail(struct arena *a, const char *format, va_list args)
{
	char text[1024];
	int n = vsnprintf(text, sizeof(text), format, args);

	must(n >= 0);
	if ((size_t)n >= sizeof(text))
		n = (int)sizeof(text) - 1;
	return arena_str(a, (struct str){ text, (size_t)n });
}

void form_error(struct field_errors *errors, const char *pointer, const char *code,
		const char *detail, ...)
{
	va_list args;

	if (++errors->n > ERRORS_KEPT)
		return;
	va_start(args, detail);
	add_error(errors, arena_str(errors->arena, str_of(pointer)), code,
		  format_detail(errors->arena, detail, args));
	va_end(args);
}

/* A complaint about the value at `path`. */
static void complain(const struct reading *r, const struct path *path, const char *code,
		     const char *detail, ...) PRINTF_LIKE(4, 5);

static void complain(const struct reading *r, const struct path *path, const char *code,
		     const char *detail, ...)
{
	struct buf pointer;
	va_list args;

	if (++r->errors->n > ERRORS_KEPT)
		return;
	buf_init(&pointer, 4 * LIMIT_BODY_BYTES);
	buf_add_byte(&pointer, '#');
	add_path(&pointer, path);
	va_start(args, detail);
	add_error(r->errors, arena_str(r->errors->arena, buf_str(&pointer)), code,
		  format_detail(r->errors->arena, detail, args));
	va_end(args);
	buf_free(&pointer);
}

/* "a, b, c" for a detail; a long list is cut by the detail's own bound. */
static const char *list_names(struct arena *a, const char *const *choices,
			      const struct field *fields)
{
	struct buf names;

	buf_init(&names, 800);
	for (; choices && *choices; choices++)
		buf_printf(&names, "%s%s", names.n ? ", " : "", *choices);
	for (; fields && fields->name; fields++)
		buf_printf(&names, "%s%s", names.n ? ", " : "", fields->name);
	struct str copy = arena_str(a, buf_str(&names));

	buf_free(&names);
	return copy.p;
}

/* What a field of this kind wants, for "Give ...". */
static const char *wanted(const struct reading *r, const struct field *f)
{
	static const char *const texts[] = {
		[FIELD_LINE] = "a text of one line",
		[FIELD_TEXT] = "a text",
		[FIELD_CODE] = "a code as a text",
		[FIELD_BOOL] = "true or false",
		[FIELD_TRI] = "true, false or null",
		[FIELD_INT] = "a whole number",
		[FIELD_TIME] = "a time with its zone as a text, like 2026-03-02T09:00:00+08:00",
		[FIELD_DATE] = "a date as a text, like 2026-03-02",
		[FIELD_UNTIL] = "a date like 2026-03-02, of which the last second counts, or a time "
				"with its zone like 2026-03-02T09:00:00+08:00, as a text",
		[FIELD_DECIMAL] = "a number",
		[FIELD_CODES] = "a list of codes",
		[FIELD_LINES] = "a list of texts",
		[FIELD_OBJECT] = "an object",
		[FIELD_OBJECTS] = "a list of objects",
	};

	if (f->kind != FIELD_CHOICE)
		return texts[f->kind];
	return arena_printf(r->errors->arena, "one of these texts: %s",
			    list_names(r->errors->arena, f->choices, NULL)).p;
}

static void complain_type(const struct reading *r, const struct field *f, const json_t *value,
			  const struct path *path)
{
	complain(r, path, "wrong_type", "Give %s%s.", wanted(r, f),
		 json_is_null(value) ? "; null is not allowed here" : "");
}

static struct str text_of(const json_t *value)
{
	return (struct str){ json_string_value(value), json_string_length(value) };
}

/* White space and what shows as nothing. */
static bool point_is_blank(uint32_t point)
{
	return point == ' ' || point == '\t' || point == '\n' || point == '\r' ||
	       point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200b) ||
	       point == 0x2028 || point == 0x2029 || point == 0x202f || point == 0x205f ||
	       point == 0x2060 || point == 0x3000 || point == 0xfeff;
}

static bool point_is_allowed(uint32_t point, bool is_one_line)
{
	if (point < 0x20)
		return !is_one_line && (point == '\t' || point == '\n' || point == '\r');
	if (point >= 0x7f && point <= 0x9f)
		return false;
	return !is_one_line || (point != 0x2028 && point != 0x2029);
}

static void read_text(const struct reading *r, const struct field *f, struct str text,
		      const struct path *path)
{
	bool is_line = f->kind == FIELD_LINE, is_blank = true;
	int64_t max = f->max ? f->max : is_line ? LIMIT_LINE_CHARS : LIMIT_TEXT_CHARS;
	int64_t chars = 0;
	uint32_t point = 0;

	for (size_t i = 0, step; i < text.n; i += step, chars++) {
		step = utf8_next(text.p + i, text.n - i, &point);
		if (step == 0 || !point_is_allowed(point, is_line)) {
			complain(r, path, "bad_character",
				 "Take out the %s at character %" PRId64 ".",
				 point == '\n' || point == '\r' ? "line break" :
								  "control character",
				 chars + 1);
			return;
		}
		is_blank = is_blank && point_is_blank(point);
	}
	if (f->required && is_blank)
		complain(r, path, "blank", "Write something here; blanks alone do not count.");
	else if (chars < f->min)
		complain(r, path, "too_short",
			 "Write at least %" PRId64 " characters; there are %" PRId64 ".",
			 f->min, chars);
	else if (chars > max)
		complain(r, path, "too_long",
			 "Write at most %" PRId64 " characters; there are %" PRId64 ".", max,
			 chars);
	else
		memcpy(r->form + f->offset, &text, sizeof(text));
}

/* Checks a code; `max` 0 stands for FORM_CODE_CHARS. */
static bool code_is_good(const struct reading *r, struct str code, int64_t max,
			 const struct path *path)
{
	size_t most = max ? (size_t)max : FORM_CODE_CHARS;

	if (code.n == 0) {
		complain(r, path, "blank", "Give a code; an empty text is none.");
		return false;
	}
	if (!str_is_code(code, code.n)) {
		complain(r, path, "bad_character",
			 "Use letters A-Z and a-z, digits, and the signs _ . - only.");
		return false;
	}
	if (code.n > most) {
		complain(r, path, "too_long", "Use at most %zu characters; there are %zu.",
			 most, code.n);
		return false;
	}
	return true;
}

static void read_choice(const struct reading *r, const struct field *f, struct str text,
			const struct path *path)
{
	int choice = str_index(text, f->choices);

	if (choice < 0)
		complain(r, path, "unknown_code", "Give %s.", wanted(r, f));
	else
		memcpy(r->form + f->offset, &choice, sizeof(choice));
}

enum { DATE_CHARS = sizeof("2026-03-02") - 1 };

/* The moment of a local day at which its clocks show `time`. */
static bool parse_date(struct str text, const char *time, int64_t *ret_at)
{
	char whole[32];
	int n;

	if (text.n != DATE_CHARS)
		return false;
	n = snprintf(whole, sizeof(whole), "%.*sT%s+08:00", STR_ARG(text), time);
	return clock_parse((struct str){ whole, (size_t)n }, ret_at);
}

static bool parse_time(enum field_kind kind, struct str text, int64_t *ret_at)
{
	if (kind == FIELD_DATE)
		return parse_date(text, "00:00:00", ret_at);
	if (kind == FIELD_UNTIL && text.n == DATE_CHARS)
		return parse_date(text, "23:59:59", ret_at);
	return clock_parse(text, ret_at);
}

static void read_time(const struct reading *r, const struct field *f, struct str text,
		      const struct path *path)
{
	int64_t at = 0;

	if (parse_time(f->kind, text, &at))
		memcpy(r->form + f->offset, &at, sizeof(at));
	else
		complain(r, path, "bad_time", "Give %s, between the years 1990 and 2100.",
			 wanted(r, f));
}

static void read_int(const struct reading *r, const struct field *f, int64_t value,
		     const struct path *path)
{
	if (value >= f->min && value <= f->max)
		memcpy(r->form + f->offset, &value, sizeof(value));
	else
		complain(r, path, "out_of_range",
			 "Give a number from %" PRId64 " to %" PRId64 ".", f->min, f->max);
}

/* The wire has binary fractions; the nearest millionth is what was meant. */
static void read_decimal(const struct reading *r, const struct field *f, const json_t *value,
			 const struct path *path)
{
	double number = json_number_value(value);

	if (number < (double)f->min || number > (double)f->max) {
		complain(r, path, "out_of_range",
			 "Give a number from %" PRId64 " to %" PRId64 ".", f->min, f->max);
		return;
	}
	int64_t millionths = (int64_t)(number * 1e6 + (number < 0 ? -0.5 : 0.5));

	memcpy(r->form + f->offset, &millionths, sizeof(millionths));
}

static void read_codes(const struct reading *r, const struct field *f, const json_t *value,
		       const struct path *path)
{
	size_t n = json_array_size(value), most = f->max ? (size_t)f->max : LIMIT_JSON_KEYS;
	struct str *v = arena_array_of(r->errors->arena, struct str, n);
	struct str_list list = { v, n };
	bool is_good = true;

	if (n > most) {
		complain(r, path, "too_long", "Give at most %zu codes; there are %zu.", most,
			 n);
		return;
	}
	if (f->required && n == 0) {
		complain(r, path, "blank", "Give at least one code.");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(value, i);
		struct path here = { .outer = path, .index = i };

		if (!json_is_string(item)) {
			complain(r, &here, "wrong_type", "Give a code as a text.");
			is_good = false;
			continue;
		}
		v[i] = text_of(item);
		if (f->choices && str_index(v[i], f->choices) < 0) {
			complain(r, &here, "unknown_code", "Give one of these texts: %s.",
				 list_names(r->errors->arena, f->choices, NULL));
			is_good = false;
		} else if (!f->choices) {
			is_good = code_is_good(r, v[i], 0, &here) && is_good;
		}
	}
	if (is_good)
		memcpy(r->form + f->offset, &list, sizeof(list));
}

/* Each is read like a field of its own; one that is bad stays absent in the list. */
static void read_lines(const struct reading *r, const struct field *f, const json_t *value,
		       const struct path *path)
{
	static const struct field line = { .kind = FIELD_LINE, .required = true };
	size_t n = json_array_size(value), most = f->max ? (size_t)f->max : LIMIT_JSON_KEYS;

	if (n > most) {
		complain(r, path, "too_long", "Give at most %zu texts; there are %zu.", most, n);
		return;
	}
	struct str *v = arena_array_of(r->errors->arena, struct str, n);
	struct str_list list = { v, n };

	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(value, i);
		const struct reading element = { (char *)&v[i], r->errors };
		struct path here = { .outer = path, .index = i };

		if (json_is_string(item))
			read_text(&element, &line, text_of(item), &here);
		else
			complain(r, &here, "wrong_type", "Give a text.");
	}
	memcpy(r->form + f->offset, &list, sizeof(list));
}

static bool type_fits(const struct field *f, const json_t *value)
{
	switch (f->kind) {
	case FIELD_BOOL:
	case FIELD_TRI:
		return json_is_boolean(value);
	case FIELD_INT:
		return json_is_integer(value);
	case FIELD_DECIMAL:
		return json_is_number(value);
	case FIELD_CODES:
	case FIELD_LINES:
	case FIELD_OBJECTS:
		return json_is_array(value);
	case FIELD_OBJECT:
		return json_is_object(value);
	case FIELD_LINE:
	case FIELD_TEXT:
	case FIELD_CODE:
	case FIELD_CHOICE:
	case FIELD_TIME:
	case FIELD_DATE:
	case FIELD_UNTIL:
		break;
	}
	return json_is_string(value);
}

static void read_object(const struct reading *r, const struct field *fields,
			const json_t *object, const struct path *path);

static void set_defaults(const struct field *fields, char *form);

static void read_objects(const struct reading *r, const struct field *f, const json_t *value,
			 const struct path *path)
{
	size_t n = json_array_size(value), most = f->max ? (size_t)f->max : LIMIT_JSON_KEYS;

	if (n > most) {
		complain(r, path, "too_long", "Give at most %zu objects; there are %zu.", most,
			 n);
		return;
	}
	if (f->required && n == 0) {
		complain(r, path, "blank", "Give at least one object.");
		return;
	}
	char *elements = arena_alloc(r->errors->arena, n * f->size);
	struct object_list list = { elements, n };

	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(value, i);
		const struct reading element = { elements + i * f->size, r->errors };
		struct path here = { .outer = path, .index = i };

		set_defaults(f->fields, element.form);
		if (json_is_object(item))
			read_object(&element, f->fields, item, &here);
		else
			complain(r, &here, "wrong_type", "Give an object: {...}.");
	}
	memcpy(r->form + f->offset, &list, sizeof(list));
}

static void read_value(const struct reading *r, const struct field *f, const json_t *value,
		       const struct path *path)
{
	struct str text;
	enum tri tri;

	switch (f->kind) {
	case FIELD_LINE:
	case FIELD_TEXT:
		read_text(r, f, text_of(value), path);
		break;
	case FIELD_CODE:
		text = text_of(value);
		if (code_is_good(r, text, f->max, path))
			memcpy(r->form + f->offset, &text, sizeof(text));
		break;
	case FIELD_CHOICE:
		read_choice(r, f, text_of(value), path);
		break;
	case FIELD_BOOL:
		*(bool *)(void *)(r->form + f->offset) = json_is_true(value);
		break;
	case FIELD_TRI:
		tri = json_is_true(value) ? TRI_YES : TRI_NO;
		memcpy(r->form + f->offset, &tri, sizeof(tri));
		break;
	case FIELD_INT:
		read_int(r, f, json_integer_value(value), path);
		break;
	case FIELD_TIME:
	case FIELD_DATE:
	case FIELD_UNTIL:
		read_time(r, f, text_of(value), path);
		break;
	case FIELD_DECIMAL:
		read_decimal(r, f, value, path);
		break;
	case FIELD_CODES:
		read_codes(r, f, value, path);
		break;
	case FIELD_LINES:
		read_lines(r, f, value, path);
		break;
	case FIELD_OBJECT:
		if (f->has)
			*(bool *)(void *)(r->form + f->has - 1) = true;
		read_object(r, f->fields, value, path);
		break;
	case FIELD_OBJECTS:
		read_objects(r, f, value, path);
		break;
	}
}

static void complain_unknown(const struct reading *r, const struct field *fields,
			     const json_t *object, const struct path *path)
{
	const char *known = list_names(r->errors->arena, NULL, fields);
	/* jansson's iteration wants a pointer to non-const and does not write. */
	union {
		const json_t *in;
		json_t *out;
	} walked = { object };
	json_t *value;
	const char *name;
	size_t length;

	json_object_keylen_foreach(walked.out, name, length, value) {
		struct path here = { .outer = path, .name = { name, length } };
		const struct field *f = fields;

		while (f->name && !str_is(here.name, f->name))
			f++;
		if (!f->name)
			complain(r, &here, "unknown",
				 "Leave this out: it is not known here or cannot be set. "
				 "Known names: %s.",
				 known);
	}
}

static void read_object(const struct reading *r, const struct field *fields,
			const json_t *object, const struct path *path)
{
	size_t met = 0;

	for (const struct field *f = fields; f->name; f++) {
		const json_t *value = json_object_get(object, f->name);
		struct path here = { .outer = path, .name = str_of(f->name) };
		bool is_null = json_is_null(value);

		met += value != NULL;
		if (value && !is_null && type_fits(f, value))
			read_value(r, f, value, &here);
		else if (value && !(is_null && (f->null_ok || f->kind == FIELD_TRI)))
			complain_type(r, f, value, &here);
		else if (f->required)
			complain(r, &here, "missing", "Give %s.", wanted(r, f));
	}
	if (met < json_object_size(object))
		complain_unknown(r, fields, object, path);
}

static void set_defaults(const struct field *fields, char *form)
{
	for (const struct field *f = fields; f->name; f++) {
		void *value = form + f->offset;

		switch (f->kind) {
		case FIELD_LINE:
		case FIELD_TEXT:
		case FIELD_CODE:
			memset(value, 0, sizeof(struct str));
			break;
		case FIELD_CHOICE:
			*(int *)value = -1;
			break;
		case FIELD_BOOL:
			*(bool *)value = false;
			break;
		case FIELD_TRI:
			*(enum tri *)value = TRI_NONE;
			break;
		case FIELD_INT:
		case FIELD_TIME:
		case FIELD_DATE:
		case FIELD_UNTIL:
			*(int64_t *)value = 0;
			break;
		case FIELD_DECIMAL:
			*(int64_t *)value = JSON_NO_DECIMAL;
			break;
		case FIELD_CODES:
		case FIELD_LINES:
			memset(value, 0, sizeof(struct str_list));
			break;
		case FIELD_OBJECTS:
			memset(value, 0, sizeof(struct object_list));
			break;
		case FIELD_OBJECT:
			if (f->has)
				*(bool *)(void *)(form + f->has - 1) = false;
			set_defaults(f->fields, form);
			break;
		}
	}
}

static void complain_malformed(struct field_errors *errors, const json_error_t *e)
{
	const char *what = "is not valid JSON";

	if (json_error_code(e) == json_error_duplicate_key)
		what = "has the same name twice in one object";
	else if (json_error_code(e) == json_error_invalid_utf8)
		what = "is not valid UTF-8";
	else if (json_error_code(e) == json_error_numeric_overflow)
		what = "has a number that is too large";
	form_error(errors, "#", "malformed", "The body %s: see line %d, column %d.", what,
		   e->line, e->column);
}

bool form_parse(struct str body, const struct field *fields, void *form,
		struct field_errors *errors)
{
	struct reading r = { .form = form, .errors = errors };
	uint32_t before = errors->n;
	const char *refusal;
	json_error_t error;

	set_defaults(fields, form);
	const json_t *tree = json_tree(errors->arena, body.n ? body : STR("{}"), &refusal, &error);

	if (!tree) {
		errors->malformed = true;
		if (refusal)
			form_error(errors, "#", "malformed", "%s", refusal);
		else
			complain_malformed(errors, &error);
		return false;
	}
	if (json_is_object(tree))
		read_object(&r, fields, tree, NULL);
	else
		complain(&r, NULL, "wrong_type", "Give an object: {...}.");
	return errors->n == before;
}
