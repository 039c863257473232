#include "rules/mask.h"

#include <stdbool.h>
#include <string.h>

enum { HEAD_SHOWN = 3, TAIL_SHOWN = 4, SHORT_TAIL_SHOWN = 2, STARS = 4 };

struct str mask_name(struct arena *a, struct str name)
{
	size_t first = 1, points = 0;

	if (str_is_empty(name))
		return STR_NONE;
	while (first < name.n && ((unsigned char)name.p[first] & 0xc0) == 0x80)
		first++;
	for (size_t i = first; i < name.n; i++)
		points += ((unsigned char)name.p[i] & 0xc0) != 0x80;
	/* A name of one character is hidden whole. */
	if (points == 0)
		return STR("*");
	char *out = arena_alloc(a, first + points + 1);
	memcpy(out, name.p, first);
	memset(out + first, '*', points);
	return (struct str){ out, first + points };
}

struct str mask_phone(struct arena *a, struct str phone)
{
	if (str_is_empty(phone))
		return STR_NONE;
	size_t head = phone.n >= HEAD_SHOWN + TAIL_SHOWN + 2 ? HEAD_SHOWN : 0;
	size_t tail = head ? TAIL_SHOWN : phone.n > SHORT_TAIL_SHOWN ? SHORT_TAIL_SHOWN : 0;
	char *out = arena_alloc(a, head + STARS + tail + 1);

	memcpy(out, phone.p, head);
	memset(out + head, '*', STARS);
	memcpy(out + head + STARS, phone.p + phone.n - tail, tail);
	return (struct str){ out, head + STARS + tail };
}

struct str mask_id_number(struct arena *a, struct str id_number)
{
	if (str_is_empty(id_number))
		return STR_NONE;
	char *out = arena_alloc(a, id_number.n);

	memset(out, '*', id_number.n);
	if (id_number.n > 2) {
		out[0] = id_number.p[0];
		out[id_number.n - 1] = id_number.p[id_number.n - 1];
	}
	return (struct str){ out, id_number.n };
}

/* Length of the first of the words that stands at p, 0 for none. */
static size_t word_at(const char *p, size_t n, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) <= n && memcmp(p, *words, strlen(*words)) == 0)
			return strlen(*words);
	return 0;
}

/* Where the street ends, or the last division; 0 for neither. */
static size_t street_end(struct str address)
{
	static const char *const streets[] = { "街道", "路", "街", "道", "巷", "弄", "村", NULL };
	static const char *const divisions[] = { "省", "市", "区", "县", "镇", "乡", NULL };
	static const char *const compounds[] = { "小区", "社区", "园区", NULL };
	size_t last = 0;

	for (size_t i = 0, step; i < address.n; i += step) {
		size_t left = address.n - i;
		size_t street = word_at(address.p + i, left, streets);
		size_t division = word_at(address.p + i, left, divisions);

		if (street && i > 0)
			return i + street;
		if (division && i > 0)
			last = i + division;
		step = word_at(address.p + i, left, compounds);
		if (!step)
			step = 1;
	}
	return last;
}

/* What stands before the first number of a house, floor or room. */
static struct str before_house(struct str address)
{
	static const char *const numerals[] = {
		"0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
		"０", "１", "２", "３", "４", "５", "６", "７", "８", "９",
		"零", "〇", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "百", NULL
	};
	static const char *const houses[] = {
		"号", "栋", "幢", "楼", "室", "单元", "#", "＃", NULL
	};

	for (size_t i = 0, end, step; i < address.n; i = end > i ? end : i + 1) {
		for (end = i; (step = word_at(address.p + end, address.n - end, numerals)) > 0;)
			end += step;
		if (end > i && word_at(address.p + end, address.n - end, houses))
			return (struct str){ address.p, i };
	}
	return address;
}

struct str mask_address(struct arena *a, struct str address)
{
	size_t n = address.p ? street_end(before_house(address)) : 0;

	if (str_is_empty(address) || n == address.n)
		return address;
	char *out = arena_alloc(a, n + 1);

	memcpy(out, address.p, n);
	out[n] = '*';
	return (struct str){ out, n + 1 };
}

struct str phone_normal(struct arena *a, struct str phone)
{
	char *out = arena_alloc(a, phone.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < phone.n; i++)
		if ((phone.p[i] >= '0' && phone.p[i] <= '9') || (phone.p[i] == '+' && n == 0))
			out[n++] = phone.p[i];
	return n ? (struct str){ out, n } : STR_NONE;
}

/* ---- digits in texts ---- */

