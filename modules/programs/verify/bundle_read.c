/*
 * Reading the rows of a bundle. Everything has one spelling: an unknown word, a missing column
 * or a row out of place is a fault of the file, never guessed around.
 */
#include "verify/bundle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MOMENT_MAX INT64_C(253402300799999999)	/* the end of the year 9999 */

const char *const scope_words[] = { "all", "110", "12345", "enterprise", NULL };
static const char *const channel_words[] = {
	"110", "12345", "enterprise", "window", "web", "app", "letter", "leader", NULL
};
static const char *const state_words[] = {
	"awaiting_sign", "in_hand", "return_requested", "paused", "on_account",
	"review_pending", "closed", "visited", "archived", "returned", "withdrawn", NULL
};
static const char *const limit_words[] = { "L0", "L1", "L2", "L3", "L4", "L5", "LX", NULL };
static const char *const role_words[] = { "lead", "assist", NULL };
static const char *const outcome_words[] = { "-", "passed", "refused", NULL };

bool lines_next(struct lines *lines)
{
	if (lines->is_broken || !text_cut(&lines->rest, '\n', &lines->line))
		return false;
	lines->number++;
	return true;
}

bool lines_broken(struct lines *lines, const char *what)
{
	if (!lines->is_broken)
		finding(lines->findings, "line %" PRIu64 ": %s: %s", lines->number, what,
			SHOWN(lines->line));
	lines->is_broken = true;
	return false;
}

/* Room for one more of an array that doubles; ends the program when there is no memory. */
static void *grow(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room ? *room * 2 : 64;
	array = realloc(array, *room * size);
	if (!array)
		abort();
	return array;
}

/* The line `name TAB ...` with exactly that many fields. */
static bool read_line(struct lines *lines, const char *name, struct text *fields, size_t n)
{
	if (!lines_next(lines))
		return lines_broken(lines, "the file ends too early behind this line");
	if (text_split(lines->line, '\t', fields, n) != n || !text_is(fields[0], name))
		return lines_broken(lines, "not the line that belongs here");
	return true;
}

static bool read_moment(struct text text, int64_t *ret)
{
	return text_i64(text, ret) && *ret >= 0 && *ret <= MOMENT_MAX;
}

static bool read_bool(struct text text, bool *ret)
{
	*ret = text_is(text, "1");
	return *ret || text_is(text, "0");
}

static bool read_period(struct lines *lines, struct bundle *b)
{
	struct text fields[4], year = { 0 }, month;
	uint64_t y, m;

	if (!read_line(lines, "period", fields, 4))
		return false;
	b->period = month = fields[1];
	if (!text_cut(&month, '-', &year) || year.n != 4 || month.n != 2 ||
	    !text_u64(year, &y) || y < 1990 || y > 2100)
		return lines_broken(lines, "not a month");
	if (month.p[0] == '0')
		month = (struct text){ month.p + 1, 1 };
	if (!text_u64(month, &m) || m < 1 || m > 12)
		return lines_broken(lines, "not a month");
	if (!read_moment(fields[2], &b->month.t0) || !read_moment(fields[3], &b->month.t1) ||
	    b->month.t0 != month_begin((int)y, (int)m) ||
	    b->month.t1 != month_begin((int)(m == 12 ? y + 1 : y), (int)(m % 12 + 1)))
		return lines_broken(lines, "not the start and the end of that month at UTC+8");
	b->yyyymm = y * 100 + m;
	return true;
}

/* "name=word,word" as bits; nothing behind the sign is the empty set. */
static bool read_set(struct text text, const char *name, const char *const *words,
		     uint32_t *ret)
{
	struct text fields[16], key;

	*ret = 0;
	if (!text_cut(&text, '=', &key) || !text_is(key, name))
		return false;
	size_t n = text.n ? text_split(text, ',', fields, 16) : 0;
	if (n > 16)
		return false;
	for (size_t i = 0; i < n; i++) {
		int word = word_of(fields[i], words);

		if (word < 0 || text_is(fields[i], "-") || (*ret >> word & 1))
			return false;
		*ret |= UINT32_C(1) << word;
	}
	return true;
}

