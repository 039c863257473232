/*
 * bench_fill: the rows of one table for a district with a year of appeals, as text for LOAD
 * DATA (tabs, newlines, backslashes escaped, \N for NULL).
 *
 *	bench_fill --table T --appeals N --days D --until MICROSECONDS --stock FILE
 *		--to PIPE --keys FILE --departments A,B,.. --registrars N,N,..
 *
 * Each appeal follows from its number alone, so the tables are written by processes that know
 * nothing of each other and fit together all the same. Identities are sealed with the demo's
 * own keys, and events have the text and the digest that the service would give them. `until`
 * is local midnight: the appeals of N / D a day end before it. The order of the columns is
 * that of large_fill.mjs.
 */
#include "bounds.h"
#include "crypto.h"
#include "event_record.h"
#include "identity.h"
#include "events.h"
#include "finding.h"
#include "rules/calendar.h"
#include "rules/mask.h"
#include "stock.h"

#include <inttypes.h>

enum {
	DEPARTMENTS_MAX = 60,
	CHANNELS = 8,
	OUTPUT_BYTES = 1 << 20,
	REGULARS = 2000,	/* callers who make 15 % of the calls */
	EVENTS_MAX = 6,
};

#define HOUR (60 * CALENDAR_MINUTE)

static struct {
	uint64_t appeals, days;
	int64_t until;
	struct stock *stock;
	struct str departments[DEPARTMENTS_MAX];
	struct zipf ranks;
	uint64_t registrars[CHANNELS];
	struct arena *arena;
	bool is_in_row;
} fill;

/* What all tables agree on about one appeal. */
struct shape {
	uint64_t number;		/* 0 .. appeals - 1, in order of receipt */
	const struct matter_stock *matter;
	struct appeal appeal;		/* without texts */
	struct task task;
	bool has_task;
	bool is_visited;
	int64_t visited_at, passed_at;
};

/* ---- output ---- */

/* Before every column but the first of a row. */
static void put_tab(void)
{
	if (fill.is_in_row)
		putc_unlocked('\t', stdout);
	fill.is_in_row = true;
}

static void put_u64(uint64_t value)
{
	char digits[20];

	put_tab();
	fwrite(digits, 1, (size_t)(str_put_u64(digits, value, 1) - digits), stdout);
}

static void put_time(int64_t at)
{
	put_u64((uint64_t)at);
}

static void put_text(struct str s)
{
	put_tab();
	if (!s.p) {
		fputs("\\N", stdout);
		return;
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' || s.p[i] == '\t' || s.p[i] == '\n')
			putc_unlocked('\\', stdout);
		putc_unlocked(s.p[i], stdout);
	}
}

/* In hex: large_fill.mjs turns it back. */
static void put_bytes(struct str s)
{
	put_text(s.p ? encode_hex(fill.arena, s) : STR_NONE);
}

static void put_end(void)
{
	fill.is_in_row = false;
	putc_unlocked('\n', stdout);
}

/* ---- one appeal ---- */

static struct dice dice_of(uint64_t number, uint64_t purpose)
{
	struct dice d = { number * 16 + purpose };

	d.state = roll(&d);
	return d;
}

static uint64_t id_of(int64_t received_at, uint64_t count)
{
	struct civil date = civil_of_day(day_of_instant(received_at));
	uint64_t day = (uint64_t)(date.year % 100 * 10000 + date.month * 100 + date.day);

	return day * UINT64_C(10000000) + count;
}

static enum channel roll_channel(struct dice *d)
{
	/* Nobody writes letters: a list may find nothing. */
	static const uint32_t permille[CHANNELS] = { 150, 500, 50, 60, 120, 80, 0, 40 };
	uint32_t at = (uint32_t)roll_below(d, 1000);
	int i = 0;

	for (; at >= permille[i]; i++)
		at -= permille[i];
	return (enum channel)(CHANNEL_110 + i);
}

