/*
 * Ranks, funnel and adjustment. Products of two counts need more than 64 bits; they are taken
 * in 128, which gcc and clang both have on every 64-bit machine.
 */
#include "rules/ranking.h"

#include "must.h"

__extension__ typedef unsigned __int128 wide;

const char *const unranked_names[UNRANKED_REASONS] = {
	[UNRANKED_SMALL] = "small_base",
	[UNRANKED_COVERAGE] = "coverage",
	[UNRANKED_FRAUD] = "proven_fraud",
	[UNRANKED_ALONE] = "alone",
};

static void count_check(struct rate rate)
{
	must(rate.num <= rate.den && rate.den <= UINT64_C(1) << 32);
}

int rate_compare(struct rate left, struct rate right)
{
	wide a = (wide)left.num * right.den, b = (wide)right.num * left.den;

	count_check(left);
	count_check(right);
	must(left.den != 0 && right.den != 0);
	return (a > b) - (a < b);
}

/* ---- control limits ---- */

#define MODE_WEIGHT (UINT64_C(1) << 40)

/* A binomial distribution, by weights relative to that of its mode. */
struct binomial {
	uint64_t base, hits, misses;	/* hits : misses are the odds of one case */
	uint64_t mode;
};

/* Weight of the number beside k, further from the mode. */
static uint64_t weight_below(const struct binomial *b, uint64_t k, uint64_t weight)
{
	wide down = (wide)(b->base - k + 1) * b->hits;

	return (uint64_t)((wide)weight * ((wide)k * b->misses) / down);
}

static uint64_t weight_above(const struct binomial *b, uint64_t k, uint64_t weight)
{
	wide down = (wide)(k + 1) * b->misses;

	return (uint64_t)((wide)weight * ((wide)(b->base - k) * b->hits) / down);
}

/* Sums of the weights up to the mode and from it on, each with the mode. */
static void sum_weights(const struct binomial *b, wide *ret_lower, wide *ret_upper)
{
	uint64_t weight = MODE_WEIGHT;

	*ret_lower = *ret_upper = MODE_WEIGHT;
	for (uint64_t k = b->mode; k > 0 && weight > 0; k--)
		*ret_lower += weight = weight_below(b, k, weight);
	weight = MODE_WEIGHT;
	for (uint64_t k = b->mode; k < b->base && weight > 0; k++)
		*ret_upper += weight = weight_above(b, k, weight);
}

void control_limits(uint64_t base, struct rate group, uint64_t *ret_low, uint64_t *ret_high)
{
	struct binomial b = {
		.base = base, .hits = group.num, .misses = group.den - group.num,
	};
	uint64_t low, high, weight = MODE_WEIGHT;
	wide tail, lower, upper, all;

	count_check(group);
	must(base <= UINT64_C(1) << 32);
	if (b.hits == 0 || b.misses == 0) {
		*ret_low = *ret_high = b.hits == 0 ? 0 : base;
		return;
	}
	b.mode = (uint64_t)((wide)(base + 1) * b.hits / group.den);
	if (b.mode > base)
		b.mode = base;
	sum_weights(&b, &lower, &upper);
	all = lower + upper - MODE_WEIGHT;
	for (low = b.mode, tail = lower; low > 0; low--) {
		if ((tail -= weight) * CONTROL_RARITY <= all)
			break;
		weight = weight_below(&b, low, weight);
	}
	weight = MODE_WEIGHT;
	for (high = b.mode, tail = upper; high < base; high++) {
		if ((tail -= weight) * CONTROL_RARITY <= all)
			break;
		weight = weight_above(&b, high, weight);
	}
	*ret_low = low;
	*ret_high = high;
}

static void funnel(struct ranked_unit *unit, struct rate group)
{
	control_limits(unit->rate.den, group, &unit->low, &unit->high);
	unit->outside = unit->rate.num < unit->low ? OUTSIDE_BELOW :
		unit->rate.num > unit->high ? OUTSIDE_ABOVE : OUTSIDE_NOT;
}

