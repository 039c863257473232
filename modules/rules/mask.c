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

enum { RUN_LEAST = 7, RUN_SHOWN = 3 };

static const char *const digit_signs[] = {
	"0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
	"０", "１", "２", "３", "４", "５", "６", "７", "８", "９",
	"零", "〇", "○", "一", "二", "三", "四", "五", "六", "七", "八", "九", "幺", "壹", "贰",
	"叁", "肆", "伍", "陆", "柒", "捌", "玖", NULL
};
static const char *const between_signs[] = {
	" ", "-", ".", "(", ")", "_", "/", "　", "－", "—", "–", "·", "．", "（", "）", "、",
	NULL
};

/* Bytes of the sign that stands here, 0 for none of them. */
static size_t sign_at(struct str rest, const char *const *signs)
{
	for (; *signs; signs++) {
		struct str sign = str_of(*signs);

		if (str_starts(rest, sign))
			return sign.n;
	}
	return 0;
}

static struct str rest_of(struct str text, size_t at)
{
	return (struct str){ text.p + at, text.n - at };
}

/* Bytes of the run of digits that begins here, and how many they are. */
static size_t run_length(struct str rest, size_t *ret_digits)
{
	size_t end = 0, step;

	for (*ret_digits = 0; (step = sign_at(rest_of(rest, end), digit_signs)) > 0;) {
		++*ret_digits;
		end += step;
		size_t between = sign_at(rest_of(rest, end), between_signs);

		if (between && sign_at(rest_of(rest, end + between), digit_signs))
			end += between;
	}
	return end;
}

static char *put_masked(char *at, struct str run)
{
	size_t digits = 0, step;

	for (size_t i = 0; i < run.n; i += step) {
		step = sign_at(rest_of(run, i), digit_signs);
		bool is_hidden = step && ++digits > RUN_SHOWN;

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

struct str mask_digits(struct arena *a, struct str text)
{
	if (!text.p)
		return STR_NONE;
	char *out = arena_alloc(a, text.n + 1), *at = out;
	size_t digits;

	for (size_t i = 0, n; i < text.n; i += n) {
		n = run_length(rest_of(text, i), &digits);
		if (digits >= RUN_LEAST) {
			at = put_masked(at, (struct str){ text.p + i, n });
			continue;
		}
		if (n == 0)
			n = 1;
		memcpy(at, text.p + i, n);
		at += n;
	}
	return (struct str){ out, (size_t)(at - out) };
}
