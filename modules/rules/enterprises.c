#include "rules/enterprises.h"

#include <string.h>

#include "rules/calendar.h"
#include "rules/reference.h"

const char *const four_act_names[] = { "fee", "apportionment", "inspection", "fine", NULL };
const char *const quiet_exception_names[] = {
	"ordered", "safety", "emergency", "complaint", "legal_deadline", NULL
};
const char *const finding_kind_names[] = {
	"unknown_enterprise", "no_act", "no_body_named", "unknown_body", "filed",
	"filed_afterwards", "changed_afterwards", "other_body", "unfiled", "quiet_day",
	"quiet_day_excepted", "above_filing", NULL
};
_Static_assert(FINDING_KINDS + 1 == array_count(finding_kind_names), "one word a kind");

/* ---- the code of an enterprise ---- */

enum { USCC_BYTES = 18, USCC_BASE = 31 };

bool uscc_is_valid(struct str code)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	int sum = 0, weight = 1, value = 0;

	if (code.n != USCC_BYTES)
		return false;
	for (int i = 0; i < USCC_BYTES; i++) {
		const char *at = memchr(alphabet, code.p[i], USCC_BASE);
		if (!at || (i >= 2 && i < 8 && at - alphabet > 9))
			return false;
		value = (int)(at - alphabet);
		if (i < USCC_BYTES - 1)
			sum += value * weight;
		weight = weight * 3 % USCC_BASE;
	}
	return value == (USCC_BASE - sum % USCC_BASE) % USCC_BASE;
}

/* ---- the two tables ---- */

static struct str cell(const struct table_reader *t, size_t i)
{
	return i < t->count ? (struct str){ t->cell[i].p, t->cell[i].n } : STR("");
}

/* Room and cells; false after having reported the line. */
static bool line_is_good(struct table_reader *t, size_t columns, size_t n)
{
	if (n == ENTERPRISE_ROWS_MAX) {
		table_bad(t, "more than %d lines; remove this one", ENTERPRISE_ROWS_MAX);
		return false;
	}
	if (t->count == columns)
		return true;
	table_bad(t, "%zu cells instead of %zu; write - where there is nothing", t->count,
		  columns);
	return false;
}

enum quiet_column {
	QUIET_RULE, QUIET_DAYS, QUIET_FROM, QUIET_UNTIL, QUIET_NOTE, QUIET_COLUMNS
};

/* "1-25", both within 1..most and in order. */
static bool days_parse(struct str text, int32_t most, struct quiet_rule *rule)
{
	const char *dash = memchr(text.p, '-', text.n);
	uint64_t first, last;

	if (!dash || !str_to_u64((struct str){ text.p, (size_t)(dash - text.p) }, &first) ||
	    !str_to_u64((struct str){ dash + 1, (size_t)(text.p + text.n - dash - 1) }, &last) ||
	    first < 1 || last < first || last > (uint64_t)most)
		return false;
	rule->first = (int32_t)first;
	rule->last = (int32_t)last;
	return true;
}

static bool quiet_days_read(struct table_reader *t, struct quiet_rule *rule)
{
	bool is_monthly = rule->kind == QUIET_MONTH;

	if (rule->kind == QUIET_MONTH || rule->kind == QUIET_WEEK) {
		if (days_parse(cell(t, QUIET_DAYS), is_monthly ? 31 : 7, rule))
			return true;
		table_bad(t, "the days must be like 1-%d, the first one first",
			  is_monthly ? 25 : 4);
		return false;
	}
	if (str_is(cell(t, QUIET_DAYS), "-"))
		return true;
	table_bad(t, "a span has no days of its own; write - and give from and until");
	return false;
}

static bool quiet_span_read(struct table_reader *t, struct quiet_rule *rule)
{
	struct str from = cell(t, QUIET_FROM), until = cell(t, QUIET_UNTIL);

	rule->until = CALENDAR_LAST_DAY;
	if (!day_parse(from.p, from.n, &rule->from) ||
	    (!str_is(until, "-") && !day_parse(until.p, until.n, &rule->until))) {
		table_bad(t, "from and until are dates like 2026-03-01; until may be -");
		return false;
	}
	if (rule->from <= rule->until)
		return true;
	table_bad(t, "from lies behind until");
	return false;
}

static bool quiet_read(struct table_reader *t, struct arena *a, uint32_t n,
		       struct quiet_rule *rule)
{
	static const char *const words[] = { "month", "week", "span", "open", NULL };

	*rule = (struct quiet_rule){ .first = 0 };
	if (!line_is_good(t, QUIET_COLUMNS, n))
		return false;
	int kind = str_index(cell(t, QUIET_RULE), words);
	if (kind < 0) {
		table_bad(t, "the rule must be month, week, span or open");
		return false;
	}
	rule->kind = (enum quiet_rule_kind)kind;
	rule->note = arena_str(a, cell(t, QUIET_NOTE));
	return quiet_days_read(t, rule) && quiet_span_read(t, rule);
}

