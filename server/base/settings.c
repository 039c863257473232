/*
 * Settings: tables joined, sources read in the order of precedence, everything checked, then
 * one pointer published. A value set is never freed once it was in force: readers on other
 * threads take no lock, and reloads are few.
 */
#include "base/settings.h"

#include "arena.h"
#include "base/utf8.h"
#include "bounds.h"
#include "log.h"
#include "must.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SETTINGS_MAX = 256,
	NAME_CHARS = 64,
	FILE_BYTES = 256 * 1024,
	VALUE_BYTES = 4096,
	WHY_BYTES = 1024,
};

enum source { FROM_DEFAULT, FROM_FILE, FROM_ENVIRONMENT, FROM_COMMAND_LINE };

struct entry {
	const struct setting *setting;
	const char *owner;
};

struct value {
	struct str text;
	int64_t number;		/* of INT, BOOL and the index of CHOICE */
	enum source source;
};

struct value_set {
	struct arena *arena;
	struct value_set *older;
	struct value values[SETTINGS_MAX];	/* by the order of `entries` */
};

struct override {
	struct override *next;
	char *name, *value;
};

static struct entry entries[SETTINGS_MAX];	/* as added */
static uint16_t by_name[SETTINGS_MAX];		/* indexes of `entries`, sorted */
static size_t entry_count;
static struct override *overrides;
static _Atomic(struct value_set *) in_force;