enum {
	RUN_LEAST = 7,
	RUN_SHOWN = 3,
	SIGNS_MOST = 3,		/* between two digits of one run, those that are not seen aside */
	AMOUNT_DIGITS_MOST = 8,	/* whole ones: eleven would be a number to call */
};

struct range {
	uint32_t first, last;
};

static const struct range digits[] = {
	{ '0', '9' }, { 0xb2, 0xb3 }, { 0xb9, 0xb9 }, { 0x660, 0x669 }, { 0x6f0, 0x6f9 },
	{ 0x2070, 0x2070 }, { 0x2074, 0x2079 }, { 0x2080, 0x2089 },
	/* in circles, in brackets, with a dot */
	{ 0x2460, 0x2468 }, { 0x2474, 0x247c }, { 0x2488, 0x2490 }, { 0x24ea, 0x24ea },
	{ 0x24f5, 0x24fd }, { 0x24ff, 0x24ff }, { 0x25cb, 0x25cb }, { 0x25ef, 0x25ef },
	{ 0x2776, 0x277e }, { 0x2780, 0x2788 }, { 0x278a, 0x2792 },
	{ 0x3007, 0x3007 }, { 0x3021, 0x3029 },
	/* 一 七 三 九 二 五 八 六 四 零 幺, and as on cheques */
	{ 0x4e00, 0x4e00 }, { 0x4e03, 0x4e03 }, { 0x4e09, 0x4e09 }, { 0x4e5d, 0x4e5d },
	{ 0x4e8c, 0x4e8c }, { 0x4e94, 0x4e94 }, { 0x516b, 0x516b }, { 0x516d, 0x516d },
	{ 0x56db, 0x56db }, { 0x96f6, 0x96f6 }, { 0x5e7a, 0x5e7a }, { 0x4f0d, 0x4f0d },
	{ 0x53c1, 0x53c1 }, { 0x53c3, 0x53c3 }, { 0x58f9, 0x58f9 }, { 0x634c, 0x634c },
	{ 0x67d2, 0x67d2 }, { 0x7396, 0x7396 }, { 0x8086, 0x8086 }, { 0x8cb3, 0x8cb3 },
	{ 0x8d30, 0x8d30 }, { 0x9646, 0x9646 }, { 0x9678, 0x9678 },
	{ 0xff10, 0xff19 }, { 0x1d7ce, 0x1d7ff }, { 0 }
};
/* Blanks, dashes, brackets, quotes and points, of half and of full width. */
static const struct range signs[] = {
	{ '\t', '\r' }, { ' ', '/' }, { ':', '@' }, { '[', '`' }, { '{', '~' }, { 0xa0, 0xa0 },
	{ 0xb7, 0xb7 }, { 0xd7, 0xd7 }, { 0x2000, 0x200a }, { 0x2010, 0x2029 },
	{ 0x202f, 0x205f }, { 0x2212, 0x2212 }, { 0x2500, 0x2501 }, { 0x3000, 0x3003 },
	{ 0x3008, 0x3011 }, { 0x3014, 0x301f }, { 0x30fb, 0x30fc }, { 0xfe50, 0xfe6b },
	{ 0xff01, 0xff0f }, { 0xff1a, 0xff20 }, { 0xff3b, 0xff40 }, { 0xff5b, 0xff65 }, { 0 }
};
/* Signs that take no room, among them what makes a key of a digit. */
static const struct range unseen[] = {
	{ 0xad, 0xad }, { 0x34f, 0x34f }, { 0x200b, 0x200f }, { 0x202a, 0x202e },
	{ 0x2060, 0x206f }, { 0x20e3, 0x20e3 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0 }
};

static struct str rest_of(struct str text, size_t at)
{
	return (struct str){ text.p + at, text.n - at };
}

/* Bytes of the character that stands here when it is one of these, else 0. */
static size_t one_of(struct str rest, const struct range *ranges)
{
	uint32_t point;
	size_t n = str_point(rest, &point);

	for (; n && ranges->last; ranges++)
		if (point >= ranges->first && point <= ranges->last)
			return n;
	return 0;
}

/* Bytes of the signs that stand here, when a digit follows and they are few; else 0. */
static size_t between_length(struct str rest)
{
	size_t n = 0, step, seen = 0;

	for (;; n += step) {
		step = one_of(rest_of(rest, n), unseen);
		if (step)
			continue;
		step = one_of(rest_of(rest, n), signs);
		if (!step || ++seen > SIGNS_MOST)
			break;
	}
	return one_of(rest_of(rest, n), digits) ? n : 0;
}