static void shape_receive(struct shape *s, struct dice *d)
{
	uint64_t each = fill.appeals / fill.days;
	uint64_t day = s->number / each, n = s->number % each;
	int64_t midnight = fill.until - (int64_t)(fill.days - day) * CALENDAR_DAY;
	struct appeal *a = &s->appeal;

	s->matter = stock_pick(fill.stock, d);
	a->received_at = midnight + 7 * HOUR + (int64_t)((n * 15 * 3600 / each) * 1000000);
	a->id = id_of(a->received_at, n + 1);
	a->occurred_at = a->received_at - (int64_t)roll_below(d, 48) * HOUR;
	a->channel = roll_channel(d);
	if (!content_class_parse(s->matter->content_class, strlen(s->matter->content_class),
				 &a->content_class))
		bench_fail("stock: no content class %s", s->matter->content_class);
	a->category = str_of(s->matter->category);
	a->area = arena_printf(fill.arena, "A%02u", 1 + (unsigned)roll_below(d, 12));
	a->is_urgent = roll_permille(d, 20);
	a->is_anonymous = roll_permille(d, 100);
	a->is_secret = roll_permille(d, 60);
	a->has_phone = !a->is_anonymous && roll_permille(d, 950);
	a->is_visit_wanted = !a->is_anonymous && roll_permille(d, 800);
	a->registered_by_kind = ACTOR_KEY;
	a->registered_by = fill.registrars[a->channel - CHANNEL_110];
}

/* 3.4 % are never done and stand beyond their due time in some state or other. */
static enum task_state roll_stuck(struct dice *d)
{
	static const enum task_state states[] = {
		TASK_ON_ACCOUNT, TASK_ON_ACCOUNT, TASK_ON_ACCOUNT, TASK_ON_ACCOUNT,
		TASK_IN_HAND, TASK_IN_HAND, TASK_IN_HAND, TASK_IN_HAND, TASK_PAUSED,
		TASK_RETURN_REQUESTED,
	};

	return ONE_OF(states, d);
}

static void task_times(struct task *t, struct dice *d)
{
	static const int days[] = { 1, 1, 7, 7, 7, 7, 14, 14, 21, 30 };
	static const enum limit_class classes[] = {
		LIMIT_L1, LIMIT_L2, LIMIT_L3, LIMIT_L3, LIMIT_L3, LIMIT_L3, LIMIT_L4, LIMIT_L4,
		LIMIT_L5, LIMIT_L5,
	};
	size_t i = roll_below(d, COUNT(days));
	int64_t span = days[i] * CALENDAR_DAY;

	t->limit_class = classes[i];
	t->sign_due = t->dispatched_at + 8 * HOUR;
	t->contact_due = t->dispatched_at + 24 * HOUR;
	t->due = t->original_due = day_end(day_of_instant(t->dispatched_at + span));
	t->signed_at = t->dispatched_at + (int64_t)roll_below(d, 20 * 60) * CALENDAR_MINUTE;
	t->contacted_at = t->signed_at + (int64_t)roll_below(d, 300) * CALENDAR_MINUTE;
	t->submitted_at = t->contacted_at + span / 100 * (int64_t)(5 + roll_below(d, 95));
	if (roll_permille(d, 30))
		t->submitted_at += span;
}

/* How far the task has come by `until`. */
static void task_stand(struct shape *s, struct dice *d)
{
	struct task *t = &s->task;
	bool is_stuck = roll_permille(d, 34);

	s->passed_at = t->submitted_at + (int64_t)(1 + roll_below(d, 40)) * HOUR;
	s->visited_at = s->passed_at + (int64_t)(2 + roll_below(d, 90)) * HOUR;
	t->state = TASK_CLOSED;
	if (t->signed_at >= fill.until)
		t->state = TASK_AWAITING_SIGN;
	else if (is_stuck)
		t->state = roll_stuck(d);
	else if (t->submitted_at >= fill.until)
		t->state = TASK_IN_HAND;
	else if (s->passed_at >= fill.until)
		t->state = TASK_REVIEW_PENDING;
	else if (s->visited_at < fill.until)
		t->state = TASK_VISITED;
	bool is_passed = t->state == TASK_CLOSED || t->state == TASK_VISITED;
	s->is_visited = t->state == TASK_VISITED && roll_permille(d, 850);
	if (is_passed && !s->is_visited)
		t->state = TASK_CLOSED;
	if (is_passed && s->passed_at < fill.until - 60 * CALENDAR_DAY)
		t->state = TASK_ARCHIVED;
	if (t->state == TASK_AWAITING_SIGN)
		t->signed_at = 0;
	if (t->contacted_at >= fill.until || !t->signed_at)
		t->contacted_at = 0;
	if (!is_passed && t->state != TASK_REVIEW_PENDING)
		t->submitted_at = 0;
	t->closed_at = is_passed ? t->submitted_at : 0;
	t->is_contacted = t->contacted_at != 0;
}

