/*
 * How alike two appeals are: a table of pairs, each reason by itself at its border, and what
 * is enough to be shown to a person.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "attr.h"
#include "decimal.h"
#include "rules/calendar.h"
#include "rules/likeness.h"

static struct arena *arena;

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct likeness_side lamp = {
	.category = { "020402", 6 }, .area = { "A04", 3 }, .address = { "7 Temple Lane", 13 },
	.text = { "street lamp broken", 18 }, .latitude = 34020000, .longitude = 113850000,
	.at = INT64_C(1772413200000000),
};
static const struct likeness_side nothing = {
	.latitude = JSON_NO_DECIMAL, .longitude = JSON_NO_DECIMAL,
};

static struct likeness like(struct likeness_side other, bool is_same_phone)
{
	return likeness_of(arena, &lamp, &other, is_same_phone);
}

static void the_same_appeal_has_every_reason_and_the_highest_score(void **state)
{
	(void)state;
	struct likeness l = like(lamp, true);

	assert_int_equal(l.score, LIKENESS_MOST);
	assert_int_equal(l.reasons,
			 LIKE_PHONE | LIKE_PLACE | LIKE_CATEGORY | LIKE_TIME | LIKE_TEXT);
}

static void what_is_unknown_is_no_reason(void **state)
{
	(void)state;
	struct likeness l = likeness_of(arena, &nothing, &nothing, false);

	assert_int_equal(l.score, 0);
	assert_int_equal(l.reasons, 0);
	assert_int_equal(like(nothing, false).reasons, 0);
	assert_false(likeness_is_hint(l));
}

/* One step in degrees from the lamp; near is at most 200 m. */
static void two_hundred_metres_are_the_same_place_and_more_are_not(void **state)
{
	static const struct { int64_t north, east; bool is_near; } cases[] = {
		{ 0, 0, true },
		{ 1790, 0, true },	/* 199 m */
		{ -1790, 0, true },
		{ 1830, 0, false },	/* 203 m */
		{ 0, 2150, true },	/* 198 m at 34 degrees north */
		{ 0, -2150, true },
		{ 0, 2230, false },	/* 206 m */
		{ 1250, 1500, true },	/* 139 m and 138 m: 196 m */
		{ 1350, 1600, false },	/* 150 m and 148 m: 210 m */
		{ 90000000, 0, false },
		{ 0, 170000000, false },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		struct likeness_side other = nothing;
		other.latitude = lamp.latitude + cases[i].north;
		other.longitude = lamp.longitude + cases[i].east;
		assert_int_equal(like(other, false).reasons, cases[i].is_near ? LIKE_PLACE : 0);
	}
}

static void an_address_is_the_same_only_within_its_area(void **state)
{
	(void)state;
	struct likeness_side other = nothing;

	other.address = lamp.address;
	assert_int_equal(like(other, false).reasons, 0);
	other.area = lamp.area;
	assert_int_equal(like(other, false).reasons, LIKE_PLACE);
	other.address = STR("７ temple lane");
	assert_int_equal(like(other, false).reasons, LIKE_PLACE);
	other.address = STR("8 Temple Lane");
	assert_int_equal(like(other, false).reasons, 0);
	other.address = STR_NONE;
	assert_int_equal(like(other, false).reasons, 0);
}

static void thirty_days_are_near_in_time_and_a_second_more_is_not(void **state)
{
	const int64_t month = 30 * CALENDAR_DAY;
	struct likeness_side other = nothing;

	(void)state;
	other.at = lamp.at - month;
	assert_int_equal(like(other, false).reasons, LIKE_TIME);
	other.at = lamp.at + month;
	assert_int_equal(like(other, false).reasons, LIKE_TIME);
	other.at = lamp.at - month - CALENDAR_SECOND;
	assert_int_equal(like(other, false).reasons, 0);
}

static void texts_weigh_by_their_grams_and_are_a_reason_from_three_tenths(void **state)
{
	struct likeness_side one = nothing, other = nothing;

	(void)state;
	one.text = STR("路灯不亮请修理");
	other.text = STR("路灯不亮请尽快修理");	/* 5 of 6 and 8 grams shared: 5 / 9 */
	struct likeness l = likeness_of(arena, &one, &other, false);
	assert_int_equal(l.reasons, LIKE_TEXT);
	assert_int_equal(l.score, 300 * 555 / 1000);
	other.text = STR("小区门口的路灯坏了三天");
	l = likeness_of(arena, &one, &other, false);
	assert_int_equal(l.reasons, 0);
	assert_true(l.score > 0 && l.score < 90);
}

static void likeness_does_not_depend_on_who_came_first(void **state)
{
	struct likeness_side other = lamp;

	(void)state;
	other.latitude += 1200;
	other.text = STR("the lamp of the street is broken");
	other.at += CALENDAR_DAY;
	struct likeness one = likeness_of(arena, &lamp, &other, false);
	struct likeness two = likeness_of(arena, &other, &lamp, false);
	assert_int_equal(one.score, two.score);
	assert_int_equal(one.reasons, two.reasons);
}

static void the_same_phone_is_always_shown(void **state)
{
	(void)state;
	struct likeness l = like(nothing, true);

	assert_int_equal(l.reasons, LIKE_PHONE);
	assert_true(likeness_is_hint(l));
}

static void a_place_or_a_kind_alone_is_not_shown_but_both_of_these_days_are(void **state)
{
	struct likeness_side other = nothing;

	(void)state;
	other.latitude = lamp.latitude;
	other.longitude = lamp.longitude;
	other.at = lamp.at;
	assert_false(likeness_is_hint(like(other, false)));
	other.category = lamp.category;
	assert_true(likeness_is_hint(like(other, false)));
	other.latitude = JSON_NO_DECIMAL;
	assert_false(likeness_is_hint(like(other, false)));
	other.text = lamp.text;
	assert_true(likeness_is_hint(like(other, false)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_appeal_has_every_reason_and_the_highest_score),
		cmocka_unit_test(what_is_unknown_is_no_reason),
		cmocka_unit_test(two_hundred_metres_are_the_same_place_and_more_are_not),
		cmocka_unit_test(an_address_is_the_same_only_within_its_area),
		cmocka_unit_test(thirty_days_are_near_in_time_and_a_second_more_is_not),
		cmocka_unit_test(
			texts_weigh_by_their_grams_and_are_a_reason_from_three_tenths),
		cmocka_unit_test(likeness_does_not_depend_on_who_came_first),
		cmocka_unit_test(the_same_phone_is_always_shown),
		cmocka_unit_test(
			a_place_or_a_kind_alone_is_not_shown_but_both_of_these_days_are),
	};

	return cmocka_run_group_tests_name("likeness", tests, make_arena, free_arena);
}
