#include "rules/notices.h"

#include <string.h>

#include "attr.h"
#include "bounds.h"

#define AT_ONCE INT64_C(3600000000)	/* so near to each other, nobody can know which of two is answered */

enum { NOTICE_ROWS_MAX = 64, SINGLE_MOST = 70, PART_MOST = 67 };
enum { COLUMN_OCCASION, COLUMN_CHANNELS, COLUMN_CLASSES, COLUMN_TEXT, COLUMNS };

const char *const notice_occasion_names[] = {
	"receipt", "dispatched", "progress", "extension", "result", "question", "answered",
	"refused", "transferred", NULL
};

/* ---- the table ---- */

static struct str cell_of(const struct table_reader *t, size_t column)
{
	return (struct str){ t->cell[column].p, t->cell[column].n };
}

/* "*" or names separated by commas, as bits of their index plus one. */
static bool words_parse(struct table_reader *t, size_t column, const char *const *names,
			uint32_t *ret_bits)
{
	struct str rest = cell_of(t, column);

	*ret_bits = UINT32_MAX;
	if (str_is(rest, "*"))
		return true;
	*ret_bits = 0;
	while (rest.n) {
		const char *comma = memchr(rest.p, ',', rest.n);
		size_t n = comma ? (size_t)(comma - rest.p) : rest.n;
		int index = str_index((struct str){ rest.p, n }, names);

		if (index < 0) {
			table_bad(t, "`%.*s` is unknown", (int)n, rest.p);
			return false;
		}
		*ret_bits |= UINT32_C(1) << (index + 1);
		rest.p += n + (comma != NULL);
		rest.n -= n + (comma != NULL);
	}
	return true;
}

static bool line_read(struct table_reader *t, struct arena *a, struct notice_text *ret)
{
	if (t->count != COLUMNS) {
		table_bad(t, "%zu cells instead of %d", t->count, COLUMNS);
		return false;
	}
	int occasion = str_index(cell_of(t, COLUMN_OCCASION), notice_occasion_names);

	if (occasion < 0 || !cell_of(t, COLUMN_TEXT).n) {
		table_bad(t, "the occasion is unknown, or there is no text");
		return false;
	}
	if (str_code_points(cell_of(t, COLUMN_TEXT)) > LIMIT_NOTICE_CHARS) {
		table_bad(t, "the text has more than %d characters", LIMIT_NOTICE_CHARS);
		return false;
	}
	*ret = (struct notice_text){
		.occasion = (enum notice_occasion)(occasion + 1),
		.text = arena_str(a, cell_of(t, COLUMN_TEXT)),
	};
	return words_parse(t, COLUMN_CHANNELS, channel_names, &ret->channels) &&
	       words_parse(t, COLUMN_CLASSES, content_class_names, &ret->classes);
}

void reference_parse_notices(struct reference *r, struct arena *a, struct str text,
			     struct table_problems *problems)
{
	struct table_reader t = {
		.at = text.p, .end = text.p + text.n, .header = "occasion", .problems = problems,
	};
	struct notice_text *rows = arena_array_of(a, struct notice_text, NOTICE_ROWS_MAX);

	r->notices = rows;
	r->notice_count = 0;
	while (table_next(&t)) {
		if (r->notice_count == NOTICE_ROWS_MAX)
			table_bad(&t, "more than %d lines", NOTICE_ROWS_MAX);
		else if (line_read(&t, a, &rows[r->notice_count]))
			r->notice_count++;
	}
}

const struct notice_text *reference_notice(const struct reference *r, enum notice_occasion occasion,
					   enum channel channel, enum content_class content)
{
	for (uint32_t i = 0; i < r->notice_count; i++) {
		const struct notice_text *n = &r->notices[i];

		if (n->occasion == occasion && (n->channels & UINT32_C(1) << channel) &&
		    (n->classes & UINT32_C(1) << (content + 1)))
			return n;
	}
	return NULL;
}

/* ---- texts ---- */

struct str notice_render(struct arena *a, struct str text, const struct notice_values *v)
{
	const struct {
		struct str name, value;
	} names[] = {
		{ STR("{number}"), v->number }, { STR("{code}"), v->code },
		{ STR("{link}"), v->link }, { STR("{department}"), v->department },
		{ STR("{due}"), v->due }, { STR("{promise}"), v->promise },
		{ STR("{result}"), v->result },
	};
	struct str out = STR("");

