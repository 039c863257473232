/*
 * Tasks, visits and months for the tests of the rates. Included once by each of them.
 */
#pragma once

#include "rules_fixture.h"

#include "rules/rates.h"

#define MARCH "2026-03"

static inline struct period period_of(const char *name, const char *freeze)
{
	struct period period;

	if (!period_parse(name, strlen(name), &period))
		fail_msg("%s is no period", name);
	period.freeze = instant(freeze);
	period.now = period.freeze;
	return period;
}

/* March 2026, frozen on 10 April. */
static inline struct judgement march(const struct task_fact *task)
{
	struct period period = period_of(MARCH, "2026-04-10");

	return task_judge(task, &period, &rule_set_shipped);
}

static inline struct judgement april(const struct task_fact *task)
{
	struct period period = period_of("2026-04", "2026-05-10");

	return task_judge(task, &period, &rule_set_shipped);
}

/* The end of the local day. */
static inline int64_t end_of(const char *date)
{
	return day_end(day_at(date));
}

/* A lead task of a visitable help appeal, dispatched 1 February. closed NULL: open. */
static inline struct task_fact task_of(const char *due, const char *closed)
{
	return (struct task_fact){
		.department = 1, .is_lead = true, .content = CONTENT_HELP,
		.dispatched_at = instant("2026-02-01"), .signed_at = instant("2026-02-02"),
		.due = end_of(due), .closed_at = closed != NULL ? instant(closed) : 0,
	};
}

static inline bool has(struct judgement judgement, uint64_t sets)
{
	return (judgement.sets & sets) == sets;
}

static inline bool in(struct judgement judgement, enum measure measure, enum measure_part part)
{
	return measure_has(measure, part, judgement);
}

#define assert_why(judgement, base, text) \
	assert_string_equal(why_text((judgement).why[BASE_##base]), text)

static inline const struct visit_fact *visit_on(struct visit_fact *visit, const char *date,
	enum answer_level result)
{
	*visit = (struct visit_fact){ .at = instant(date) + 12 * 3600 * CALENDAR_SECOND,
				      .reached = result != ANSWER_NONE, .result = result };
	return visit;
}

/* A task closed in time on 5 March with these visits. */
static inline struct task_fact visited(const struct visit_fact *visits, size_t count)
{
	struct task_fact task = task_of("2026-03-10", "2026-03-05 10:00:00");

	task.visits = visits;
	task.visit_count = count;
	return task;
}