void reference_parse_quiet_days(struct reference *r, struct arena *a, struct str text,
				struct table_problems *problems)
{
	struct quiet_rule *rows = arena_array_of(a, struct quiet_rule, ENTERPRISE_ROWS_MAX);
	struct table_reader t = {
		.at = text.p, .end = text.p + text.n, .header = "rule", .problems = problems,
	};

	r->quiet_rules = rows;
	r->quiet_rule_count = 0;
	while (table_next(&t)) {
		struct quiet_rule rule;
		if (quiet_read(&t, a, r->quiet_rule_count, &rule))
			rows[r->quiet_rule_count++] = rule;
	}
}

enum act_column { ACT_CATEGORY, ACT_ACT, ACT_NOTE, ACT_COLUMNS };

static const struct act_row *act_row(const struct reference *r, struct str category)
{
	for (uint32_t i = 0; i < r->act_row_count; i++)
		if (str_eq(r->act_rows[i].category, category))
			return &r->act_rows[i];
	return NULL;
}

static bool act_read(struct table_reader *t, struct arena *a, const struct reference *r,
		     struct act_row *row)
{
	if (!line_is_good(t, ACT_COLUMNS, r->act_row_count))
		return false;
	int act = str_index(cell(t, ACT_ACT), four_act_names);
	if (act < 0) {
		table_bad(t, "the act must be fee, apportionment, inspection or fine");
		return false;
	}
	if (act_row(r, cell(t, ACT_CATEGORY))) {
		table_bad(t, "%.*s stands in an earlier line already; keep one of the two",
			  table_cell_width(t->cell[ACT_CATEGORY]), t->cell[ACT_CATEGORY].p);
		return false;
	}
	*row = (struct act_row){
		.category = arena_str(a, cell(t, ACT_CATEGORY)),
		.act = (enum four_act)(act + 1), .note = arena_str(a, cell(t, ACT_NOTE)),
	};
	return true;
}

void reference_parse_four_acts(struct reference *r, struct arena *a, struct str text,
			       struct table_problems *problems)
{
	struct act_row *rows = arena_array_of(a, struct act_row, ENTERPRISE_ROWS_MAX);
	struct table_reader t = {
		.at = text.p, .end = text.p + text.n, .header = "category",
		.problems = problems,
	};

	r->act_rows = rows;
	r->act_row_count = 0;
	while (table_next(&t)) {
		struct act_row row;
		if (act_read(&t, a, r, &row))
			rows[r->act_row_count++] = row;
	}
}

static bool rule_has(const struct quiet_rule *rule, int32_t day)
{
	if (day < rule->from || day > rule->until)
		return false;
	int32_t at = rule->kind == QUIET_MONTH ? civil_of_day(day).day :
		rule->kind == QUIET_WEEK ? (int32_t)day_weekday(day) + 1 : 0;
	return at >= rule->first && at <= rule->last;
}

const struct quiet_rule *reference_quiet_day(const struct reference *r, int32_t day)
{
	const struct quiet_rule *found = NULL;

	for (uint32_t i = 0; i < r->quiet_rule_count; i++) {
		const struct quiet_rule *rule = &r->quiet_rules[i];
		if (!rule_has(rule, day))
			continue;
		if (rule->kind == QUIET_OPEN)
			return NULL;
		if (!found)
			found = rule;
	}
	return found;
}

enum four_act reference_four_act(const struct reference *r, struct str category)
{
	/* The count bounds the walk, as a loop in the tree would. */
	for (uint32_t steps = 0; steps <= r->category_count && category.n; steps++) {
		const struct act_row *row = act_row(r, category);
		if (row)
			return row->act;
		const struct category *at = reference_category(r, category);
		if (!at)
			return ACT_NONE;
		category = at->parent;
	}
	return ACT_NONE;
}

/* ---- comparing ---- */

struct findings {
	struct entry_finding *out;
	uint32_t n, max;
	const struct entry_facts *facts;
	int64_t filed_amount;			/* the largest that was filed for this */
	const struct filing_version *dearest;
	const struct filing_version *excepted;	/* filed with an exception */
	bool is_filed;
};

static void found(struct findings *f, enum finding_kind kind,
		  const struct filing_version *filing)
{
	if (f->n < f->max)
		f->out[f->n++] = (struct entry_finding){
			.kind = kind, .filing = filing,
			.amount = kind == FINDING_ABOVE_FILING ? f->facts->amount : 0,
		};
}

/* Whether the version is about this act on this day, whoever filed it. */
static bool is_about(const struct entry_facts *facts, const struct filing_version *v)
{
	return !v->is_revoked && (facts->act == ACT_NONE || v->kind == facts->act) &&
	       v->first_day <= facts->day && facts->day <= v->last_day;
}