/* First place in by_name whose name is not before `name`. */
static size_t place_of(struct str name)
{
	size_t low = 0, high = entry_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const char *other = entries[by_name[middle]].setting->name;
		int order = strncmp(other, name.p, name.n);

		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Index into entries, or -1. */
static int entry_of(struct str name)
{
	size_t place = name.n > 0 ? place_of(name) : entry_count;

	if (place == entry_count || !str_is(name, entries[by_name[place]].setting->name))
		return -1;
	return by_name[place];
}

static bool text_is_clean(struct str text)
{
	uint32_t point;

	for (size_t i = 0, step; i < text.n; i += step) {
		step = utf8_next(text.p + i, text.n - i, &point);
		if (step == 0 || point < 0x20 || (point >= 0x7f && point <= 0x9f))
			return false;
	}
	return true;
}

static bool parse_int(struct str text, int64_t *ret_value)
{
	bool is_negative = text.n > 0 && text.p[0] == '-';
	uint64_t magnitude;

	if (is_negative)
		text = (struct str){ text.p + 1, text.n - 1 };
	if (!str_to_u64(text, &magnitude) || magnitude > INT64_MAX)
		return false;
	*ret_value = is_negative ? -(int64_t)magnitude : (int64_t)magnitude;
	return true;
}

static void write_choices(const struct setting *s, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; s->choices[i] && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s", i ? ", " : "", s->choices[i]);
}

/* False with the end of a sentence "name ..." in `why`. */
static bool value_check(const struct setting *s, struct str text, int64_t *ret_number,
			char why[WHY_BYTES])
{
	static const char *const bools[] = { "false", "true", NULL };
	char choices[WHY_BYTES / 2];

	*ret_number = 0;
	switch (s->kind) {
	case SETTING_INT:
		(void)snprintf(why, WHY_BYTES,
			       "must be a whole number from %" PRId64 " to %" PRId64 "%s%s",
			       s->min, s->max, s->unit ? ", in " : "",
			       s->unit ? s->unit : "");
		return parse_int(text, ret_number) && *ret_number >= s->min &&
		       *ret_number <= s->max;
	case SETTING_BOOL:
		*ret_number = str_index(text, bools);
		(void)snprintf(why, WHY_BYTES, "must be true or false");
		return *ret_number >= 0;
	case SETTING_CHOICE:
		*ret_number = str_index(text, s->choices);
		write_choices(s, choices, sizeof(choices));
		(void)snprintf(why, WHY_BYTES, "must be one of %s", choices);
		return *ret_number >= 0;
	case SETTING_TEXT:
	case SETTING_PATH:
	case SETTING_LIST:
		break;
	}
	(void)snprintf(why, WHY_BYTES,
		       "must be UTF-8 text without control characters, of at most %d bytes",
		       (int)VALUE_BYTES);
	return text.n <= VALUE_BYTES && text_is_clean(text);
}

static void check_row(const struct setting *s)
{
	char why[WHY_BYTES];
	int64_t number;

	must(s->help && s->help[0] && s->fallback);
	must(strlen(s->name) <= NAME_CHARS);
	for (const char *c = s->name; *c; c++)
		must((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_');
	must(s->kind != SETTING_CHOICE || s->choices);
	must(value_check(s, str_of(s->fallback), &number, why));
}

void settings_add(const char *owner, const struct setting *table)
{
	for (const struct setting *s = table; s->name; s++) {
		check_row(s);
		must(entry_count < SETTINGS_MAX);
		must(entry_of(str_of(s->name)) < 0);
		size_t place = place_of(str_of(s->name));

		/* strncmp by the shorter name puts a prefix before what it begins. */
		memmove(by_name + place + 1, by_name + place,
			(entry_count - place) * sizeof(by_name[0]));
		by_name[place] = (uint16_t)entry_count;
		entries[entry_count++] = (struct entry){ .setting = s, .owner = owner };
	}
}

static char *copy_of(const char *text)
{
	char *copy = strdup(text);

	must(copy != NULL);
	return copy;
}

void settings_override(const char *name, const char *value)
{
	struct override *o = calloc(1, sizeof(*o));

	must(o != NULL);
	o->next = overrides;
	o->name = copy_of(name);
	o->value = copy_of(value);
	overrides = o;
}

/* One pass over all sources into a fresh value set. */
struct reading {
	struct value_set *set;
	FILE *complaints;
	const char *file;	/* for complaints about lines */
	size_t line;		/* 0: not in a file */
	enum source source;
	bool failed;
};

static void complain(struct reading *r, const char *format, ...) PRINTF_LIKE(2, 3);

static void complain(struct reading *r, const char *format, ...)
{
	va_list args;

	r->failed = true;
	if (r->source == FROM_FILE && r->line > 0)
		fprintf(r->complaints, "%s:%zu: ", r->file, r->line);
	else if (r->source == FROM_FILE)
		fprintf(r->complaints, "%s: ", r->file);
	else
		fputs(r->source == FROM_ENVIRONMENT ? "environment: " : "command line: ",
		      r->complaints);
	va_start(args, format);
	vfprintf(r->complaints, format, args);
	va_end(args);
	fputc('\n', r->complaints);
}

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein distance; both at most NAME_CHARS long. */
static size_t distance(struct str a, struct str b)
{
	size_t row[NAME_CHARS + 1];

	for (size_t k = 0; k <= b.n; k++)
		row[k] = k;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t k = 1; k <= b.n; k++) {
			size_t change = diagonal + (a.p[i - 1] != b.p[k - 1]);

			diagonal = row[k];
			row[k] = smallest(change, row[k - 1] + 1, row[k] + 1);
		}
	}
	return row[b.n];
}

static const char *nearest_name(struct str name)
{
	const char *nearest = NULL;
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < entry_count && name.n <= NAME_CHARS; i++) {
		const char *other = entries[i].setting->name;
		size_t d = distance(name, str_of(other));

		if (d < least) {
			least = d;
			nearest = other;
		}
	}
	/* Further away than half of its letters a name is no hint. */
	return nearest && least <= (name.n + 1) / 2 ? nearest : NULL;
}

static void complain_unknown(struct reading *r, struct str name)
{
	const char *nearest = nearest_name(name);
	int shown = name.n > NAME_CHARS ? NAME_CHARS : (int)name.n;
	bool is_clean = text_is_clean((struct str){ name.p, (size_t)shown });

	if (!is_clean)
		complain(r, "unknown setting; a name has small letters, digits and _ only");
	else if (nearest)
		complain(r, "unknown setting %.*s; did you mean %s?", shown, name.p, nearest);
	else
		complain(r, "unknown setting %.*s; `liandong settings` lists them all", shown,
			 name.p);
}

/* What the service manager handed over: the folder's name is the manager's to choose. */
static struct str credential_path(const struct reading *r, struct str text)
{
	static const char variable[] = "$CREDENTIALS_DIRECTORY/";
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	size_t n = sizeof(variable) - 2;	/* the slash stays */

	if (!folder || !str_starts(text, str_of(variable)))
		return text;
	return arena_printf(r->set->arena, "%s%.*s", folder, (int)(text.n - n), text.p + n);
}

