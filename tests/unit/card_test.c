/* What bots of groups are told: cards, their cutting and escaping, and digests of many. */
#include "out/card.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "rules/mask.h"

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

static void is_text(struct str found, const char *expected)
{
	if (!str_is(found, expected))
		fail_msg("`%.*s` instead of `%s`", STR_ARG(found), expected);
}

static void a_card_is_read_as_it_was_written(void **state)
{
	const struct outbox_card card = {
		.tone = OUTBOX_LATE, .keyword = STR("联动"), .group = STR("新派单"),
		.title = STR("路灯\n不亮"), .link = STR("https://host/#/inbox/1"),
		.text = STR("一\n二"),
	};
	struct outbox_card read;

	(void)state;
	assert_true(card_parse(outbox_card_body(arena, &card), &read));
	assert_int_equal(read.tone, OUTBOX_LATE);
	is_text(read.keyword, "联动");
	is_text(read.group, "新派单");
	is_text(read.title, "路灯 不亮");
	is_text(read.link, "https://host/#/inbox/1");
	is_text(read.text, "一\n二");
}

static void what_is_no_card_is_refused(void **state)
{
	struct outbox_card read;

	(void)state;
	assert_false(card_parse(STR(""), &read));
	assert_false(card_parse(STR("{}"), &read));
	assert_false(card_parse(STR("plain\n\n\n\n"), &read));
	assert_false(card_parse(STR("loud\n\n\n\n\n"), &read));
	assert_true(card_parse(STR("plain\n\n\n\n\n"), &read));
}

static void a_cut_keeps_whole_characters_below_the_bound(void **state)
{
	(void)state;
	is_text(card_cut(arena, STR("路灯不亮"), 12), "路灯不亮");
	is_text(card_cut(arena, STR("路灯不亮"), 11), "路灯…");
	is_text(card_cut(arena, STR("路灯不亮"), 9), "路灯…");
	is_text(card_cut(arena, STR("路灯不亮"), 8), "路…");
	is_text(card_cut(arena, STR("𠮷野家"), 9), "𠮷…");
	is_text(card_cut(arena, STR("𠮷野家"), 6), "…");
	is_text(card_cut(arena, STR("abcdef"), 5), "ab…");
	is_text(card_cut(arena, STR("ab\xff\xff\xff\xff\xff"), 6), "ab…");
	for (size_t most = 3; most < 40; most++) {
		struct str cut = card_cut(arena, STR("网格员𠮷 a 反映：路灯不亮，已三天。"), most);

		assert_true(cut.n <= most);
		assert_true(str_code_points(cut) != SIZE_MAX);
	}
}

static void a_cut_does_not_part_a_sign_from_what_escapes_it(void **state)
{
	(void)state;
	is_text(card_cut(arena, STR("ab\\*cdef"), 7), "ab\\*…");
	is_text(card_cut(arena, STR("ab\\*cdef"), 6), "ab…");
	is_text(card_cut(arena, STR("a\\\\\\\\cdef"), 6), "a\\\\…");
}

static void signs_of_markdown_stand_as_themselves(void **state)
{
	(void)state;
	is_text(card_escape(arena, STR("a*b_[x](http://y) <@all> #`|~!\\")),
		"a\\*b\\_\\[x\\]\\(http://y\\) \\<@all\\> \\#\\`\\|\\~\\!\\\\");
	is_text(card_escape(arena, STR("路灯不亮")), "路灯不亮");
}

static struct outbox_card two(void)
{
	return (struct outbox_card){
		.group = STR("新派单"), .title = STR("【新派单】*路灯*"),
		.link = STR("https://h/1"), .text = STR("工单 1"),
	};
}

static void one_card_has_its_text_and_its_link(void **state)
{
	struct outbox_card card = two();

	(void)state;
	card.keyword = STR("联动");
	struct card_text text = card_text(arena, &card, 1, 1000);

	is_text(text.title, "联动 【新派单】*路灯*");
	is_text(text.markdown, "工单 1");
	is_text(text.link, "https://h/1");
	card.keyword = STR("派单");
	is_text(card_text(arena, &card, 1, 1000).title, "【新派单】*路灯*");
}