static bool is_by_accused(const struct entry_facts *facts, const struct filing_version *v)
{
	return !facts->body.p || str_eq(facts->body, v->body);
}

static bool says_the_same(const struct filing_version *a, const struct filing_version *b)
{
	return a->kind == b->kind && a->first_day == b->first_day &&
	       a->last_day == b->last_day && a->amount == b->amount &&
	       a->exception == b->exception && a->is_revoked == b->is_revoked &&
	       str_eq(a->body, b->body);
}

/* One filing: the version in force on the day, NULL when there was none yet, and the newest. */
static void compare_filing(struct findings *f, const struct filing_version *then,
			   const struct filing_version *newest)
{
	const struct entry_facts *facts = f->facts;

	if (then && is_about(facts, then) && is_by_accused(facts, then)) {
		f->is_filed = true;
		found(f, FINDING_FILED, then);
		if (then->amount > f->filed_amount) {
			f->filed_amount = then->amount;
			f->dearest = then;
		}
		if (then->exception && !f->excepted)
			f->excepted = then;
		if (!says_the_same(then, newest))
			found(f, FINDING_CHANGED_AFTERWARDS, newest);
	} else if (is_about(facts, newest) && is_by_accused(facts, newest)) {
		found(f, FINDING_FILED_AFTERWARDS, newest);
	} else if (then && is_about(facts, then)) {
		found(f, FINDING_OTHER_BODY, then);
	}
}

static void compare_filings(struct findings *f, const struct filing_version *versions,
			    uint32_t count)
{
	for (uint32_t first = 0, next; first < count; first = next) {
		const struct filing_version *then = NULL;

		for (next = first; next < count &&
		     versions[next].filing == versions[first].filing; next++)
			if (day_of_instant(versions[next].filed_at) <= f->facts->day)
				then = &versions[next];
		compare_filing(f, then, &versions[next - 1]);
	}
}

uint32_t entry_findings(const struct entry_facts *facts, const struct filing_version *versions,
			uint32_t count, struct entry_finding *out, uint32_t max)
{
	struct findings f = { .out = out, .max = max, .facts = facts };

	if (!facts->is_registered)
		found(&f, FINDING_UNKNOWN_ENTERPRISE, NULL);
	if (!facts->body.p)
		found(&f, FINDING_NO_BODY, NULL);
	else if (!facts->is_body_known)
		found(&f, FINDING_UNKNOWN_BODY, NULL);
	if (facts->act == ACT_NONE) {
		found(&f, FINDING_NO_ACT, NULL);
		return f.n;
	}
	compare_filings(&f, versions, count);
	if (!f.is_filed)
		found(&f, FINDING_UNFILED, NULL);
	if (facts->act == ACT_INSPECTION && facts->is_quiet)
		found(&f, f.excepted ? FINDING_QUIET_DAY_EXCEPTED : FINDING_QUIET_DAY,
		      f.excepted);
	if (f.filed_amount && facts->amount > f.filed_amount &&
	    (facts->act == ACT_FINE || facts->act == ACT_FEE))
		found(&f, FINDING_ABOVE_FILING, f.dearest);
	return f.n;
}

/* ---- amounts in a text ---- */

#define AMOUNT_MOST (INT64_C(10000000000) * 1000000)

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number that begins at *at, in millionths; -1 when it is too large. *at is moved behind. */
static int64_t number_read(struct str text, size_t *at)
{
	int64_t value = 0, unit = 1000000;
	bool is_fraction = false;

	for (; *at < text.n; ++*at) {
		char c = text.p[*at];
		bool is_inside = *at + 1 < text.n && is_digit(text.p[*at + 1]);
		if (c == '.' && !is_fraction && is_inside) {
			is_fraction = true;
		} else if (is_digit(c)) {
			unit /= is_fraction ? 10 : 1;
			if (value >= 0)
				value = is_fraction ? value + (c - '0') * unit :
					value * 10 + (c - '0') * unit;
			if (value > AMOUNT_MOST)
				value = -1;
		} else if (c != ',' || is_fraction || !is_inside) {
			break;
		}
	}
	return value;
}

int64_t amount_named(struct str text)
{
	int64_t largest = 0;

	for (size_t at = 0; at < text.n;) {
		if (!is_digit(text.p[at])) {
			at++;
			continue;
		}
		int64_t value = number_read(text, &at);
		while (at < text.n && text.p[at] == ' ')
			at++;
		struct str rest = { text.p + at, text.n - at };
		if (str_starts(rest, STR("万元")))
			value = value <= AMOUNT_MOST / 10000 ? value * 10000 : -1;
		else if (!str_starts(rest, STR("元")))
			continue;
		if (value > largest)
			largest = value;
	}
	return largest;
}