static void take_value(struct reading *r, struct str name, struct str text)
{
	char why[WHY_BYTES];
	int index = entry_of(name);
	int64_t number;

	if (index < 0) {
		complain_unknown(r, name);
		return;
	}
	struct value *value = &r->set->values[index];

	if (entries[index].setting->kind == SETTING_PATH)
		text = credential_path(r, text);
	if (r->source == FROM_FILE && value->source == FROM_FILE)
		complain(r, "%.*s stands twice in this file; keep one", STR_ARG(name));
	else if (!value_check(entries[index].setting, text, &number, why))
		complain(r, "%.*s %s", STR_ARG(name), why);
	else
		*value = (struct value){ arena_str(r->set->arena, text), number, r->source };
}

static struct str trim(struct str s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r'))
		s.n--;
	return s;
}

/* `name = value`; a line that begins with # is a comment, everywhere else # is text. */
static void read_line(struct reading *r, struct str line)
{
	line = trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return;
	const char *equals = memchr(line.p, '=', line.n);

	if (!equals) {
		complain(r, "write `name = value`, or # before a comment");
		return;
	}
	size_t name_n = (size_t)(equals - line.p);

	take_value(r, trim((struct str){ line.p, name_n }),
		   trim((struct str){ equals + 1, line.n - name_n - 1 }));
}

static void read_text(struct reading *r, struct str text)
{
	r->source = FROM_FILE;
	for (size_t start = 0; start < text.n;) {
		const char *stop = memchr(text.p + start, '\n', text.n - start);
		size_t end = stop ? (size_t)(stop - text.p) : text.n;

		r->line++;
		read_line(r, (struct str){ text.p + start, end - start });
		start = end + 1;
	}
}