static bool read_head(struct lines *lines, struct bundle *b)
{
	struct text fields[6];
	uint8_t calendar[HASH_BYTES];

	if (!read_line(lines, BUNDLE_FIRST_LINE, fields, 1) || !read_period(lines, b) ||
	    !read_line(lines, "frozen", fields, 2))
		return false;
	if (!read_moment(fields[1], &b->month.freeze) || b->month.freeze < b->month.t1)
		return lines_broken(lines, "not a moment behind the end of the month");
	if (!read_line(lines, "origin", fields, 2))
		return false;
	b->origin = fields[1];
	if (!read_line(lines, "rules", fields, 6))
		return false;
	b->rules_version = fields[1];
	if (!text_u64(fields[2], &b->rules.target) || b->rules.target > 100 ||
	    !read_set(fields[3], "satisfied", level_words, &b->rules.satisfied) ||
	    !read_set(fields[4], "strict", level_words, &b->rules.strict) ||
	    !read_set(fields[5], "unrated", content_words, &b->rules.unrated))
		return lines_broken(lines, "not a rule set");
	if (!read_line(lines, "calendar", fields, 3))
		return false;
	if (!text_hex(fields[2], calendar, sizeof(calendar)))
		return lines_broken(lines, "not the SHA-256 of a calendar");
	return true;
}

/* ---- sections ---- */

static bool read_header(struct lines *lines, const char *name, const char *columns)
{
	if (!text_is(lines->line, name))
		return lines_broken(lines, "not the section that belongs here");
	if (!lines_next(lines) || !text_is(lines->line, columns))
		return lines_broken(lines, "not the columns of this section");
	return true;
}

static int compare_codes(const void *a, const void *b)
{
	const struct department *const *left = a, *const *right = b;

	return text_compare((*left)->code, (*right)->code);
}

static int compare_ids(const void *a, const void *b)
{
	const struct bundle_task *const *left = a, *const *right = b;

	return text_compare((*left)->id, (*right)->id);
}

struct department *bundle_department(const struct bundle *bundle, struct text code)
{
	const struct department key = { .code = code }, *wanted = &key;
	struct department **found = bundle->department_count ?
		bsearch(&wanted, bundle->by_code, bundle->department_count,
			sizeof(*bundle->by_code), compare_codes) : NULL;

	return found ? *found : NULL;
}

static struct bundle_task *find_task(const struct bundle *b, struct text id)
{
	struct bundle_task key, *wanted = &key;

	key.id = id;
	struct bundle_task **found = b->task_count ?
		bsearch(&wanted, b->by_id, b->task_count, sizeof(*b->by_id), compare_ids) :
		NULL;
	return found ? *found : NULL;
}

static bool is_absent(struct text code)
{
	return code.n == 0 || text_is(code, "-");
}

/* Parents may stand behind their children, so they are looked up when all are there. */
static bool link_departments(struct lines *lines, struct bundle *b)
{
	b->by_code = calloc(b->department_count + 1, sizeof(*b->by_code));
	if (!b->by_code)
		abort();
	for (size_t i = 0; i < b->department_count; i++)
		b->by_code[i] = &b->departments[i];
	qsort(b->by_code, b->department_count, sizeof(*b->by_code), compare_codes);
	for (size_t i = 1; i < b->department_count; i++)
		if (text_same(b->by_code[i - 1]->code, b->by_code[i]->code))
			return lines_broken(lines,
				"a department stands twice before this line");
	for (size_t i = 0; i < b->department_count; i++) {
		struct department *one = &b->departments[i];

		if (is_absent(one->parent_code))
			continue;
		one->parent = bundle_department(b, one->parent_code);
		if (!one->parent)
			return lines_broken(lines,
				"a department before this line has an unknown parent");
		one->parent->below_waiting++;
	}
	return true;
}

static bool read_departments(struct lines *lines, struct bundle *b)
{
	struct text fields[4];

	if (!lines_next(lines) ||
	    !read_header(lines, "[departments]", "code\tname\tparent\tpeer_group"))
		return lines_broken(lines, "no [departments]");
	while (lines_next(lines) && !text_starts(lines->line, "[")) {
		if (text_split(lines->line, '\t', fields, 4) != 4 || is_absent(fields[0]))
			return lines_broken(lines, "not a department");
		if (b->department_count == DEPARTMENTS_MAX)
			return lines_broken(lines, "too many departments");
		b->departments = grow(b->departments, b->department_count, &b->department_room,
				      sizeof(*b->departments));
		memset(&b->departments[b->department_count], 0, sizeof(*b->departments));
		b->departments[b->department_count].code = fields[0];
		b->departments[b->department_count++].parent_code = fields[2];
	}
	return link_departments(lines, b);
}