static void shape_dispatch(struct shape *s, struct dice *d)
{
	struct appeal *a = &s->appeal;
	struct task *t = &s->task;

	t->id = a->id * 100 + 1;
	t->appeal_id = a->id;
	t->department = fill.departments[zipf_roll(&fill.ranks, d)];
	t->role = TASK_LEAD;
	t->round = 1;
	t->dispatched_at = a->received_at + (int64_t)roll_below(d, 180) * CALENDAR_MINUTE;
	t->calendar_version = t->catalogue_version = t->limits_version = 1;
	task_times(t, d);
	task_stand(s, d);
	if (t->submitted_at) {
		t->result = (enum task_result)(RESULT_SOLVED + roll_below(d, 6));
		t->reply = STR("已到现场核实，问题属实，已督促责任单位整改完毕，并电话告知反映人。"
			       "后续将加强日常巡查，防止同类问题再次发生，感谢监督和理解。");
	}
	t->version = 1u + (t->signed_at != 0) + (t->submitted_at != 0) + (t->closed_at != 0) +
		     s->is_visited;
}

static void shape_make(struct shape *s, uint64_t number)
{
	static const enum appeal_state without_task[] = {
		APPEAL_ANSWERED, APPEAL_ANSWERED, APPEAL_MERGED, APPEAL_REFUSED,
		APPEAL_TRANSFERRED, APPEAL_WITHDRAWN,
	};
	struct dice d = dice_of(number, 1);

	*s = (struct shape){ .number = number };
	shape_receive(s, &d);
	s->appeal.version = 1;
	if (roll_permille(&d, 12)) {
		s->appeal.state = ONE_OF(without_task, &d);
		return;
	}
	if (s->appeal.received_at > fill.until - 2 * CALENDAR_DAY && roll_permille(&d, 60)) {
		s->appeal.state = APPEAL_ACCEPTED;
		return;
	}
	s->has_task = true;
	shape_dispatch(s, &d);
	s->appeal.state = APPEAL_DISPATCHED;
	if (s->task.closed_at)
		s->appeal.state = s->task.state == TASK_ARCHIVED ? APPEAL_ARCHIVED
								 : APPEAL_CLOSED;
	/* Received, dispatched, then one for each step of the task. */
	s->appeal.version = 1 + s->task.version;
}

/* ---- tables ---- */

static void write_appeal(const struct shape *s)
{
	const struct appeal *a = &s->appeal;
	struct dice d = dice_of(s->number, 2);
	uint64_t digest[2] = { roll(&d), roll(&d) };
	static struct prose prose;

	put_u64(a->id);
	put_u64(a->channel);
	put_text(arena_printf(fill.arena, "%d-%010" PRIu64, a->channel, s->number));
	put_u64(a->content_class);
	put_text(a->category);
	put_text(a->area);
	prose_title(&prose, fill.stock, s->matter, &d);
	put_text((struct str){ prose.p, prose.n });
	prose_text(&prose, fill.stock, s->matter, &d);
	put_text((struct str){ prose.p, prose.n });
	prose.n = 0;
	prose_sentence(&prose, "{r}{c}", fill.stock, &d);
	put_text(mask_address(fill.arena, (struct str){ prose.p, prose.n }));
	put_time(a->occurred_at);
	put_time(a->received_at);
	put_u64(a->is_urgent);
	put_u64(a->is_anonymous);
	put_u64(a->is_secret);
	put_u64(a->is_visit_wanted);
	put_u64(a->has_phone);
	put_text(roll_permille(&d, 5) ? fill.departments[roll_below(&d, 4)] : STR_NONE);
	put_u64(a->registered_by_kind);
	put_u64(a->registered_by);
	put_bytes((struct str){ (const char *)digest, sizeof(digest) });
	put_end();
}

static struct str place_of(const struct shape *s, const char *column)
{
	return arena_printf(fill.arena, "callers_caller/%s/%" PRIu64, column, s->appeal.id);
}

static struct str sealed(const struct shape *s, const struct record_key *key, const char *column,
			 struct str clear)
{
	return crypto_record_seal(fill.arena, key, place_of(s, column), clear);
}

