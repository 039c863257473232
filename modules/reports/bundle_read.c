/*
 * Reading the bundle of a frozen month back. Tasks, visits and submissions stand in the order of
 * their tasks, so one pass over three sections gives each task with what belongs to it, and
 * nothing has to be kept but the task at hand.
 */
#include "reports/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "must.h"
#include "reports/bundle_words.h"
#include "reports/lines.h"
#include "sealing.h"

struct bundle {
	struct str text;
	struct rule_set rules;
	uint64_t calendar_version;
	struct lines departments, tasks, visits, submissions;
};

static int word(struct str cell, const char *const *words)
{
	int index = str_index(cell, words);

	must(index >= 0);
	return index;
}

static bool flag(struct str cell)
{
	return str_is(cell, "1");
}

/* ---- the head ---- */

typedef bool bit_of(struct str word, uint32_t *ret_bit);

static bool level_bit(struct str text, uint32_t *ret_bit)
{
	enum answer_level level;

	if (!answer_level_parse(text.p, text.n, &level))
		return false;
	*ret_bit = 1u << level;
	return true;
}

static bool content_bit(struct str text, uint32_t *ret_bit)
{
	enum content_class content;

	if (!content_class_parse(text.p, text.n, &content))
		return false;
	*ret_bit = 1u << content;
	return true;
}

/* "satisfied=very_satisfied,satisfied" as bits. */
static uint32_t bits(struct str cell, bit_of *bit)
{
	const char *at = memchr(cell.p, '=', cell.n);
	const char *end = cell.p + cell.n;
	uint32_t all = 0, one = 0;

	must(at != NULL);
	for (at++; at < end;) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		const char *stop = comma ? comma : end;
		must(bit((struct str){ at, (size_t)(stop - at) }, &one));
		all |= one;
		at = stop + (comma != NULL);
	}
	return all;
}

static void read_head(struct bundle *bundle, struct arena *a)
{
	struct lines head = { bundle->text.p, bundle->departments.at };
	struct str cells[LINE_CELLS];

	while (lines_next(&head, cells)) {
		if (str_is(cells[0], "rules"))
			bundle->rules = (struct rule_set){
				.version = arena_str(a, cells[1]).p,
				.target = (uint64_t)line_number(cells[2]),
				.satisfied_levels = bits(cells[3], level_bit),
				.strict_levels = bits(cells[4], level_bit),
				.unrated_contents = bits(cells[5], content_bit),
			};
		else if (str_is(cells[0], "calendar"))
			bundle->calendar_version = (uint64_t)line_number(cells[1]);
	}
}

const struct bundle *bundle_read(struct tx *tx, uint32_t month)
{
	struct bundle *bundle = arena_new_of(tx_arena(tx), struct bundle);

	if (!sealed_content(tx, ENTRY_MONTH_FROZEN, month, 1, &bundle->text))
		return NULL;
	bundle->departments = lines_section(bundle->text, STR(BUNDLE_DEPARTMENTS),
					    STR(BUNDLE_TASKS));
	bundle->tasks = lines_section(bundle->text, STR(BUNDLE_TASKS), STR(BUNDLE_VISITS));
	bundle->visits = lines_section(bundle->text, STR(BUNDLE_VISITS), STR(BUNDLE_SUBMISSIONS));
	bundle->submissions = lines_section(bundle->text, STR(BUNDLE_SUBMISSIONS),
					    STR(BUNDLE_FIGURES));
	read_head(bundle, tx_arena(tx));
	return bundle;
}

void bundle_places(const struct bundle *bundle, struct tx *tx, struct report *report)
{
	struct lines lines = bundle->departments;
	struct str cells[LINE_CELLS];
	size_t n = 0;

	while (lines_next(&lines, cells))
		n++;
	report->rules = &bundle->rules;
	report->calendar_version = bundle->calendar_version;
	report->places = arena_array_of(tx_arena(tx), struct place, n);
	lines = bundle->departments;
	while (lines_next(&lines, cells))
		report->places[report->place_count++] = (struct place){
			.code = cells[0], .name = cells[1], .parent = cells[2],
			.peer_group = cells[3],
		};
}

/* ---- tasks ---- */

/* What belongs to the task at hand, of one of the other sections. */
struct belongings {
	struct lines lines;
	struct str cells[LINE_CELLS];
	bool has_next;
	void *v;
	size_t n, room, size;
};

