/*
 * The dialects of bots: what goes out, signed as the vendors' formulas want it, what an answer
 * means, and how often they are asked. The signatures are those of an independent program.
 */
#include "out/dialect.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "json_find.h"
#include "must.h"

static struct arena *arena;

static int begin(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct attempt prepared(const struct dialect *dialect, const char *url, const char *secret,
			       int64_t now, struct outbox_card card)
{
	struct receiver *r = arena_new_of(arena, struct receiver);
	struct delivery *d = arena_new_of(arena, struct delivery);

	r->dialect = dialect;
	r->url = (char *)(uintptr_t)url;
	r->secret = (char *)(uintptr_t)secret;
	d->body = outbox_card_body(arena, &card);
	struct attempt a = {
		.arena = arena, .receiver = r, .delivery = d, .now = now, .url = r->url,
		.body = d->body,
	};
	dialect->prepare(&a);
	return a;
}

static struct outbox_card a_card(void)
{
	return (struct outbox_card){
		.tone = OUTBOX_LATE, .group = STR("已超期"), .title = STR("【已超期】路灯_不亮"),
		.link = STR("https://host/#/inbox/1"), .text = STR("工单 1"),
	};
}

static void says(struct str document, const char *pointer, const char *expected)
{
	struct str value;

	if (!json_find(arena, document, pointer, &value))
		fail_msg("nothing at %s of %.*s", pointer, STR_ARG(document));
	if (!str_is(value, expected))
		fail_msg("%s is `%.*s`, not `%s`", pointer, STR_ARG(value), expected);
}

static void wecom_gets_markdown_with_its_title_in_colour(void **state)
{
	struct attempt a = prepared(&dialect_wecom, "https://h/send?key=k", NULL, 1, a_card());

	(void)state;
	assert_string_equal(a.url, "https://h/send?key=k");
	says(a.body, "/msgtype", "markdown");
	says(a.body, "/markdown/content", "**<font color=\"warning\">【已超期】路灯\\_不亮</font>**"
	     "\n\n工单 1\n\n[查看办理](https://host/#/inbox/1)");
	assert_int_equal(a.header_n, 0);
}

static void dingtalk_is_signed_in_the_address(void **state)
{
	struct attempt a = prepared(&dialect_dingtalk, "https://h/send?access_token=t", "SECabc",
				    INT64_C(1700000000000) * 1000, a_card());

	(void)state;
	assert_string_equal(a.url, "https://h/send?access_token=t&timestamp=1700000000000&sign="
			    "jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM%3D");
	says(a.body, "/markdown/title", "【已超期】路灯_不亮");
	a = prepared(&dialect_dingtalk, "https://h/send", "SECabc",
		     INT64_C(1700000000000) * 1000, a_card());
	assert_non_null(strstr(a.url, "https://h/send?timestamp=1700000000000&sign="));
	a = prepared(&dialect_dingtalk, "https://h/send?access_token=t", NULL, 1, a_card());
	assert_string_equal(a.url, "https://h/send?access_token=t");
}

static void feishu_is_signed_in_the_body(void **state)
{
	struct attempt a = prepared(&dialect_feishu, "https://h/hook/x", "fsec",
				    1700000000 * CLOCK_SECOND, a_card());
	struct str value;

	(void)state;
	assert_string_equal(a.url, "https://h/hook/x");
	says(a.body, "/timestamp", "1700000000");
	says(a.body, "/sign", "Qaw2yCfYwKE3tOCKyW8Be13dXTl5lWKoEYaPP5nwvMk=");
	says(a.body, "/card/header/template", "red");
	says(a.body, "/card/header/title/content", "【已超期】路灯_不亮");
	says(a.body, "/card/elements/1/actions/0/url", "https://host/#/inbox/1");
	a = prepared(&dialect_feishu, "https://h/hook/x", NULL, 1, a_card());
	assert_false(json_find(arena, a.body, "/sign", &value));
}

static void a_title_of_any_length_stays_below_the_vendors_bounds(void **state)
{
	struct outbox_card card = a_card();
	char *title = calloc(1, 30001), *text = calloc(1, 30001);
	struct str content;

	(void)state;
	memset(title, '*', 30000);
	memset(text, '_', 30000);
	card.title = str_of(title);
	card.text = str_of(text);
	struct attempt a = prepared(&dialect_wecom, "https://h/x", NULL, 1, card);

	assert_true(json_find(arena, a.body, "/markdown/content", &content));
	assert_true(content.n <= 4096);
	a = prepared(&dialect_feishu, "https://h/x", "s", 1, card);
	assert_true(a.body.n <= 20000);
	free(title);
	free(text);
}

/* The bot looks for its word in the title of what it gets. */
static void dingtalk_gets_its_keyword_whatever_a_citizen_wrote(void **state)
{
	struct outbox_card card = a_card();
	char title[401];
	struct str shown;

	(void)state;
	memset(title, 'a', sizeof(title));
	memcpy(title + 198, "联动", strlen("联动"));
	card.keyword = STR("联动");
	card.title = (struct str){ title, 400 };
	struct attempt a = prepared(&dialect_dingtalk, "https://h/x", NULL, 1, card);

	assert_true(json_find(arena, a.body, "/markdown/title", &shown));
	assert_true(str_starts(shown, STR("联动 ")) && shown.n <= 200);
}

static void what_an_answer_means(void **state)
{
	static const struct {
		const struct dialect *dialect;
		uint32_t status;
		const char *answer;
		enum verdict_kind kind;
		int64_t seconds;
	} cases[] = {
		{ &dialect_wecom, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}", VERDICT_DELIVERED, 0 },
		{ &dialect_wecom, 200, "{\"errcode\":45009}", VERDICT_THROTTLED, 60 },
		{ &dialect_wecom, 200, "{\"errcode\":93000}", VERDICT_REFUSED, 0 },
		{ &dialect_wecom, 200, "{\"errcode\":40058}", VERDICT_FAILED, 0 },
		{ &dialect_wecom, 200, "ok", VERDICT_FAILED, 0 },
		{ &dialect_wecom, 200, "", VERDICT_FAILED, 0 },
		{ &dialect_wecom, 500, "{\"errcode\":0}", VERDICT_FAILED, 0 },
		{ &dialect_dingtalk, 200, "{\"errcode\":\"0\"}", VERDICT_DELIVERED, 0 },
		{ &dialect_dingtalk, 200, "{\"errcode\":130101}", VERDICT_THROTTLED, 600 },
		{ &dialect_dingtalk, 200, "{\"errcode\":310000}", VERDICT_REFUSED, 0 },
		{ &dialect_dingtalk, 200, "{\"errcode\":300001}", VERDICT_REFUSED, 0 },
		{ &dialect_feishu, 200, "{\"code\":0}", VERDICT_DELIVERED, 0 },
		{ &dialect_feishu, 200, "{\"code\":11232}", VERDICT_THROTTLED, 60 },
		{ &dialect_feishu, 200, "{\"code\":19021}", VERDICT_REFUSED, 0 },
		{ &dialect_feishu, 200, "{\"code\":19022}", VERDICT_REFUSED, 0 },
		{ &dialect_feishu, 200, "{\"code\":19023}", VERDICT_REFUSED, 0 },
		{ &dialect_feishu, 200, "{\"code\":19024}", VERDICT_REFUSED, 0 },
		{ &dialect_feishu, 200, "{\"code\":9499}", VERDICT_FAILED, 0 },
		{ &dialect_feishu, 200, "{\"StatusCode\":0}", VERDICT_FAILED, 0 },
		{ &dialect_signed, 204, "", VERDICT_DELIVERED, 0 },
		{ &dialect_signed, 302, "", VERDICT_FAILED, 0 },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		struct verdict v = cases[i].dialect->judge(arena, cases[i].status,
							   str_of(cases[i].answer));

		if (v.kind != cases[i].kind || v.wait != cases[i].seconds * CLOCK_SECOND)
			fail_msg("%s %u `%s`: %d", cases[i].dialect->name, cases[i].status,
				 cases[i].answer, (int)v.kind);
	}
}

static void of_a_secret_address_neither_key_nor_query_is_shown(void **state)
{
	static const char *const cases[][2] = {
		{ "https://h/cgi-bin/webhook/send?key=k", "https://h/cgi-bin/webhook/***" },
		{ "https://h/open-apis/bot/v2/hook/abc", "https://h/open-apis/bot/v2/hook/***" },
		{ "https://h/send?a=https://b/c", "https://h/***" },
		{ "https://h", "https://h***" },
		{ "https://h?key=k", "https://h***" },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		struct str shown = dialect_shown_url(arena, str_of(cases[i][0]));

		if (!str_is(shown, cases[i][1]))
			fail_msg("%.*s", STR_ARG(shown));
	}
}

static void the_pace_holds_in_every_second_and_minute(void **state)
{
	const struct pace_rule rule = { .per_second = 4, .per_minute = 90 };
	struct pace p = { .n = 0 };
	int64_t sent[400], now = CLOCK_DAY;
	size_t n = 0;

	(void)state;
	while (n < array_count(sent)) {
		int64_t wait = pace_wait(&p, &rule, now);

		now += wait;
		if (wait)
			assert_int_equal(pace_wait(&p, &rule, now), 0);
		pace_note(&p, now);
		sent[n++] = now;
	}
	for (size_t i = 4; i < n; i++)
		assert_true(sent[i] - sent[i - 4] >= CLOCK_SECOND);
	for (size_t i = 90; i < n; i++)
		assert_true(sent[i] - sent[i - 90] >= CLOCK_MINUTE);
	/* And it does not wait for more than it must. */
	assert_true(sent[n - 1] - sent[0] < 5 * CLOCK_MINUTE);
	assert_int_equal(pace_wait(&p, &(struct pace_rule){ 0 }, now), 0);
}

static void a_pace_is_shared_by_the_servers_that_were_there_lately(void **state)
{
	static const struct {
		struct pace_rule rule;
		struct pace_runs runs;
		bool is_young, may_send;
		struct pace_rule share;
	} cases[] = {
		{ { 0, 18 }, { 1, 0 }, false, true, { 0, 18 } },
		{ { 0, 18 }, { 2, 0 }, false, true, { 0, 9 } },
		{ { 0, 18 }, { 4, 3 }, false, true, { 0, 4 } },
		{ { 4, 90 }, { 3, 0 }, false, true, { 1, 30 } },
		{ { 4, 90 }, { 5, 0 }, false, true, { 1, 18 } },
		{ { 0, 18 }, { 40, 0 }, false, true, { 0, 1 } },
		{ { 0, 18 }, { 0, 0 }, false, true, { 0, 18 } },
		/* Young: the spare, and that is of one alone. */
		{ { 0, 18 }, { 1, 1 }, true, true, { 0, PACE_SPARE } },
		{ { 4, 90 }, { 2, 1 }, true, true, { 1, PACE_SPARE } },
		{ { 0, 18 }, { 2, 2 }, true, false, { 0, PACE_SPARE } },
		/* What has no pace is not slowed down. */
		{ { 0, 0 }, { 3, 2 }, true, true, { 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		struct pace_rule share;
		bool may_send = pace_share(&cases[i].rule, &cases[i].runs, cases[i].is_young, &share);

		if (may_send != cases[i].may_send ||
		    share.per_second != cases[i].share.per_second ||
		    share.per_minute != cases[i].share.per_minute)
			fail_msg("case %zu: %d %" PRIu32 " %" PRIu32, i, may_send,
				 share.per_second, share.per_minute);
	}
}

/* Servers on one database, and the bot that all of them always have something for. */
enum { RUNS_MOST = 48, SECONDS = 1500, MINUTE_MOST = 18 + PACE_SPARE };

struct crowd {
	struct { struct pace pace; int64_t began, ended; struct pace_runs seen; } runs[RUNS_MOST];
	size_t n;
	uint32_t sent[SECONDS];
};

static void crowd_begin_one(struct crowd *c, int64_t now)
{
	must(c->n < RUNS_MOST);
	c->runs[c->n].began = now;
	c->runs[c->n++].ended = INT64_MAX;
}

static struct pace_runs crowd_seen(const struct crowd *c, int64_t now)
{
	struct pace_runs seen = { 0 };

	for (size_t i = 0; i < c->n; i++) {
		bool is_seen = c->runs[i].ended == INT64_MAX || now - c->runs[i].ended < PACE_SEEN;

		seen.n += is_seen;
		seen.young += is_seen && now - c->runs[i].began < PACE_YOUNG;
	}
	return seen;
}

/* What is sent in this second; who is there already looks at the others every other second. */
static uint32_t crowd_send(struct crowd *c, int64_t s, int64_t now)
{
	static const struct pace_rule rule = { .per_minute = 18 };
	struct pace_rule share;
	uint32_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (c->runs[i].ended != INT64_MAX)
			continue;
		if (c->runs[i].seen.n == 0 || (s + (int64_t)i) % 2)
			c->runs[i].seen = crowd_seen(c, now);
		while (pace_share(&rule, &c->runs[i].seen, now - c->runs[i].began < PACE_YOUNG, &share) &&
		       pace_wait(&c->runs[i].pace, &share, now) == 0) {
			pace_note(&c->runs[i].pace, now);
			n++;
		}
	}
	return n;
}

static void servers_that_come_and_go_stay_within_the_minute_together(void **state)
{
	static const int64_t lives[] = { 7, 37, 61, 100, 243 };

	(void)state;
	for (size_t k = 0; k < 3 * array_count(lives); k++) {
		size_t servers = 1 + k % 3;
		int64_t life = lives[k / 3], start = CLOCK_DAY;
		struct crowd *c = calloc(1, sizeof(*c));
		uint32_t minute = 0, all = 0;

		assert_non_null(c);
		for (size_t i = 0; i < servers; i++)
			crowd_begin_one(c, start - CLOCK_HOUR);
		for (int64_t s = 0; s < SECONDS; s++) {
			int64_t now = start + s * CLOCK_SECOND;

			/* Now and then one ends, and another begins in its place. */
			if (s > 200 && s % life == 0 && c->n < RUNS_MOST) {
				c->runs[c->n - servers].ended = now;
				crowd_begin_one(c, now);
			}
			c->sent[s] = crowd_send(c, s, now);
			all += c->sent[s];
			minute += c->sent[s] - (s < 60 ? 0 : c->sent[s - 60]);
			if (minute > MINUTE_MOST)
				fail_msg("%zu servers, one ends every %d s: %" PRIu32
					 " within the minute until second %d", servers, (int)life,
					 minute, (int)s);
		}
		/* And who lives longer than its youth sends more than the spare. */
		if (life * CLOCK_SECOND > PACE_YOUNG && all < 100)
			fail_msg("%zu servers, one ends every %d s: %" PRIu32 " in all",
				 servers, (int)life, all);
		free(c);
	}
}

static void a_value_is_found_by_its_pointer(void **state)
{
	static const char document[] = "{\"a\":{\"b/c\":[true,2,\"x\",2.5,null],\"~\":\"t\"}}";
	struct str value;

	(void)state;
	says(str_of(document), "/a/b~1c/0", "true");
	says(str_of(document), "/a/b~1c/1", "2");
	says(str_of(document), "/a/b~1c/2", "x");
	says(str_of(document), "/a/b~1c/3", "2.5");
	says(str_of(document), "/a/~0", "t");
	assert_false(json_find(arena, str_of(document), "/a/b~1c/4", &value));
	assert_false(json_find(arena, str_of(document), "/a/b~1c/5", &value));
	assert_false(json_find(arena, str_of(document), "/a/b~1c/x", &value));
	assert_false(json_find(arena, str_of(document), "/a", &value));
	assert_false(json_find(arena, str_of(document), "/a/b~1c/2/y", &value));
	assert_false(json_find(arena, STR("{\"a\":1,\"a\":2}"), "/a", &value));
	assert_false(json_find(arena, STR("{"), "/a", &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wecom_gets_markdown_with_its_title_in_colour),
		cmocka_unit_test(dingtalk_is_signed_in_the_address),
		cmocka_unit_test(feishu_is_signed_in_the_body),
		cmocka_unit_test(a_title_of_any_length_stays_below_the_vendors_bounds),
		cmocka_unit_test(dingtalk_gets_its_keyword_whatever_a_citizen_wrote),
		cmocka_unit_test(what_an_answer_means),
		cmocka_unit_test(of_a_secret_address_neither_key_nor_query_is_shown),
		cmocka_unit_test(the_pace_holds_in_every_second_and_minute),
		cmocka_unit_test(a_pace_is_shared_by_the_servers_that_were_there_lately),
		cmocka_unit_test(servers_that_come_and_go_stay_within_the_minute_together),
		cmocka_unit_test(a_value_is_found_by_its_pointer),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