static void write_caller(const struct shape *s)
{
	static const char *const families[] = {
		"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "欧阳", "司马",
	};
	struct dice d = dice_of(s->number, 3);
	bool is_regular = roll_permille(&d, 150);
	uint64_t person = is_regular ? roll_below(&d, REGULARS)
				     : REGULARS + roll_below(&d, fill.appeals);
	struct dice who = dice_of(person, 4);
	struct str name = arena_printf(fill.arena, "%s%.3s", ONE_OF(families, &who),
				       name_parts + 3 * roll_below(&who, NAME_PARTS));
	/* 13900000000 and on are the regulars. */
	struct str phone = arena_printf(fill.arena, "13%09" PRIu64, is_regular
					? UINT64_C(900000000) + person
					: roll_below(&who, 900000000));

	struct record_key key;

	if (s->appeal.is_anonymous)
		return;
	if (!s->appeal.has_phone)
		phone = STR_NONE;
	put_u64(s->appeal.id);
	put_bytes(crypto_record_new(fill.arena, place_of(s, "record_key"), &key));
	put_u64(crypto_wrapping_id());
	put_bytes(sealed(s, &key, "name", name));
	put_bytes(sealed(s, &key, "phone", phone));
	put_bytes(crypto_index(fill.arena, "phone", phone));
	put_u64(phone_tail_index(fill.arena, phone));
	put_end();
}

static void write_head(const struct shape *s)
{
	put_u64(s->appeal.id);
	put_u64(s->appeal.version);
	put_u64(s->appeal.state);
	put_end();
}

static void write_event(const struct shape *s, struct event *e, uint64_t seq)
{
	static const struct actor by = { .kind = ACTOR_KEY, .id = 1, .name = { "热线坐席", 12 } };
	uint8_t digest[SHA256_BYTES];

	e->by = &by;
	struct recorded_event row = {
		.appeal_id = s->appeal.id, .seq = seq, .kind = e->kind, .at = e->at,
		.recorded_at = e->at, .by_kind = by.kind, .by_id = by.id, .by_name = by.name,
		.task_id = e->task ? e->task->id : 0, .data = event_data_text(fill.arena, e),
	};
	crypto_sha256(event_canonical(fill.arena, &row), digest);
	put_u64(row.appeal_id);
	put_u64(row.seq);
	put_u64(row.kind);
	put_time(row.at);
	put_time(row.recorded_at);
	put_u64(row.by_kind);
	put_u64(row.by_id);
	put_text(row.by_name);
	put_u64(row.task_id);
	put_text(row.data);
	put_bytes((struct str){ (const char *)digest, sizeof(digest) });
	put_end();
}

static const struct visit answer = {
	.n = 1, .round = 1, .is_reached = true, .contacted = TRI_YES, .truthful = TRI_YES,
	.solved = 0, .result = 1, .attitude = 1, .reason = -1,
};

static void write_events(struct shape *s)
{
	struct appeal *a = &s->appeal;
	struct task *t = &s->task;
	struct dice d = dice_of(s->number, 2);
	static struct prose title;
	struct event events[EVENTS_MAX] = {
		{ .kind = EVENT_APPEAL_RECEIVED, .at = a->received_at },
		{ .kind = EVENT_TASK_DISPATCHED, .at = t->dispatched_at,
		  .dispatched = { .basis = STR("派单目录"), .is_automatic = true } },
		{ .kind = EVENT_TASK_SIGNED, .at = t->signed_at },
		{ .kind = EVENT_TASK_COMPLETED, .at = t->submitted_at },
		{ .kind = EVENT_TASK_REVIEW_PASSED, .at = s->passed_at },
		{ .kind = EVENT_TASK_VISITED, .at = s->visited_at, .visit = &answer },
	};

	/* The dice of the digest in write_appeal() come before those of the title. */
	roll(&d);
	roll(&d);
	prose_title(&title, fill.stock, s->matter, &d);
	a->title = (struct str){ title.p, title.n };
	events[0].received.commitment = commitment_new(fill.arena, a, &(struct caller){ 0 });
	for (uint64_t i = 0; i < a->version; i++) {
		events[i].appeal = a;
		events[i].task = i ? t : NULL;
		write_event(s, &events[i], i + 1);
	}
}

static void write_task(const struct shape *s)
{
	const struct task *t = &s->task;

	if (!s->has_task)
		return;
	put_u64(t->id);
	put_u64(t->appeal_id);
	put_text(t->department);
	put_u64(t->role);
	put_u64(t->limit_class);
	put_u64(t->state);
	put_u64(t->round);
	put_u64(t->version);
	put_u64(s->appeal.channel);
	put_u64(s->appeal.content_class);
	put_u64(appeal_is_visitable(&s->appeal));
	put_u64(t->is_contacted);
	put_time(t->dispatched_at);
	put_time(t->signed_at);
	put_time(t->contacted_at);
	put_time(t->submitted_at);
	put_time(t->closed_at);
	put_time(t->sign_due);
	put_time(t->contact_due);
	put_time(t->due);
	put_time(t->original_due);
	put_u64(t->result);
	put_text(t->reply);
	put_u64(t->calendar_version);
	put_u64(t->catalogue_version);
	put_u64(t->limits_version);
	put_end();
}

