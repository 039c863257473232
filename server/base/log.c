/*
 * One line, one write(2), unless lines are held (log_hold.h). Whatever a caller passes, a line has no control characters, no bytes
 * that are not UTF-8 and at most LINE_BYTES bytes: the last pass over it sees to that, so a
 * forged line break cannot make a second line.
 */
#include "log.h"

#include "base/log_hold.h"
#include "base/utf8.h"
#include "clock.h"
#include "json.h"

#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	LINE_BYTES = 2048,	/* with the line break */
	QUOTE_BYTES = 400,
	QUOTES = 4,
	CONTEXT_BYTES = 120,
};

static _Atomic int least_level = LOG_INFO;
static _Atomic int line_form = LOG_LOGFMT;
static _Thread_local char context[CONTEXT_BYTES];	/* "req=8f3a" or empty */
static _Thread_local char quotes[QUOTES][QUOTE_BYTES];
static _Thread_local unsigned next_quote;
static _Thread_local char held[PIPE_BUF];
static _Thread_local size_t held_bytes;
static _Thread_local bool is_holding;

_Static_assert(PIPE_BUF >= (int)LINE_BYTES, "a line fits");

static const char *const level_names[] = { "error", "warn", "info", "debug" };

void log_setup(enum log_level least, enum log_form form)
{
	atomic_store(&least_level, (int)least);
	atomic_store(&line_form, (int)form);
}

/* Characters that can move the cursor, break a line or turn its direction. */
static bool point_is_unsafe(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0xfeff ||
	       (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2066 && point <= 0x2069);
}

/* Puts '?' for what may not stand in a line; never longer than before. New length. */
static size_t clean(char *text, size_t n)
{
	size_t kept = 0, step;
	uint32_t point;

	for (size_t i = 0; i < n; i += step) {
		if (text[i] >= ' ' && text[i] < 0x7f) {
			text[kept++] = text[i];
			step = 1;
			continue;
		}
		step = utf8_next(text + i, n - i, &point);
		if (step == 0 || point_is_unsafe(point)) {
			text[kept++] = '?';
			step += step == 0;
			continue;
		}
		memmove(text + kept, text + i, step);
		kept += step;
	}
	return kept;
}

void log_context(const char *key, const char *value)
{
	int n = 0;

	if (value)
		n = snprintf(context, sizeof(context), "%s=%s", key, value);
	if (n >= (int)sizeof(context))
		n = (int)sizeof(context) - 1;
	n = n > 0 ? (int)clean(context, (size_t)n) : 0;
	context[n] = '\0';
	for (char *blank = context; (blank = strchr(blank, ' ')) != NULL;)
		*blank = '_';
}

const char *log_quote(struct str text)
{
	enum { TAIL = 5 };	/* `..."` and NUL */
	char *out = quotes[next_quote++ % QUOTES];
	size_t n = 0, step;
	uint32_t point;

	out[n++] = '"';
	for (size_t i = 0; i < text.n; i += step) {
		char piece[8];
		size_t length;

		step = utf8_next(text.p + i, text.n - i, &point);
		if (step == 0) {
			step = length = 1;
			piece[0] = '?';
		} else if (point == '"' || point == '\\') {
			length = 2;
			piece[0] = '\\';
			piece[1] = (char)point;
		} else if (point_is_unsafe(point)) {
			length = (size_t)snprintf(piece, sizeof(piece), "\\u%04x", point);
		} else {
			length = step;
			memcpy(piece, text.p + i, step);
		}
		if (n + length > QUOTE_BYTES - TAIL) {
			memcpy(out + n, "...", 3);
			n += 3;
			break;
		}
		memcpy(out + n, piece, length);
		n += length;
	}
	out[n++] = '"';
	out[n] = '\0';
	return out;
}