static void a_digest_counts_its_groups_and_names_each(void **state)
{
	const struct outbox_card late = {
		.tone = OUTBOX_LATE, .group = STR("已超期"), .title = STR("【已超期】井盖"),
	};
	const struct outbox_card cards[] = { two(), late, two() };
	struct card_text text;

	(void)state;
	text = card_text(arena, cards, 3, 1000);
	is_text(text.title, "新派单 2 件，已超期 1 件");
	is_text(text.markdown, "- [工单 1 【新派单】\\*路灯\\*](https://h/1)\n- 【已超期】井盖\n"
		"- [工单 1 【新派单】\\*路灯\\*](https://h/1)\n");
	assert_int_equal(text.tone, OUTBOX_LATE);
	assert_null(text.link.p);
}

static void a_digest_that_is_too_long_says_how_many_more_there_are(void **state)
{
	struct outbox_card cards[30];

	(void)state;
	for (size_t i = 0; i < 30; i++)
		cards[i] = two();
	struct str text = card_text(arena, cards, 30, 300).markdown;

	assert_true(text.n <= 300);
	assert_non_null(memmem(text.p, text.n, "- 另有 7 件", strlen("- 另有 7 件")));
}

/* Where room is short titles give way, then links: by its number each can be found. */
static void a_digest_of_as_many_as_are_merged_names_the_number_of_each(void **state)
{
	static const size_t bases[] = { 0, 20, 60, 140, 190, 400 };
	struct outbox_card cards[DIGEST_MOST];
	char letters[401], title[901];

	(void)state;
	memset(letters, 'a', sizeof(letters));
	memset(title, '*', sizeof(title));
	for (size_t k = 0; k < array_count(bases); k++) {
		for (size_t i = 0; i < DIGEST_MOST; i++)
			cards[i] = (struct outbox_card){
				.group = STR("新派单"), .title = { title, 900 },
				.link = arena_printf(arena, "https://%.*s/#/inbox/LD2603020000%02zu-1",
						     (int)bases[k], letters, i),
				.text = arena_printf(arena, "工单 LD2603020000%02zu-1\n类别 路灯", i),
			};
		struct str text = card_text(arena, cards, DIGEST_MOST, 3296).markdown;

		assert_true(text.n <= 3296);
		assert_null(memmem(text.p, text.n, "另有", strlen("另有")));
		for (size_t i = 0; i < DIGEST_MOST; i++) {
			struct str number = arena_printf(arena, "工单 LD2603020000%02zu-1", i);
			bool has_link = memmem(text.p, text.n, cards[i].link.p, cards[i].link.n);

			assert_non_null(memmem(text.p, text.n, number.p, number.n));
			assert_int_equal(has_link, bases[k] <= 140);
		}
	}
}

/* A bot that wants a word refuses every message without it, and is disabled by the refusal. */
static void the_keyword_stands_in_what_is_left_of_a_long_title(void **state)
{
	struct outbox_card card = two();
	char title[401];

	(void)state;
	card.keyword = STR("联动");
	for (size_t at = 150; at < 250; at++) {
		memset(title, 'a', sizeof(title));
		memcpy(title + at, "联动", strlen("联动"));
		card.title = (struct str){ title, 400 };
		struct str shown = card_text(arena, &card, 1, 1000).title;

		assert_true(shown.n <= CARD_TITLE_MOST);
		assert_non_null(memmem(shown.p, shown.n, "联动", strlen("联动")));
	}
}