static void belongings_open(struct belongings *b, struct lines lines, size_t size)
{
	*b = (struct belongings){ .lines = lines, .size = size };
	b->has_next = lines_next(&b->lines, b->cells);
}

/* The next line, if it is of this task; room for it in b->v. */
static bool belongings_next(struct belongings *b, struct arena *a, struct str task)
{
	if (!b->has_next || !str_eq(b->cells[0], task))
		return false;
	if (b->n == b->room) {
		char *more = arena_alloc(a, (b->room * 2 + 16) * b->size);
		if (b->n)
			memcpy(more, b->v, b->n * b->size);
		b->v = more;
		b->room = b->room * 2 + 16;
	}
	return true;
}

static void read_visits(struct belongings *b, struct arena *a, struct str task,
			struct task_fact *fact)
{
	for (b->n = 0; belongings_next(b, a, task);
	     b->has_next = lines_next(&b->lines, b->cells)) {
		struct visit_fact *visit = &((struct visit_fact *)b->v)[b->n++];
		*visit = (struct visit_fact){
			.at = line_number(b->cells[1]), .reached = flag(b->cells[2]),
			.contacted = (enum contacted_answer)word(b->cells[3],
								 bundle_contacted_words),
			.solved = (enum solved_answer)word(b->cells[4], bundle_solved_words),
		};
		if (!str_is(b->cells[5], "-"))
			must(answer_level_parse(b->cells[5].p, b->cells[5].n, &visit->result));
	}
	fact->visits = b->v;
	fact->visit_count = b->n;
}

static void read_submissions(struct belongings *b, struct arena *a, struct str task,
			     struct task_fact *fact)
{
	for (b->n = 0; belongings_next(b, a, task);
	     b->has_next = lines_next(&b->lines, b->cells))
		((struct submission_fact *)b->v)[b->n++] = (struct submission_fact){
			.at = line_number(b->cells[1]),
			.outcome = (enum submission_outcome)word(b->cells[2],
								 bundle_outcome_words),
		};
	fact->submissions = b->v;
	fact->submission_count = b->n;
}

static struct case_row case_of(const struct str c[LINE_CELLS])
{
	struct case_row row = {
		.id = task_id_of(c[0]), .department = c[1],
		.channel = (enum channel)(word(c[2], channel_names) + 1),
		.role = (enum task_role)(word(c[3], task_role_names) + 1),
		.state = (enum task_state)(word(c[6], task_state_names) + 1),
		.fact = {
			.dispatched_at = line_number(c[7]),
			.sign_due = line_number(c[8]), .signed_at = line_number(c[9]),
			.contact_due = line_number(c[10]), .contacted_at = line_number(c[11]),
			.due = line_number(c[12]), .original_due = line_number(c[13]),
			.extended = flag(c[14]), .closed_at = line_number(c[15]),
			.left = (enum leaving)word(c[16], bundle_left_words),
			.left_at = line_number(c[17]), .withdrawal_recorded = flag(c[18]),
			.excluded_at = line_number(c[19]),
			.visit_bar = (enum visit_bar)word(c[20], bundle_bar_words),
			.redo_running = flag(c[21]), .sent_back = flag(c[22]),
			.return_asked = flag(c[23]), .return_refused = flag(c[24]),
			.recomplaint = flag(c[25]),
		},
	};

	row.fact.is_lead = row.role == TASK_LEAD;
	must(content_class_parse(c[4].p, c[4].n, &row.fact.content));
	must(limit_class_parse(c[5].p, c[5].n, &row.limit_class));
	return row;
}

static bool is_asked_for(const struct scan *scan, const struct case_row *row)
{
	uint32_t scope = scan->report->question.scope;

	return (!scope || row->channel == (enum channel)scope) &&
	       (str_is_empty(scan->department) || str_eq(scan->department, row->department));
}

void bundle_scan(const struct bundle *bundle, struct scan *scan)
{
	struct arena *a = tx_arena(scan->tx);
	struct belongings visits, submissions;
	struct lines tasks = bundle->tasks;
	struct str cells[LINE_CELLS];

	belongings_open(&visits, bundle->visits, sizeof(struct visit_fact));
	belongings_open(&submissions, bundle->submissions, sizeof(struct submission_fact));
	while (lines_next(&tasks, cells)) {
		struct case_row row = case_of(cells);

		read_visits(&visits, a, cells[0], &row.fact);
		read_submissions(&submissions, a, cells[0], &row.fact);
		if (is_asked_for(scan, &row))
			must(scan_take(scan, &row));
	}
}