enum task_column {
	TASK_ID, TASK_DEPARTMENT, TASK_CHANNEL, TASK_ROLE, TASK_CONTENT, TASK_LIMIT, TASK_STATE,
	TASK_DISPATCHED, TASK_SIGN_DUE, TASK_SIGNED, TASK_CONTACT_DUE, TASK_CONTACTED, TASK_DUE,
	TASK_ORIGINAL_DUE, TASK_EXTENDED, TASK_CLOSED, TASK_LEFT, TASK_LEFT_AT, TASK_RECORDED,
	TASK_EXCLUDED, TASK_BAR, TASK_REDO, TASK_SENT_BACK, TASK_RETURN_ASKED,
	TASK_RETURN_REFUSED, TASK_RECOMPLAINT, TASK_COLUMNS
};

static const char task_columns[] =
	"task\tdepartment\tchannel\trole\tcontent\tlimit_class\tstate\tdispatched_at\t"
	"sign_due\tsigned_at\tcontact_due\tcontacted_at\tdue\toriginal_due\textended\t"
	"closed_at\tleft\tleft_at\trecorded\texcluded_at\tbar\tredo_running\tsent_back\treturn_asked\t"
	"return_refused\trecomplaint";

static bool read_task_moments(const struct text *f, struct task *t)
{
	const struct {
		enum task_column column;
		int64_t *to;
	} moments[] = {
		{ TASK_DISPATCHED, &t->dispatched_at }, { TASK_SIGN_DUE, &t->sign_due },
		{ TASK_SIGNED, &t->signed_at }, { TASK_CONTACT_DUE, &t->contact_due },
		{ TASK_CONTACTED, &t->contacted_at }, { TASK_DUE, &t->due },
		{ TASK_ORIGINAL_DUE, &t->original_due }, { TASK_CLOSED, &t->closed_at },
		{ TASK_LEFT_AT, &t->left_at }, { TASK_EXCLUDED, &t->excluded_at },
	};

	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
		if (!read_moment(f[moments[i].column], moments[i].to))
			return false;
	return true;
}