	while (text.n) {
		const char *brace = memchr(text.p, '{', text.n);
		size_t n = brace ? (size_t)(brace - text.p) : text.n, i = 0;

		out = arena_printf(a, "%.*s%.*s", STR_ARG(out), (int)n, text.p);
		text.p += n;
		text.n -= n;
		while (i < array_count(names) && !str_starts(text, names[i].name))
			i++;
		if (!text.n)
			break;
		bool is_name = i < array_count(names);
		size_t taken = is_name ? names[i].name.n : 1;

		out = arena_printf(a, "%.*s%.*s", STR_ARG(out),
				   STR_ARG(is_name ? names[i].value :
						     ((struct str){ text.p, 1 })));
		text.p += taken;
		text.n -= taken;
	}
	return out;
}

uint32_t notice_segments(struct str text)
{
	uint32_t units = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		units += (c & 0xc0) != 0x80;
		units += c >= 0xf0;
	}
	return units <= SINGLE_MOST ? 1 : (units + PART_MOST - 1) / PART_MOST;
}

bool notice_is_mobile(struct str phone)
{
	if (phone.n != 11 || phone.p[0] != '1')
		return false;
	for (size_t i = 0; i < phone.n; i++)
		if (phone.p[i] < '0' || phone.p[i] > '9')
			return false;
	return true;
}

/* ---- replies ---- */

/* A full-width sign of ASCII (U+FF01 to U+FF5E) and the blank of Chinese text as plain ones. */
static size_t plain_sign(struct str rest, char *ret)
{
	const unsigned char *s = (const unsigned char *)rest.p;

	if (rest.n >= 3 && s[0] == 0xef && (s[1] == 0xbc || s[1] == 0xbd)) {
		uint32_t point = 0xf000u | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);

		if (point >= 0xff01 && point <= 0xff5e) {
			*ret = (char)(point - 0xfee0);
			return 3;
		}
	}
	if (str_starts(rest, STR("　")) || str_starts(rest, STR("。"))) {
		*ret = ' ';
		return 3;
	}
	*ret = rest.p[0];
	return 1;
}

enum notice_reply notice_reply_read(struct str content)
{
	static const struct {
		const char *text;
		enum notice_reply reply;
	} known[] = {
		{ "1", REPLY_SATISFIED }, { "2", REPLY_BASICALLY }, { "3", REPLY_DISSATISFIED },
		{ "满意", REPLY_SATISFIED }, { "基本满意", REPLY_BASICALLY },
		{ "不满意", REPLY_DISSATISFIED },
		{ "T", REPLY_STOP }, { "TD", REPLY_STOP }, { "退订", REPLY_STOP },
		{ "START", REPLY_START }, { "恢复", REPLY_START },
	};
	char text[16];
	size_t n = 0;

	for (size_t i = 0, step; i < content.n; i += step) {
		char c;

		step = plain_sign((struct str){ content.p + i, content.n - i }, &c);
		if (memchr(" .\t\r\n", c, 5))
			continue;
		if (n == sizeof(text))
			return REPLY_OTHER;
		text[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	for (size_t i = 0; i < array_count(known); i++)
		if (str_is((struct str){ text, n }, known[i].text))
			return known[i].reply;
	return REPLY_OTHER;
}

/* Whether another appeal's notice of the kind, waited for as well, came at once with it. */
static bool has_rival(const struct notice_told *told, size_t n, const struct notice_told *one)
{
	for (size_t i = 0; i < n; i++)
		if (told[i].appeal_id != one->appeal_id && told[i].is_awaited &&
		    told[i].is_question == one->is_question && one->at - told[i].at < AT_ONCE)
			return true;
	return false;
}

const struct notice_told *notice_meant(const struct notice_told *told, size_t n)
{
	const struct notice_told *meant = n && !told[0].is_question ? &told[0] : NULL;

	for (size_t i = n; i-- > 0;)
		if (told[i].is_question && told[i].is_awaited)
			meant = &told[i];
	return meant && !has_rival(told, n, meant) ? meant : NULL;
}
