/*
 * The streaming JSON writer. It knows no document, only the stack of open brackets, so the cost
 * of a reply is that of its bytes.
 */
#include "json.h"

#include "base/utf8.h"
#include "clock.h"
#include "must.h"

#include <inttypes.h>
#include <string.h>

void json_init(struct json *j, struct buf *out)
{
	*j = (struct json){ .out = out };
	j->first[0] = true;
}

static void add_escape(struct buf *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char shorts[] = "\bb\ff\nn\rr\tt\"\"\\\\";
	char text[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

	for (size_t i = 0; shorts[i]; i += 2) {
		if (shorts[i] == (char)c) {
			text[1] = shorts[i + 1];
			buf_add(out, (struct str){ text, 2 });
			return;
		}
	}
	buf_add(out, (struct str){ text, sizeof(text) });
}

/* Where the run of characters that stand for themselves ends. */
static size_t clean_end(struct str s, size_t i)
{
	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];
		size_t step = 1;
		uint32_t point;

		if (c >= 0x80)
			step = utf8_next(s.p + i, s.n - i, &point);
		if (step == 0 || c < 0x20 || c == '"' || c == '\\')
			break;
		i += step;
	}
	return i;
}

/* Bytes that stand for themselves are copied in runs; nearly always that is one. */
static void add_quoted(struct buf *out, struct str s)
{
	size_t start = 0, end = clean_end(s, 0);

	if (end == s.n) {
		char *p = buf_extend(out, s.n + 2);

		if (!p)
			return;
		*p++ = '"';
		memcpy(p, s.p, s.n);
		p[s.n] = '"';
		return;
	}
	buf_add_byte(out, '"');
	for (; end < s.n; end = clean_end(s, start)) {
		unsigned char c = (unsigned char)s.p[end];

		buf_add(out, (struct str){ s.p + start, end - start });
		if (c < 0x80)
			add_escape(out, c);
		else
			buf_add(out, STR("\xef\xbf\xbd"));
		start = end + 1;
	}
	buf_add(out, (struct str){ s.p + start, s.n - start });
	buf_add_byte(out, '"');
}

/* Comma and key before a value, and the check that a key is given exactly inside objects. */
static void begin_value(struct json *j, const char *key)
{
	bool is_in_object = j->depth > 0 && j->closer[j->depth] == '}';

	must((key != NULL) == is_in_object);
	if (!j->first[j->depth]) {
		must(j->depth > 0);
		buf_add_byte(j->out, ',');
	}
	j->first[j->depth] = false;
	if (key) {
		add_quoted(j->out, str_of(key));
		buf_add_byte(j->out, ':');
	}
}

static void open_bracket(struct json *j, const char *key, char opener, char closer)
{
	begin_value(j, key);
	must(j->depth < JSON_DEPTH_MAX);
	j->depth++;
	j->first[j->depth] = true;
	j->closer[j->depth] = closer;
	buf_add_byte(j->out, opener);
}

void json_object(struct json *j, const char *key)
{
	open_bracket(j, key, '{', '}');
}

void json_array(struct json *j, const char *key)
{
	open_bracket(j, key, '[', ']');
}

void json_close(struct json *j)
{
	must(j->depth > 0);
	buf_add_byte(j->out, j->closer[j->depth]);
	j->depth--;
}

void json_str(struct json *j, const char *key, struct str value)
{
	begin_value(j, key);
	if (value.p)
		add_quoted(j->out, value);
	else
		buf_add(j->out, STR("null"));
}

void json_text(struct json *j, const char *key, const char *value)
{
	json_str(j, key, str_of(value));
}

static void add_number(struct buf *out, bool is_negative, uint64_t magnitude)
{
	if (is_negative)
		buf_add_byte(out, '-');
	buf_add_u64(out, magnitude);
}

/* The negation is done on the unsigned value, where INT64_MIN has one. */
static uint64_t magnitude_of(int64_t value)
{
	return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

void json_u64(struct json *j, const char *key, uint64_t value)
{
	begin_value(j, key);
	add_number(j->out, false, value);
}

void json_i64(struct json *j, const char *key, int64_t value)
{
	begin_value(j, key);
	add_number(j->out, value < 0, magnitude_of(value));
}

void json_bool(struct json *j, const char *key, bool value)
{
	begin_value(j, key);
	buf_add(j->out, value ? STR("true") : STR("false"));
}

void json_null(struct json *j, const char *key)
{
	begin_value(j, key);
	buf_add(j->out, STR("null"));
}

void json_time(struct json *j, const char *key, int64_t at)
{
	char text[42] = "\"";

	if (at == 0) {
		json_null(j, key);
		return;
	}
	size_t n = clock_format(at, text + 1, sizeof(text) - 2).n;

	text[n + 1] = '"';
	begin_value(j, key);
	buf_add(j->out, (struct str){ text, n + 2 });
}

void json_decimal(struct json *j, const char *key, int64_t millionths)
{
	char fraction[7] = ".";
	size_t n = sizeof(fraction);

	if (millionths == JSON_NO_DECIMAL) {
		json_null(j, key);
		return;
	}
	uint64_t magnitude = magnitude_of(millionths);
	uint64_t rest = magnitude % 1000000;

	begin_value(j, key);
	add_number(j->out, millionths < 0, magnitude / 1000000);
	for (size_t i = n - 1; i > 0; i--, rest /= 10)
		fraction[i] = (char)('0' + rest % 10);
	while (n > 1 && fraction[n - 1] == '0')
		n--;
	if (n > 1)
		buf_add(j->out, (struct str){ fraction, n });
}

void json_raw(struct json *j, const char *key, struct str value)
{
	begin_value(j, key);
	buf_add(j->out, value.p ? value : STR("null"));
}

bool json_whole(const struct json *j)
{
	return j->depth == 0 && !j->first[0] && !j->out->overflow;
}
