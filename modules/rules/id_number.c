#include "rules/id_number.h"

#include "rules/calendar.h"

enum {
	RESIDENT_CHARS = 18, FOREIGN_LEAST = 5, FOREIGN_MOST = 17,
	EARLIEST_BIRTH = 1850, LATEST_BIRTH = 2200,
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

struct str id_number_normal(struct arena *a, struct str text)
{
	char *out = arena_alloc(a, text.n + 1);
	size_t n = 0;

	if (!text.p)
		return STR_NONE;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c != ' ' && c != '-')
			out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return (struct str){ out, n };
}

static int number_at(const char *p, int digits)
{
	int number = 0;

	while (digits-- > 0)
		number = number * 10 + (*p++ - '0');
	return number;
}

/* Weights are powers of two modulo 11, from the right. */
static char check_character(const char *digits)
{
	static const char by_rest[] = "10X98765432";
	int sum = 0, weight = 2;

	for (int i = RESIDENT_CHARS - 2; i >= 0; i--) {
		sum += (digits[i] - '0') * weight;
		weight = weight * 2 % 11;
	}
	return by_rest[sum % 11];
}

static bool is_resident(struct str number)
{
	struct civil first = {
		.year = number_at(number.p + 6, 4), .month = number_at(number.p + 10, 2), .day = 1,
	};
	int day = number_at(number.p + 12, 2);

	if (first.year < EARLIEST_BIRTH || first.year > LATEST_BIRTH || first.month < 1 ||
	    first.month > 12 || day < 1)
		return false;
	struct civil born = civil_of_day(day_of_civil(first) + day - 1);
	return born.month == first.month &&
	       number.p[RESIDENT_CHARS - 1] == check_character(number.p);
}

bool id_number_is_valid(struct str number)
{
	size_t digits = 0, letters = 0;

	for (size_t i = 0; i < number.n; i++) {
		digits += is_digit(number.p[i]);
		letters += is_letter(number.p[i]);
	}
	if (number.n == RESIDENT_CHARS)
		return digits + (number.p[RESIDENT_CHARS - 1] == 'X') == RESIDENT_CHARS &&
		       is_resident(number);
	return number.n >= FOREIGN_LEAST && number.n <= FOREIGN_MOST &&
	       digits + letters == number.n && is_letter(number.p[0]);
}