/* ---- what has many digits and calls nobody ---- */

/* Bytes of a decimal digit of half or of full width, 0 for none. */
static size_t decimal_at(struct str rest, uint32_t *ret_value)
{
	uint32_t point;
	size_t n = str_point(rest, &point);

	*ret_value = point - (n == 1 ? '0' : 0xff10);
	return n && *ret_value <= 9 ? n : 0;
}

static size_t colon_at(struct str rest)
{
	return str_starts(rest, STR(":")) ? 1 : str_starts(rest, STR("：")) ? strlen("：") : 0;
}

/* Bytes of two digits, or of one where `least` is 1, that are at most `most`; 0 for others. */
static size_t pair_length(struct str rest, size_t least, uint32_t most)
{
	uint32_t value = 0, digit;
	size_t n = 0, step, count = 0;

	while ((step = decimal_at(rest_of(rest, n), &digit)) > 0 && ++count <= 2) {
		value = value * 10 + digit;
		n += step;
	}
	return count >= least && count <= 2 && value <= most ? n : 0;
}

/* Bytes of a time of day, with seconds or without; 0 where more hangs on it. */
static size_t clock_length(struct str rest)
{
	size_t n = pair_length(rest, 1, 24), parts = n > 0;

	for (size_t colon; n && (colon = colon_at(rest_of(rest, n))) > 0; parts++) {
		size_t pair = pair_length(rest_of(rest, n + colon), 2, 59);

		if (!pair)
			return 0;
		n += colon + pair;
	}
	return parts == 2 || parts == 3 ? n : 0;
}

/* 1,234,567.50: by thousands, and not so many that it could be a number to call. */
static bool is_amount(struct str run)
{
	const char *point = memchr(run.p, '.', run.n);
	size_t whole = point ? (size_t)(point - run.p) : run.n, count = 0;

	if (run.p[0] < '1' || run.p[0] > '9')
		return false;
	for (size_t i = 0; i < run.n; i++) {
		bool is_comma = i < whole && (whole - i) % 4 == 0;

		if (i == whole)
			continue;
		if (is_comma ? run.p[i] != ',' : run.p[i] < '0' || run.p[i] > '9')
			return false;
		count += i < whole && !is_comma;
	}
	return count <= AMOUNT_DIGITS_MOST && run.n - whole != 1 && run.n - whole <= 3;
}

/* ---- runs ---- */

/*
 * Bytes of the run of digits that begins here, and how many they are. Times of day within it are
 * of it, but do not count.
 */
static size_t run_length(struct str rest, size_t *ret_digits)
{
	size_t end = 0, at = 0, step;

	for (*ret_digits = 0; (step = one_of(rest_of(rest, at), digits)) > 0;) {
		++*ret_digits;
		end = at += step;
		for (size_t between; (between = between_length(rest_of(rest, at))) > 0;) {
			bool is_part = colon_at(rest_of(rest, at)) == between;
			size_t clock = is_part ? 0 : clock_length(rest_of(rest, at + between));

			at += between + clock;
			if (!clock)
				break;
		}
	}
	return end;
}

static char *put_masked(char *at, struct str run)
{
	size_t count = 0, step;

	for (size_t i = 0; i < run.n; i += step) {
		step = one_of(rest_of(run, i), digits);
		bool is_hidden = step && ++count > RUN_SHOWN;

		if (!step)
			step = 1;
		if (is_hidden) {
			*at++ = '*';
		} else {
			memcpy(at, run.p + i, step);
			at += step;
		}
	}
	return at;
}

/* Bytes that are hidden in part, 0 when none are; *ret_step: what is looked at as one. */
static size_t hidden_length(struct str rest, size_t *ret_step)
{
	size_t count, clock = clock_length(rest);
	size_t n = clock ? 0 : run_length(rest, &count);

	*ret_step = clock ? clock : n ? n : 1;
	return n && count >= RUN_LEAST && !is_amount((struct str){ rest.p, n }) ? n : 0;
}

struct str mask_digits(struct arena *a, struct str text)
{
	if (!text.p)
		return STR_NONE;
	char *out = arena_alloc(a, text.n + 1), *at = out;

	for (size_t i = 0, step; i < text.n; i += step) {
		if (hidden_length(rest_of(text, i), &step)) {
			at = put_masked(at, (struct str){ text.p + i, step });
			continue;
		}
		memcpy(at, text.p + i, step);
		at += step;
	}
	return (struct str){ out, (size_t)(at - out) };
}