static void read_file(struct reading *r)
{
	char *text = malloc(FILE_BYTES);
	int fd = open(r->file, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t got = 0;

	must(text != NULL);
	r->source = FROM_FILE;
	while (fd >= 0 && n < FILE_BYTES && (got = read(fd, text + n, FILE_BYTES - n)) > 0)
		n += (size_t)got;
	if (fd < 0 || got < 0)
		complain(r, "cannot be read: %s", strerrordesc_np(errno));
	else if (n == FILE_BYTES)
		complain(r, "is longer than %d bytes", (int)FILE_BYTES);
	else
		read_text(r, (struct str){ text, n });
	if (fd >= 0)
		close(fd);
	free(text);
}

/* Everybody on the machine may be able to read an environment: a secret in it is none. */
static void refuse_secret(struct reading *r, const char *name, size_t n)
{
	char file[NAME_CHARS + 8];
	int length = snprintf(file, sizeof(file), "%.*s_file", (int)n, name);

	if (entry_of((struct str){ file, (size_t)length }) >= 0)
		complain(r, "%.*s is a secret and is not taken from here: write it into a file and "
			 "name that by %s", (int)n, name, file);
}

static void read_environment(struct reading *r)
{
	static const char prefix[] = "LIANDONG_";

	r->source = FROM_ENVIRONMENT;
	for (char **variable = environ; *variable; variable++) {
		char name[NAME_CHARS + 1];
		size_t n = 0;

		if (strncmp(*variable, prefix, sizeof(prefix) - 1) != 0)
			continue;
		const char *rest = *variable + sizeof(prefix) - 1;
		const char *equals = strchr(rest, '=');

		for (; equals && rest + n < equals && n < NAME_CHARS; n++)
			name[n] = (char)tolower((unsigned char)rest[n]);
		/* Other programs may use the prefix for variables of their own. */
		if (equals && entry_of((struct str){ name, n }) >= 0)
			take_value(r, (struct str){ name, n }, str_of(equals + 1));
		else if (equals)
			refuse_secret(r, name, n);
	}
}

/* The list is newest first; the first one met for a name wins. */
static void read_overrides(struct reading *r)
{
	r->source = FROM_COMMAND_LINE;
	for (const struct override *o = overrides; o; o = o->next) {
		int index = entry_of(str_of(o->name));

		if (index < 0 || r->set->values[index].source != FROM_COMMAND_LINE)
			take_value(r, str_of(o->name), str_of(o->value));
	}
}

static struct value_set *new_set(void)
{
	struct arena *arena = arena_new(MIB(4));
	struct value_set *set = arena_new_of(arena, struct value_set);
	char why[WHY_BYTES];

	set->arena = arena;
	for (size_t i = 0; i < entry_count; i++) {
		struct value *value = &set->values[i];

		value->text = str_of(entries[i].setting->fallback);
		must(value_check(entries[i].setting, value->text, &value->number, why));
	}
	return set;
}

/* What is read once at start stays as it is; a change in the file is told. */
static void keep_fixed(struct value_set *set, const struct value_set *older)
{
	for (size_t i = 0; i < entry_count; i++) {
		const struct setting *s = entries[i].setting;

		if (!s->fixed)
			continue;
		if (!str_eq(set->values[i].text, older->values[i].text))
			log_warn("settings", "needs_restart", "name=%s", s->name);
		set->values[i] = older->values[i];
	}
}

bool settings_check(struct str text, const char *file, FILE *complaints)
{
	struct reading r = { .set = new_set(), .complaints = complaints, .file = file };

	read_text(&r, text);
	arena_free(r.set->arena);
	return !r.failed;
}

bool settings_load(const char *file, FILE *complaints)
{
	struct reading r = { .set = new_set(), .complaints = complaints, .file = file };
	struct value_set *older = atomic_load(&in_force);

	if (file)
		read_file(&r);
	read_environment(&r);
	read_overrides(&r);
	if (r.failed) {
		arena_free(r.set->arena);
		return false;
	}
	if (older)
		keep_fixed(r.set, older);
	r.set->older = older;
	atomic_store_explicit(&in_force, r.set, memory_order_release);
	return true;
}

static const struct value *value_of(const char *name, const struct setting **ret_setting)
{
	const struct value_set *set = atomic_load_explicit(&in_force, memory_order_acquire);
	int index = entry_of(str_of(name));

	must(set != NULL);
	must(index >= 0);
	*ret_setting = entries[index].setting;
	return &set->values[index];
}

int64_t setting_int(const char *name)
{
	const struct setting *s;
	const struct value *value = value_of(name, &s);

	must(s->kind == SETTING_INT || s->kind == SETTING_CHOICE);
	return value->number;
}

bool setting_bool(const char *name)
{
	const struct setting *s;
	const struct value *value = value_of(name, &s);

	must(s->kind == SETTING_BOOL);
	return value->number != 0;
}

struct str setting_str(const char *name)
{
	const struct setting *s;

	return value_of(name, &s)->text;
}

static void write_bounds(FILE *out, const struct setting *s)
{
	char choices[WHY_BYTES / 2];

	fputs("# ", out);
	switch (s->kind) {
	case SETTING_INT:
		fprintf(out, "%" PRId64 " to %" PRId64 "%s%s", s->min, s->max,
			s->unit ? " " : "", s->unit ? s->unit : "");
		break;
	case SETTING_BOOL:
		fputs("true or false", out);
		break;
	case SETTING_CHOICE:
		write_choices(s, choices, sizeof(choices));
		fprintf(out, "One of %s", choices);
		break;
	case SETTING_TEXT:
		fputs("Text", out);
		break;
	case SETTING_PATH:
		fputs("Path", out);
		break;
	case SETTING_LIST:
		fputs("List, comma separated", out);
		break;
	}
	fputs(s->fixed ? "; read once at start.\n" : ".\n", out);
}

void settings_write_sample(FILE *out)
{
	fputs("# Settings of liandong with their defaults. Lines are `name = value`; a line\n"
	      "# that begins with # is a comment. LIANDONG_<NAME> in the environment goes\n"
	      "# before this file, the command line before both.\n",
	      out);
	for (size_t i = 0; i < entry_count; i++) {
		const struct setting *s = entries[i].setting;

		if (i == 0 || strcmp(entries[i].owner, entries[i - 1].owner) != 0)
			fprintf(out, "\n# ---- %s ----\n", entries[i].owner);
		fprintf(out, "\n# %s\n", s->help);
		write_bounds(out, s);
		fprintf(out, "#%s =%s%s\n", s->name, s->fallback[0] ? " " : "", s->fallback);
	}
}

void settings_write_values(FILE *out)
{
	static const char *const sources[] = {
		[FROM_DEFAULT] = "default",
		[FROM_FILE] = "file",
		[FROM_ENVIRONMENT] = "environment",
		[FROM_COMMAND_LINE] = "command line",
	};
	const struct value_set *set = atomic_load(&in_force);

	must(set != NULL);
	for (size_t i = 0; i < entry_count; i++) {
		const struct value *value = &set->values[i];

		fprintf(out, "%s=%.*s\t%s\n", entries[i].setting->name, STR_ARG(value->text),
			sources[value->source]);
	}
}
