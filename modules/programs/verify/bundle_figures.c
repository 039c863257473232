/*
 * Counting a month from its rows, and holding the printed figures against it.
 */
#include "verify/bundle.h"

#include <inttypes.h>
#include <stdlib.h>

const char *const figure_kind_words[] = { "total", "own", "roll_up", NULL };

/* ---- counting ---- */

/* The first rounds: up to and with the first submission that passed. */
static void count_submissions(struct bundle *b)
{
	for (size_t i = 0; i < b->submission_count; i++) {
		const struct submission *one = &b->submissions[i];
		struct task *t = &one->task->facts;

		if (one->at > one->task->first_passed_at ||
		    (t->closed_at != 0 && one->at > t->closed_at) ||
		    one->at < b->month.t0 || one->at >= b->month.t1)
			continue;
		t->submitted++;
		t->refused += one->is_refused;
	}
}

static void count_tasks(struct bundle *b)
{
	for (size_t i = 0; i < b->task_count; i++) {
		const struct bundle_task *task = &b->tasks[i];
		struct tally tally = { 0 };

		task_count(&task->facts, &b->month, &b->rules, &tally);
		for (int scope = 0; scope < SCOPES; scope++) {
			if (!(task->scopes >> scope & 1))
				continue;
			tally_add(&b->total[scope], &tally);
			tally_add(&task->department->own[scope], &tally);
			task->department->tasks[scope]++;
		}
	}
}

static void add_to_parent(struct department *one)
{
	for (int scope = 0; scope < SCOPES; scope++) {
		tally_add(&one->parent->sum[scope], &one->sum[scope]);
		one->parent->tasks_below[scope] += one->tasks[scope] + one->tasks_below[scope];
	}
	one->parent->below_waiting--;
}

/* Each goes up when all below it have; what is left over stands below itself. */
static bool count_tree(struct bundle *b, struct findings *findings)
{
	struct department **ready = calloc(b->department_count + 1, sizeof(*ready));
	size_t n = 0, done = 0;

	if (!ready)
		abort();
	for (size_t i = 0; i < b->department_count; i++) {
		struct department *one = &b->departments[i];

		for (int scope = 0; scope < SCOPES; scope++)
			one->sum[scope] = one->own[scope];
		if (one->below_waiting == 0)
			ready[n++] = one;
	}
	for (; done < n; done++) {
		struct department *parent = ready[done]->parent;

		if (!parent)
			continue;
		add_to_parent(ready[done]);
		if (parent->below_waiting == 0)
			ready[n++] = parent;
	}
	free(ready);
	if (done == b->department_count)
		return true;
	finding(findings, "[departments]: %zu departments stand below themselves",
		b->department_count - done);
	return false;
}

bool bundle_count(struct bundle *bundle, struct findings *findings)
{
	count_submissions(bundle);
	count_tasks(bundle);
	return count_tree(bundle, findings);
}

/* ---- comparing ---- */

/* Whose figures are being read; the next row has to be of this measure. */
struct group {
	int scope, kind;
	struct text department;
	int next;
};

struct figure {
	int scope, kind;
	struct text department, measure, num, den, rate, meets;
};

static bool read_figure(struct lines *lines, struct figure *ret)
{
	struct text f[8];

	if (text_split(lines->line, '\t', f, 8) != 8)
		return lines_broken(lines, "not as many fields as columns");
	*ret = (struct figure){
		.scope = word_of(f[0], scope_words), .kind = word_of(f[1], figure_kind_words),
		.department = f[2], .measure = f[3], .num = f[4], .den = f[5], .rate = f[6],
		.meets = f[7],
	};
	if (ret->scope < 0 || ret->kind < 0)
		return lines_broken(lines, "no such scope or kind of figures");
	return true;
}

static const struct tally *counted_of(const struct bundle *b, const struct figure *figure,
				      const struct department *department)
{
	if (figure->kind == FIGURE_TOTAL)
		return &b->total[figure->scope];
	return figure->kind == FIGURE_OWN ? &department->own[figure->scope] :
		&department->sum[figure->scope];
}