/* A number JSON can carry as such: short enough for every reader, no leading zero. */
static bool is_number(struct str s)
{
	uint64_t value;

	if (s.n > 1 && s.p[0] == '-')
		s = (struct str){ s.p + 1, s.n - 1 };
	return s.n <= 15 && str_to_u64(s, &value) && (s.n == 1 || s.p[0] != '0');
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* A quoted value from `pos` (behind the quote) without its escapes; returns its end. */
static size_t unquote(struct str s, size_t pos, char *out, size_t *ret_n)
{
	size_t n = 0;

	for (; pos < s.n && s.p[pos] != '"'; pos++) {
		uint32_t point = 0;
		size_t digits = 0;

		if (s.p[pos] != '\\' || pos + 1 == s.n) {
			out[n++] = s.p[pos];
			continue;
		}
		pos++;
		while (s.p[pos] == 'u' && digits < 4 && pos + 1 + digits < s.n &&
		       hex_digit(s.p[pos + 1 + digits]) >= 0)
			point = point << 4 | (uint32_t)hex_digit(s.p[pos + 1 + digits++]);
		if (digits == 4 && point < 0x80) {
			out[n++] = (char)point;
			pos += digits;
		} else {
			if (s.p[pos] == 'u')
				out[n++] = '\\';
			out[n++] = s.p[pos];
		}
	}
	*ret_n = n;
	return pos < s.n ? pos + 1 : pos;
}

/* Writes the pair that begins at `pos` as a member; returns where the next one begins. */
static size_t add_member(struct json *j, struct str s, size_t pos)
{
	char key[64], text[LINE_BYTES];
	size_t key_n = 0, n = 0;

	for (; pos < s.n && s.p[pos] != '=' && s.p[pos] != ' '; pos++) {
		if (key_n < sizeof(key) - 1)
			key[key_n++] = s.p[pos];
	}
	key[key_n] = '\0';
	if (pos == s.n || s.p[pos] == ' ') {
		json_bool(j, key, true);
	} else if (++pos < s.n && s.p[pos] == '"') {
		pos = unquote(s, pos + 1, text, &n);
		json_str(j, key, (struct str){ text, n });
	} else {
		size_t start = pos;

		while (pos < s.n && s.p[pos] != ' ')
			pos++;
		struct str value = { s.p + start, pos - start };

		if (is_number(value))
			json_raw(j, key, value);
		else
			json_str(j, key, value);
	}
	while (pos < s.n && s.p[pos] == ' ')
		pos++;
	return pos;
}

/* Members are left out from the first one that would make the line too long. */
static void add_members(struct json *j, struct str pairs)
{
	enum { RESERVE = 24 };	/* `,"is_cut":true}` and the line break */

	for (size_t pos = 0; pos < pairs.n;) {
		struct json before = *j;
		size_t length = j->out->n;

		pos = add_member(j, pairs, pos);
		if (j->out->overflow || j->out->n > LINE_BYTES - RESERVE) {
			*j = before;
			j->out->n = length;
			j->out->overflow = false;
			json_bool(j, "is_cut", true);
			return;
		}
	}
}

struct head {
	const char *level, *area, *event;
	char at[40];
};

static size_t write_json(char *line, const struct head *head, struct str pairs)
{
	struct buf out = { .p = line, .cap = LINE_BYTES - 1, .max = LINE_BYTES - 1 };
	struct json j;

	json_init(&j, &out);
	json_object(&j, NULL);
	json_text(&j, "level", head->level);
	json_text(&j, "area", head->area);
	json_text(&j, "event", head->event);
	json_text(&j, "at", head->at);
	add_members(&j, str_of(context));
	add_members(&j, pairs);
	json_close(&j);
	return clean(line, out.n);
}

static size_t write_logfmt(char *line, const struct head *head, struct str pairs)
{
	enum { TEXT_BYTES = LINE_BYTES - 1 };
	int n = snprintf(line, LINE_BYTES, "%s %s %s at=%s%s%s%s%.*s", head->level, head->area,
			 head->event, head->at, context[0] ? " " : "", context,
			 pairs.n > 0 ? " " : "", STR_ARG(pairs));

	if (n < 0)
		return 0;
	if (n > TEXT_BYTES) {
		n = TEXT_BYTES;
		memcpy(line + n - 3, "...", 3);
	}
	return clean(line, (size_t)n);
}

/* A log that cannot be written has nowhere to complain. */
static void write_bytes(const char *bytes, size_t n)
{
	ssize_t ignored UNUSED = write(STDERR_FILENO, bytes, n);
}

static void write_held(void)
{
	if (held_bytes > 0)
		write_bytes(held, held_bytes);
	held_bytes = 0;
}

static void write_line(enum log_level level, const char *line, size_t n)
{
	bool can_wait = is_holding && level >= LOG_INFO;

	if (!can_wait || held_bytes + n > sizeof(held))
		write_held();
	if (can_wait) {
		memcpy(held + held_bytes, line, n);
		held_bytes += n;
	} else {
		write_bytes(line, n);
	}
}

void log_hold(void)
{
	is_holding = true;
}

void log_release(void)
{
	is_holding = false;
	write_held();
}

void log_line(enum log_level level, const char *area, const char *event, const char *fields,
	      ...)
{
	char pairs[LINE_BYTES], line[LINE_BYTES];
	struct head head = { .level = level_names[level], .area = area, .event = event };
	va_list args;
	int n;

	if ((int)level > atomic_load_explicit(&least_level, memory_order_relaxed))
		return;
	va_start(args, fields);
	n = vsnprintf(pairs, sizeof(pairs), fields, args);
	va_end(args);
	if (n < 0)
		n = 0;
	if (n >= (int)sizeof(pairs))
		n = (int)sizeof(pairs) - 1;
	(void)clock_format(clock_real(), head.at, sizeof(head.at));

	struct str cleaned = { pairs, clean(pairs, (size_t)n) };
	bool is_json = atomic_load_explicit(&line_form, memory_order_relaxed) == LOG_JSON;
	size_t length = is_json ? write_json(line, &head, cleaned) :
				  write_logfmt(line, &head, cleaned);

	line[length] = '\n';
	write_line(level, line, length + 1);
}
