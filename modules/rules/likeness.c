#include "rules/likeness.h"

#include <stddef.h>
#include <stdlib.h>

#include "decimal.h"
#include "rules/calendar.h"
#include "rules/gram.h"

const char *const likeness_reason_names[] = {
	"same_phone", "same_place", "same_category", "near_in_time", "alike_text", NULL
};

/* Together LIKENESS_MOST. No single one but the phone is enough to be shown. */
enum {
	WEIGHT_PHONE = 300,
	WEIGHT_TEXT = 300,
	WEIGHT_PLACE = 200,
	WEIGHT_CATEGORY = 150,
	WEIGHT_TIME = 50,
	LEAST_SCORE = 300,
	LEAST_TEXT = 300,	/* per mille of grams that is a reason */
};
_Static_assert(WEIGHT_PHONE + WEIGHT_TEXT + WEIGHT_PLACE + WEIGHT_CATEGORY + WEIGHT_TIME ==
	       LIKENESS_MOST, "scores end at LIKENESS_MOST");

/* ---- place ---- */

enum {
	MM_PER_MILLIONTH = 111,		/* of a degree of latitude: 111.2, rounded down */
	NEAR_MILLIONTHS = 20000,	/* farther apart in either is never near */
	DEGREE = 1000000,
};

/*
 * Cosine of a latitude in per mille, by Bhaskara's rule 4(8100 - x^2) / (32400 + x^2) for x in
 * degrees: off by less than two per mille, which is less than a metre of 200.
 */
static int64_t cosine(int64_t latitude)
{
	int64_t x = latitude / (DEGREE / 100);	/* hundredths of a degree */
	int64_t square = x * x / 10000;

	return 1000 * 4 * (8100 - square) / (32400 + square);
}

static bool is_near(const struct likeness_side *one, const struct likeness_side *other)
{
	if (one->latitude == JSON_NO_DECIMAL || other->latitude == JSON_NO_DECIMAL)
		return false;
	int64_t north = llabs(one->latitude - other->latitude);
	int64_t east = llabs(one->longitude - other->longitude);

	if (north > NEAR_MILLIONTHS || east > NEAR_MILLIONTHS)
		return false;
	north = north * MM_PER_MILLIONTH;
	east = east * MM_PER_MILLIONTH * cosine(one->latitude) / 1000;
	const int64_t most = INT64_C(1000) * LIKENESS_METRES;
	return north * north + east * east <= most * most;
}

static bool is_same(struct str one, struct str other)
{
	return one.n && str_eq(one, other);
}

static bool is_same_address(struct arena *a, const struct likeness_side *one,
			    const struct likeness_side *other)
{
	return is_same(one->area, other->area) && one->address.n && other->address.n &&
	       str_eq(gram_normal(a, one->address), gram_normal(a, other->address));
}

/* ---- all together ---- */

static bool is_near_in_time(int64_t one, int64_t other)
{
	return one && other && llabs(one - other) <= LIKENESS_DAYS * CALENDAR_DAY;
}

static void count(struct likeness *l, bool is_so, enum likeness_reason reason, uint32_t weight)
{
	if (!is_so)
		return;
	l->reasons |= reason;
	l->score += weight;
}

struct likeness likeness_of(struct arena *a, const struct likeness_side *one,
			    const struct likeness_side *other, bool is_same_phone)
{
	struct likeness l = { 0 };
	uint32_t text = one->text.n && other->text.n ?
			gram_likeness(a, one->text, other->text) : 0;

	count(&l, is_same_phone, LIKE_PHONE, WEIGHT_PHONE);
	count(&l, is_near(one, other) || is_same_address(a, one, other), LIKE_PLACE,
	      WEIGHT_PLACE);
	count(&l, is_same(one->category, other->category), LIKE_CATEGORY, WEIGHT_CATEGORY);
	count(&l, is_near_in_time(one->at, other->at), LIKE_TIME, WEIGHT_TIME);
	l.score += WEIGHT_TEXT * text / 1000;
	if (text >= LEAST_TEXT)
		l.reasons |= LIKE_TEXT;
	return l;
}

bool likeness_is_hint(struct likeness l)
{
	return (l.reasons & LIKE_PHONE) || l.score >= LEAST_SCORE;
}