/*
 * Stage 2: the overdue mark is next, 4: nothing more. What would come within a day of the
 * fill has come, so that no job disturbs the measurement.
 */
static void write_deadlines(const struct shape *s)
{
	const struct task *t = &s->task;
	const struct { enum limit_kind kind; int64_t due, kept_at; } limits[] = {
		{ LIMIT_SIGN, t->sign_due, t->signed_at },
		{ LIMIT_CONTACT, t->contact_due, t->contacted_at },
		{ LIMIT_DONE, t->due, t->submitted_at },
	};

	for (size_t i = 0; s->has_task && i < COUNT(limits); i++) {
		bool is_running = !limits[i].kept_at &&
				  limits[i].due > fill.until + 2 * CALENDAR_DAY;

		put_u64(t->id);
		put_u64(limits[i].kind);
		put_u64(s->appeal.id);
		put_u64(is_running || limits[i].kept_at ? 2 : 4);
		put_time(is_running ? limits[i].due + CALENDAR_SECOND : 0);
		put_time(limits[i].due);
		put_end();
	}
}

static void write_visit(const struct shape *s)
{
	if (!s->is_visited)
		return;
	put_u64(s->task.id);
	put_u64(answer.n);
	put_time(s->visited_at);
	put_u64(answer.round);
	put_u64(1);
	put_u64(1);
	put_u64(2);
	put_u64(1);
	put_u64(2);
	put_u64(2);
	put_u64(2);
	put_u64(0);
	put_u64(ACTOR_KEY);
	put_u64(1);
	put_end();
}

static void write_events_of(const struct shape *s)
{
	struct shape copy = *s;

	write_events(&copy);
}

static const struct {
	const char *name;
	void (*write)(const struct shape *s);
} tables[] = {
	{ "intake_appeal", write_appeal }, { "callers_caller", write_caller },
	{ "history_appeal", write_head }, { "history_event", write_events_of },
	{ "tasks_task", write_task }, { "deadlines_deadline", write_deadlines },
	{ "visits_visit", write_visit },
};

/* ---- start ---- */

static void read_options(int argc, char **argv)
{
	char *departments = strdup(option_required(argc, argv, "--departments"));
	char *registrars = strdup(option_required(argc, argv, "--registrars"));
	char *word, why[256];
	size_t n = 0;

	fill.appeals = option_number(argc, argv, "--appeals", 0);
	fill.days = option_number(argc, argv, "--days", 365);
	fill.until = (int64_t)option_number(argc, argv, "--until", 0);
	if (!fill.until || fill.days == 0 || fill.appeals < fill.days)
		bench_fail("--until and at least one appeal a day are needed");
	fill.appeals -= fill.appeals % fill.days;
	fill.stock = stock_read(option_required(argc, argv, "--stock"));
	fill.arena = arena_new(LIMIT_REQUEST_ARENA);
	while (departments && (word = strsep(&departments, ",")) && n < DEPARTMENTS_MAX)
		fill.departments[n++] = str_of(word);
	fill.ranks = zipf_new(n);
	for (n = 0; registrars && (word = strsep(&registrars, ",")) && n < CHANNELS; n++)
		fill.registrars[n] = strtoull(word, NULL, 10);
	if (!crypto_start(option_required(argc, argv, "--keys"), why, sizeof(why)))
		bench_fail("%s", why);
	struct data_key data = { .id = 0 };
	if (!decode_hex(fill.arena, str_of(option_required(argc, argv, "--data-key")),
			&data.wrapped) || !crypto_data_keys_use(&data, 1))
		bench_fail("--data-key is not wrapped by --keys");
}

int main(int argc, char **argv)
{
	const char *table = option_required(argc, argv, "--table");
	size_t at = 0;

	read_options(argc, argv);
	if (!freopen(option(argc, argv, "--to", "/dev/stdout"), "w", stdout))
		bench_fail("--to: %s", strerror(errno));
	setvbuf(stdout, NULL, _IOFBF, OUTPUT_BYTES);
	while (at < COUNT(tables) && strcmp(tables[at].name, table) != 0)
		at++;
	if (at == COUNT(tables))
		bench_fail("there are no rows for a table %s", table);
	struct arena_mark start = arena_mark(fill.arena);
	for (uint64_t i = 0; i < fill.appeals; i++) {
		struct shape s;

		shape_make(&s, i);
		tables[at].write(&s);
		arena_rewind(fill.arena, start);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