static bool read_task_marks(const struct text *f, struct task *t)
{
	const struct {
		enum task_column column;
		bool *to;
	} marks[] = {
		{ TASK_EXTENDED, &t->is_extended }, { TASK_RECORDED, &t->is_recorded },
		{ TASK_REDO, &t->is_redo_running }, { TASK_SENT_BACK, &t->was_sent_back },
		{ TASK_RETURN_ASKED, &t->was_return_asked },
		{ TASK_RETURN_REFUSED, &t->was_return_refused },
		{ TASK_RECOMPLAINT, &t->is_recomplained },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (!read_bool(f[marks[i].column], marks[i].to))
			return false;
	return true;
}

static bool read_task(struct lines *lines, struct bundle *b, struct bundle_task *task)
{
	struct text f[TASK_COLUMNS];
	struct task *t = &task->facts;

	if (text_split(lines->line, '\t', f, TASK_COLUMNS) != TASK_COLUMNS)
		return lines_broken(lines, "not as many fields as columns");
	*task = (struct bundle_task){
		.id = f[TASK_ID], .department = bundle_department(b, f[TASK_DEPARTMENT]),
		.first_passed_at = INT64_MAX,
	};
	int channel = word_of(f[TASK_CHANNEL], channel_words);
	int role = word_of(f[TASK_ROLE], role_words);
	int left = word_of(f[TASK_LEFT], leaving_words), bar = word_of(f[TASK_BAR], bar_words);
	t->content = word_of(f[TASK_CONTENT], content_words);
	if (!task->department)
		return lines_broken(lines, "a task of a department that is not listed");
	if (channel < 0 || role < 0 || left < 0 || bar < 0 || t->content < 0 ||
	    word_of(f[TASK_LIMIT], limit_words) < 0 || word_of(f[TASK_STATE], state_words) < 0)
		return lines_broken(lines, "a word that is not in the list of its column");
	if (!read_task_moments(f, t) || !read_task_marks(f, t) || t->dispatched_at == 0 ||
	    (left == LEFT_NOT) != (t->left_at == 0))
		return lines_broken(lines, "not a task");
	t->is_lead = role == 0;
	t->is_barred = bar != 0;
	t->left = (enum leaving)left;
	task->scopes = UINT32_C(1) << SCOPE_ALL;
	if (channel < SCOPES - 1)
		task->scopes |= UINT32_C(1) << (channel + 1);
	return true;
}

static bool index_tasks(struct lines *lines, struct bundle *b)
{
	b->by_id = calloc(b->task_count + 1, sizeof(*b->by_id));
	if (!b->by_id)
		abort();
	for (size_t i = 0; i < b->task_count; i++)
		b->by_id[i] = &b->tasks[i];
	qsort(b->by_id, b->task_count, sizeof(*b->by_id), compare_ids);
	for (size_t i = 1; i < b->task_count; i++)
		if (text_same(b->by_id[i - 1]->id, b->by_id[i]->id))
			return lines_broken(lines, "a task stands twice before this line");
	return true;
}

static bool read_tasks(struct lines *lines, struct bundle *b)
{
	if (!read_header(lines, "[tasks]", task_columns))
		return false;
	while (lines_next(lines) && !text_starts(lines->line, "[")) {
		if (b->task_count == ROWS_MAX)
			return lines_broken(lines, "too many tasks");
		b->tasks = grow(b->tasks, b->task_count, &b->task_room, sizeof(*b->tasks));
		if (!read_task(lines, b, &b->tasks[b->task_count]))
			return false;
		b->task_count++;
	}
	return index_tasks(lines, b);
}

/* Only what was said at or after the close and by the freeze is an answer. */
static void take_visit(struct bundle_task *task, const struct bundle *b, int64_t at,
		       int contacted, int solved, int result)
{
	struct task *t = &task->facts;

	if (t->closed_at == 0 || at < t->closed_at || at > b->month.freeze)
		return;
	t->was_visited = true;
	if (contacted == ANSWERED_YES)
		answers_add(&t->contacted, at, ANSWERED_YES);
	else if (contacted)
		answers_add(&t->contacted, at, ANSWERED_NO);
	if (solved)
		answers_add(&t->solved, at, solved);
	if (result)
		answers_add(&t->result, at, result);
}

static bool read_visits(struct lines *lines, struct bundle *b)
{
	struct text f[6];
	int64_t at;
	bool is_reached;

	if (!read_header(lines, "[visits]", "task\tat\treached\tcontacted\tsolved\tresult"))
		return false;
	while (lines_next(lines) && !text_starts(lines->line, "[")) {
		if (text_split(lines->line, '\t', f, 6) != 6 || !read_moment(f[1], &at) ||
		    !read_bool(f[2], &is_reached))
			return lines_broken(lines, "not a visit");
		struct bundle_task *task = find_task(b, f[0]);
		int contacted = word_of(f[3], contacted_words);
		int solved = word_of(f[4], solved_words), result = word_of(f[5], level_words);
		if (!task)
			return lines_broken(lines, "a visit of a task that is not listed");
		if (contacted < 0 || solved < 0 || result < 0 ||
		    (!is_reached && (contacted || solved || result)))
			return lines_broken(lines, "not answers of a visit");
		take_visit(task, b, at, contacted, solved, result);
		b->visit_count++;
	}
	return true;
}

static bool read_submissions(struct lines *lines, struct bundle *b)
{
	struct text f[3];
	int64_t at;

	if (!read_header(lines, "[submissions]", "task\tat\toutcome"))
		return false;
	while (lines_next(lines) && !text_starts(lines->line, "[")) {
		int outcome = -1;

		if (text_split(lines->line, '\t', f, 3) != 3 || !read_moment(f[1], &at) ||
		    (outcome = word_of(f[2], outcome_words)) < 0)
			return lines_broken(lines, "not a submission");
		struct bundle_task *task = find_task(b, f[0]);
		if (!task)
			return lines_broken(lines, "a submission of a task that is not listed");
		if (b->submission_count == ROWS_MAX)
			return lines_broken(lines, "too many submissions");
		if (text_is(f[2], "passed") && at < task->first_passed_at)
			task->first_passed_at = at;
		b->submissions = grow(b->submissions, b->submission_count, &b->submission_room,
				      sizeof(*b->submissions));
		b->submissions[b->submission_count++] = (struct submission){
			.task = task, .at = at, .is_refused = text_is(f[2], "refused"),
		};
	}
	return true;
}

bool bundle_read(struct lines *lines, struct bundle *ret)
{
	return read_head(lines, ret) && read_departments(lines, ret) &&
	       read_tasks(lines, ret) && read_visits(lines, ret) &&
	       read_submissions(lines, ret);
}

void bundle_free(struct bundle *bundle)
{
	free(bundle->departments);
	free(bundle->by_code);
	free(bundle->tasks);
	free(bundle->by_id);
	free(bundle->submissions);
}
