/*
 * What the tests of the pure rules share: the shipped tables from config/, instants written as
 * local time, and a seeded generator, so that a failing random case can be run again.
 * Included by each of them once; the tests run from the top of the tree.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "rules/calendar.h"

/* The whole file, NUL-terminated; the caller frees it. */
static inline char *file_read(const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, 1u << 20);

	if (file == NULL || text == NULL)
		fail_msg("%s cannot be read; run the tests from the top of the tree", path);
	*ret_size = fread(text, 1, (1u << 20) - 1, file);
	fclose(file);
	return text;
}

/* The whole file, in the arena. */
static inline struct str file_text(struct arena *arena, const char *path)
{
	size_t size;
	char *text = file_read(path, &size);
	struct str copy = arena_str(arena, (struct str){ text, size });

	free(text);
	return copy;
}

static inline struct calendar *calendar_shipped(void)
{
	struct table_problems problems;
	struct work_week week = work_week_shipped();
	struct calendar *calendar;
	size_t size;
	char *text = file_read("config/calendar-cn.tsv", &size);

	calendar = calendar_parse(&week, text, size, "shipped", &problems);
	free(text);
	assert_int_equal(problems.count, 0);
	assert_non_null(calendar);
	return calendar;
}

/* "2026-03-02" */
static inline int32_t day_at(const char *date)
{
	int32_t day = 0;

	if (!day_parse(date, strlen(date), &day))
		fail_msg("%s is no date", date);
	return day;
}

/* "2026-03-02" (its first instant) or "2026-03-02 14:30:59", local time. */
static inline int64_t instant(const char *text)
{
	int32_t day = 0;
	int hour = 0;
	int minute = 0;
	int second = 0;

	if (strlen(text) < 10 || !day_parse(text, 10, &day) ||
	    (text[10] != '\0' && sscanf(text + 10, " %d:%d:%d", &hour, &minute, &second) != 3))
		fail_msg("%s is no time", text);
	return day_start(day) +
		(hour * INT64_C(3600) + minute * 60 + second) * CALENDAR_SECOND;
}

struct dice {
	uint64_t state;	/* never 0 */
};

/* 0 to below - 1, xorshift64. */
static inline int32_t dice_roll(struct dice *dice, int32_t below)
{
	dice->state ^= dice->state << 13;
	dice->state ^= dice->state >> 7;
	dice->state ^= dice->state << 17;
	return (int32_t)(dice->state % (uint64_t)below);
}