static void compare(struct lines *lines, const struct bundle *b, const struct figure *figure,
		    const struct tally *tally, enum measure measure)
{
	uint64_t num = tally->num[measure], den = tally->den[measure];
	char num_text[24], den_text[24], rate[RATE_BYTES];
	const char *meets = "-";

	rate_write(num, den, b->rules.target, rate);
	if (den)
		meets = rate_meets(num, den, b->rules.target) ? "1" : "0";
	snprintf(num_text, sizeof(num_text), "%" PRIu64, num);
	snprintf(den_text, sizeof(den_text), "%" PRIu64, den);
	if (text_is(figure->num, num_text) && text_is(figure->den, den_text) &&
	    text_is(figure->rate, rate) && text_is(figure->meets, meets))
		return;
	finding(lines->findings, "line %" PRIu64 ": scope %s, %s, department %s, %s: printed "
		"%s/%s rate %s meets %s, recomputed %s/%s rate %s meets %s", lines->number,
		scope_words[figure->scope], figure_kind_words[figure->kind],
		SHOWN(figure->department), measure_name(measure), SHOWN(figure->num),
		SHOWN(figure->den), SHOWN(figure->rate), SHOWN(figure->meets), num_text,
		den_text, rate, meets);
}

/* Begins the figures of a scope, kind and department; each comes once, measures in order. */
static bool next_group(struct lines *lines, struct bundle *b, const struct figure *figure,
		       struct department *department, struct group *group)
{
	uint32_t *printed = figure->kind == FIGURE_TOTAL ? &b->total_printed :
			    &department->printed[figure->kind];
	uint32_t bit = UINT32_C(1) << figure->scope;

	if (*printed & bit)
		return lines_broken(lines, "these figures stand twice");
	*printed |= bit;
	*group = (struct group){
		.scope = figure->scope, .kind = figure->kind, .department = figure->department,
	};
	return true;
}

static bool take_figure(struct lines *lines, struct bundle *b, struct group *group)
{
	struct department *department = NULL;
	struct figure figure;

	if (!read_figure(lines, &figure))
		return false;
	if (figure.kind == FIGURE_TOTAL ? !text_is(figure.department, "-") :
	    !(department = bundle_department(b, figure.department)))
		return lines_broken(lines, "figures of a department that is not listed");
	if (group->next == MEASURES &&
	    !next_group(lines, b, &figure, department, group))
		return false;
	if (figure.scope != group->scope || figure.kind != group->kind ||
	    !text_same(figure.department, group->department) ||
	    !text_is(figure.measure, measure_name((enum measure)group->next)))
		return lines_broken(lines, "not the figure that belongs here");
	compare(lines, b, &figure, counted_of(b, &figure, department),
		(enum measure)group->next++);
	b->figure_count++;
	return true;
}

static void find_missing(struct lines *lines, const struct bundle *b, int scope)
{
	uint32_t bit = UINT32_C(1) << scope;

	if (!(b->total_printed & bit))
		finding(lines->findings, "scope %s: the figures of the total are missing",
			scope_words[scope]);
	for (size_t i = 0; i < b->department_count; i++) {
		const struct department *one = &b->departments[i];

		if (one->tasks[scope] && !(one->printed[FIGURE_OWN] & bit))
			finding(lines->findings, "scope %s, own, department %s: the figures "
				"are missing", scope_words[scope], SHOWN(one->code));
		if (one->tasks_below[scope] && !(one->printed[FIGURE_ROLL_UP] & bit))
			finding(lines->findings, "scope %s, roll_up, department %s: the "
				"figures are missing", scope_words[scope], SHOWN(one->code));
	}
}

bool bundle_compare(struct lines *lines, struct bundle *bundle)
{
	struct group group = { .next = MEASURES };
	uint64_t before = lines->findings->count;

	if (!text_is(lines->line, "[figures]") || !lines_next(lines) ||
	    !text_is(lines->line, "scope\tkind\tdepartment\tmeasure\tnum\tden\trate\tmeets"))
		return lines_broken(lines, "not [figures] and its columns");
	while (lines_next(lines) && !text_starts(lines->line, "["))
		if (!take_figure(lines, bundle, &group))
			return false;
	if (group.next != MEASURES)
		return lines_broken(lines, "figures are missing before this line");
	for (int scope = 0; scope < SCOPES; scope++)
		find_missing(lines, bundle, scope);
	return lines->findings->count == before;
}
