/*
 * Prospects. A hit more never lowers a rate, a miss less neither, so best and worst are sums.
 */
#include "rules/outlook.h"

#include "must.h"

bool task_matures(const struct task_fact *task, const struct period *period,
	struct judgement judgement)
{
	return (judgement.sets & SET_WITHIN) != 0 && limit_overdue_at(task->due) <= period->t1;
}

/* The submission that waits for its review; 0 without one. */
static int64_t pending_at(const struct task_fact *task)
{
	for (size_t i = 0; i < task->submission_count; i++)
		if (task->submissions[i].outcome == SUBMISSION_PENDING)
			return task->submissions[i].at;
	return 0;
}

/* A task closes when it was submitted, so an overdue one may turn out to have been in time. */
static enum prospect overdue_prospect(const struct task_fact *task, const struct period *period)
{
	int64_t at = pending_at(task);

	if (at == 0 || !limit_kept(at, task->due))
		return PROSPECT_NONE;
	return at >= period->t0 ? PROSPECT_KEEP : PROSPECT_LEAVE;
}

enum prospect task_prospect(const struct task_fact *task, const struct period *period,
	struct judgement judgement, enum measure measure)
{
	must(measure == MEASURE_ON_TIME || measure == MEASURE_COMPLETION);
	if (judgement.sets & SET_WITHIN)
		return task_matures(task, period, judgement) ? PROSPECT_KEEP : PROSPECT_JOIN;
	if (measure == MEASURE_COMPLETION)
		return judgement.sets & (SET_N3 | SET_O2) ? PROSPECT_KEEP : PROSPECT_NONE;
	return judgement.sets & SET_N3 ? overdue_prospect(task, period) : PROSPECT_NONE;
}

void outlook_add(struct outlook *outlook, const struct task_fact *task,
	const struct period *period, struct judgement judgement, enum measure measure)
{
	enum prospect prospect = task_prospect(task, period, judgement, measure);

	outlook->today.num += measure_has(measure, PART_NUM, judgement);
	outlook->today.den += measure_has(measure, PART_DEN, judgement);
	outlook->maturing += task_matures(task, period, judgement);
	outlook->keep += prospect == PROSPECT_KEEP;
	outlook->join += prospect == PROSPECT_JOIN;
	outlook->leave += prospect == PROSPECT_LEAVE;
}

struct rate outlook_worst(const struct outlook *outlook)
{
	return (struct rate){ outlook->today.num, outlook->today.den + outlook->maturing };
}

struct rate outlook_best(const struct outlook *outlook)
{
	struct rate worst = outlook_worst(outlook);

	return (struct rate){
		worst.num + outlook->keep + outlook->join,
		worst.den - outlook->leave + outlook->join,
	};
}

bool outlook_needed(const struct outlook *outlook, uint64_t target, uint64_t *ret_needed)
{
	struct rate rate = outlook_worst(outlook);
	uint64_t keep, join = 0;

	must(target <= 100);
	if (rate.den == 0) {
		*ret_needed = 1;
		return outlook->join > 0;
	}
	/* The least k with 100 * (num + k) >= target * den. */
	keep = target * rate.den > 100 * rate.num ?
		(target * rate.den - 100 * rate.num + 99) / 100 : 0;
	if (keep > outlook->keep) {
		keep = outlook->keep;
		rate.num += keep;
		/* The least k with 100 * (num + k) >= target * (den + k). */
		if (target == 100)
			return false;
		join = (target * rate.den - 100 * rate.num + 99 - target) / (100 - target);
	}
	*ret_needed = keep + join;
	return join <= outlook->join;
}