static void no_run_of_seven_digits_is_shown_whole(void **state)
{
	static const char *const cases[][2] = {
		{ "电话13800001111谢谢", "电话138********谢谢" },
		{ "138-0000-1111", "138-****-****" },
		{ "138 0000 1111", "138 **** ****" },
		{ "１３８００００１１１１", "１３８********" },
		{ "一三八〇〇〇〇一一一一", "一三八********" },
		{ "(0571)8888 7777", "(057*)**** ****" },
		{ "110 报警", "110 报警" },
		{ "12栋3单元501室", "12栋3单元501室" },
		{ "123456", "123456" },
		{ "1234567", "123****" },
		/* Up to three signs between two digits, of those that people put there. */
		{ "138  0013  8000", "138  ****  ****" },
		{ "138 - 0013 - 8000", "138 - **** - ****" },
		{ "138,0013,8000", "138,****,****" },
		{ "138，0013，8000", "138，****，****" },
		{ "138：0013：8000", "138：****：****" },
		{ "138:0013:8000", "138:****:****" },
		{ "138；0013。8000", "138；****。****" },
		{ "138;0013~8000", "138;****~****" },
		{ "138+0013*8000", "138+****" "*****" },
		{ "138#0013&8000", "138#****&****" },
		{ "138\n0013\n8000", "138\n****\n****" },
		{ "138\u200b0013\u200c8000", "138\u200b****\u200c****" },
		{ "138\u200d0013\ufeff8000", "138\u200d****\ufeff****" },
		{ "138\u20600013\u00a08000", "138\u2060****\u00a0****" },
		{ "138\u202f0013\u20098000", "138\u202f****\u2009****" },
		{ "1\u200b\u200b\u200b\u200b38 0013 8000", "1\u200b\u200b\u200b\u200b38 **** ****" },
		{ "①③⑧⓪⓪①③⑧⓪⓪⓪", "①③⑧********" },
		{ "❶❸❽ 00138000", "❶❸❽ ********" },
		{ "𝟭𝟯𝟴𝟬𝟬𝟭𝟯𝟴𝟬𝟬𝟬", "𝟭𝟯𝟴********" },
		{ "1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣", "1️⃣3️⃣8️⃣*️⃣*️⃣*️⃣*️⃣*️⃣" },
		/* What is no number of anybody stays. */
		{ "138 转 0013 转 8000", "138 转 0013 转 8000" },
		{ "每天22:00-23:30施工", "每天22:00-23:30施工" },
		{ "8：00～12：00、14：00～18：00", "8：00～12：00、14：00～18：00" },
		{ "3月2日 22:00:15，501室", "3月2日 22:00:15，501室" },
		{ "退款1,234,567元", "退款1,234,567元" },
		{ "合计12,345,678.90元", "合计12,345,678.90元" },
		{ "2025年12月31日，3栋501", "2025年12月31日，3栋501" },
		{ "3-5号楼，7楼", "3-5号楼，7楼" },
		/* A time or an amount in its form alone does not hide one. */
		{ "13:80:01:38:00:0", "13:8*:**:**:**:*" },
		{ "138 00:13 80 00", "138 **:** ** **" },
		{ "13,800,138,000", "13,8**,***,***" },
		{ "057,188,887,777", "057,***,***,***" },
		{ "1,380,013,800,0", "1,38*,***,***,*" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < array_count(cases); i++)
		is_text(mask_digits(arena, str_of(cases[i][0])), cases[i][1]);
	assert_null(mask_digits(arena, STR_NONE).p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_card_is_read_as_it_was_written),
		cmocka_unit_test(what_is_no_card_is_refused),
		cmocka_unit_test(a_cut_keeps_whole_characters_below_the_bound),
		cmocka_unit_test(a_cut_does_not_part_a_sign_from_what_escapes_it),
		cmocka_unit_test(signs_of_markdown_stand_as_themselves),
		cmocka_unit_test(one_card_has_its_text_and_its_link),
		cmocka_unit_test(a_digest_counts_its_groups_and_names_each),
		cmocka_unit_test(a_digest_that_is_too_long_says_how_many_more_there_are),
		cmocka_unit_test(a_digest_of_as_many_as_are_merged_names_the_number_of_each),
		cmocka_unit_test(the_keyword_stands_in_what_is_left_of_a_long_title),
		cmocka_unit_test(no_run_of_seven_digits_is_shown_whole),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