/* ---- adjustment ---- */

static uint64_t misses_of(struct rate rate)
{
	return rate.den - rate.num;
}

/*
 * Indirect standardisation of what went wrong: the unit's misses over those that the group's
 * rate of each class would have led to in the unit's mix, times the group's miss rate. Of the
 * misses, since they are the rarer and the adjusted rate so never exceeds 100%; below 0 it is
 * cut. Expected misses are millionths of a case, rounded down in each class.
 */
static struct rate adjust(const struct ranked_unit *unit, const struct rate *group_mix,
			  struct rate group)
{
	wide expected = 0, missed;

	if (unit->rate.den == 0)
		return (struct rate){ 0, 0 };
	for (int i = 0; i < CONTENT_CLASSES; i++)
		if (group_mix[i].den)
			expected += (wide)unit->mix[i].den * misses_of(group_mix[i]) *
				ADJUSTED_BASE / group_mix[i].den;
	if (expected == 0)
		return (struct rate){ ADJUSTED_BASE, ADJUSTED_BASE };
	missed = (wide)misses_of(unit->rate) * ADJUSTED_BASE * misses_of(group) *
		ADJUSTED_BASE / (expected * group.den);
	return (struct rate){
		missed < ADJUSTED_BASE ? ADJUSTED_BASE - (uint64_t)missed : 0, ADJUSTED_BASE,
	};
}

/* ---- ranks ---- */

static enum unranked gate(const struct ranked_unit *unit, const struct ranking_rules *rules)
{
	if (!rate_may_rank(unit->rate, rules->least))
		return UNRANKED_SMALL;
	if (unit->has_proven_fraud)
		return UNRANKED_FRAUD;
	if (rules->is_of_answers &&
	    rate_meets(unit->coverage, rules->coverage_least) != VERDICT_MET)
		return UNRANKED_COVERAGE;
	return UNRANKED_NOT;
}

/* One more than the number of ranked units with a higher rate. */
static void rank(struct ranked_unit *unit, const struct ranked_unit *units, size_t n)
{
	unit->rank = unit->adjusted_rank = 1;
	for (size_t i = 0; i < n; i++) {
		if (units[i].unranked != UNRANKED_NOT)
			continue;
		unit->rank += rate_compare(units[i].rate, unit->rate) > 0;
		unit->adjusted_rank += rate_compare(units[i].adjusted, unit->adjusted) > 0;
	}
}

static struct rate sum_mixes(struct ranked_unit *units, size_t n, struct rate *group_mix)
{
	struct rate group = { 0, 0 };

	for (size_t i = 0; i < n; i++) {
		units[i].rate = (struct rate){ 0, 0 };
		for (int k = 0; k < CONTENT_CLASSES; k++) {
			count_check(units[i].mix[k]);
			units[i].rate.num += units[i].mix[k].num;
			units[i].rate.den += units[i].mix[k].den;
			group_mix[k].num += units[i].mix[k].num;
			group_mix[k].den += units[i].mix[k].den;
		}
		group.num += units[i].rate.num;
		group.den += units[i].rate.den;
	}
	return group;
}

struct rate ranking_make(struct ranked_unit *units, size_t n,
	const struct ranking_rules *rules)
{
	struct rate group_mix[CONTENT_CLASSES] = { { 0, 0 } };
	struct rate group = sum_mixes(units, n, group_mix);
	size_t ranked = 0;

	for (size_t i = 0; i < n; i++) {
		units[i].adjusted = adjust(&units[i], group_mix, group);
		units[i].unranked = gate(&units[i], rules);
		ranked += units[i].unranked == UNRANKED_NOT;
		funnel(&units[i], group);
	}
	for (size_t i = 0; i < n; i++) {
		units[i].rank = units[i].adjusted_rank = 0;
		if (units[i].unranked != UNRANKED_NOT)
			continue;
		if (ranked == 1)
			units[i].unranked = UNRANKED_ALONE;
		else
			rank(&units[i], units, n);
	}
	return group;
}
