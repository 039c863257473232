/*
 * The enterprises' side as pure rules: codes, quiet days, the four acts, and how a complaint
 * compares with what was filed.
 */
#include "rules_fixture.h"

#include "domain.h"
#include "rules/enterprises.h"
#include "rules/reference.h"

static struct arena *arena;
static struct reference shipped;

static int load_shipped(void **state)
{
	struct table_problems problems = { .count = 0 };

	(void)state;
	arena = arena_new(64 << 20);
	reference_parse_categories(&shipped, arena, file_text(arena, "config/district/categories.tsv"),
				   &problems);
	reference_parse_quiet_days(&shipped, arena, file_text(arena, "config/quiet-days.tsv"),
				   &problems);
	reference_parse_four_acts(&shipped, arena, file_text(arena, "config/four-acts.tsv"),
				  &problems);
	return problems.count == 0 ? 0 : -1;
}

static int free_shipped(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* ---- codes ---- */

static void codes_with_their_check_character_are_valid(void **state)
{
	/* The first is the example that GB 32100-2015 is explained by; the others were computed
	 * by an independent program, every kind of check character among them. */
	static const char *const codes[] = {
		"91350100M000100Y43", "91410100MA0000010U", "91410100MA0000029Q",
		"9141010000000000AN", "52410100MJ00000173", "91410100MA5LPU93P0",
		"91410100MAWYPGR4GY",
	};

	(void)state;
	for (size_t i = 0; i < array_count(codes); i++)
		assert_true(uscc_is_valid(str_of(codes[i])));
}

static void every_single_wrong_character_of_a_code_is_found(void **state)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	char code[] = "91350100M000100Y43";

	(void)state;
	for (size_t i = 0; i < 18; i++) {
		char right = code[i];
		for (const char *c = alphabet; *c; c++) {
			code[i] = *c;
			assert_int_equal(uscc_is_valid(str_of(code)), *c == right);
		}
		code[i] = right;
	}
}

static void what_has_not_the_form_of_a_code_is_none(void **state)
{
	static const char *const wrong[] = {
		"", "91350100M000100Y4", "91350100M000100Y433", "91350100m000100y43",
		"9135010OM000100Y43", "91350100M00010IY43", "91A50100M000100Y43",
		"913501 0M000100Y43",
	};

	(void)state;
	for (size_t i = 0; i < array_count(wrong); i++)
		assert_false(uscc_is_valid(str_of(wrong[i])));
	assert_false(uscc_is_valid(STR_NONE));
}

/* ---- the tables ---- */

static struct reference quiet_of(const char *text, struct table_problems *problems)
{
	struct reference r = { .quiet_rule_count = 0 };

	*problems = (struct table_problems){ .count = 0 };
	reference_parse_quiet_days(&r, arena, str_of(text), problems);
	return r;
}

static bool is_quiet(const struct reference *r, const char *date)
{
	return reference_quiet_day(r, day_at(date)) != NULL;
}

static void the_shipped_days_are_the_first_twenty_five_of_each_month(void **state)
{
	(void)state;
	assert_false(is_quiet(&shipped, "2025-12-25"));
	assert_true(is_quiet(&shipped, "2026-01-01"));
	assert_true(is_quiet(&shipped, "2026-02-25"));
	assert_false(is_quiet(&shipped, "2026-02-26"));
	assert_true(is_quiet(&shipped, "2031-07-01"));
}

static void weeks_and_spans_are_quiet_unless_a_line_opens_the_day(void **state)
{
	struct table_problems problems;
	struct reference r = quiet_of("open\t-\t2026-03-10\t2026-03-11\t年检\n"
				      "week\t1-4\t2026-03-01\t2026-03-31\t周一至周四\n"
				      "span\t-\t2026-04-03\t2026-04-06\t清明\n", &problems);

	(void)state;
	assert_int_equal(problems.count, 0);
	assert_true(is_quiet(&r, "2026-03-05"));	/* Thursday */
	assert_false(is_quiet(&r, "2026-03-06"));
	assert_true(is_quiet(&r, "2026-03-09"));
	assert_false(is_quiet(&r, "2026-03-10"));
	assert_false(is_quiet(&r, "2026-03-11"));
	assert_true(is_quiet(&r, "2026-03-12"));
	assert_false(is_quiet(&r, "2026-04-02"));
	assert_true(is_quiet(&r, "2026-04-03"));
	assert_true(is_quiet(&r, "2026-04-06"));
	assert_false(is_quiet(&r, "2026-04-07"));
	assert_string_equal(reference_quiet_day(&r, day_at("2026-04-04"))->note.p, "清明");
}

static void bad_lines_of_quiet_days_are_told_and_cost_no_good_one(void **state)
{
	struct table_problems problems;
	struct reference r = quiet_of("daily\t1-2\t2026-03-01\t-\ta\n"
				      "month\t25-1\t2026-03-01\t-\ta\n"
				      "month\t1-32\t2026-03-01\t-\ta\n"
				      "week\t0-4\t2026-03-01\t-\ta\n"
				      "week\t3\t2026-03-01\t-\ta\n"
				      "span\t1-2\t2026-03-01\t-\ta\n"
				      "span\t-\t2026-02-30\t-\ta\n"
				      "span\t-\t2026-03-02\t2026-03-01\ta\n"
				      "span\t-\t2026-03-02\n"
				      "week\t5-5\t2026-03-01\t-\ta\n", &problems);

	(void)state;
	assert_int_equal(problems.count, 9);
	assert_int_equal(problems.first[8].line, 9);
	assert_int_equal(r.quiet_rule_count, 1);
	assert_true(is_quiet(&r, "2026-03-06"));
}

static void a_category_and_all_below_it_are_one_of_the_acts(void **state)
{
	struct table_problems problems = { .count = 0 };
	struct reference r = shipped;

	(void)state;
	assert_int_equal(reference_four_act(&shipped, STR("130201")), ACT_FEE);
	assert_int_equal(reference_four_act(&shipped, STR("130202")), ACT_FINE);
	assert_int_equal(reference_four_act(&shipped, STR("130203")), ACT_INSPECTION);
	assert_int_equal(reference_four_act(&shipped, STR("130204")), ACT_APPORTIONMENT);
	assert_int_equal(reference_four_act(&shipped, STR("130301")), ACT_NONE);
	assert_int_equal(reference_four_act(&shipped, STR("1302")), ACT_NONE);
	assert_int_equal(reference_four_act(&shipped, STR("no such")), ACT_NONE);
	assert_int_equal(reference_four_act(&shipped, STR_NONE), ACT_NONE);
	reference_parse_four_acts(&r, arena, STR("13\tfee\ta\n130203\tinspection\tb\n"
						 "13\tfine\ttwice\n1301\tbribe\tc\n"), &problems);
	assert_int_equal(problems.count, 2);
	assert_int_equal(reference_four_act(&r, STR("130101")), ACT_FEE);
	assert_int_equal(reference_four_act(&r, STR("130203")), ACT_INSPECTION);
}

/* ---- comparing ---- */

static struct filing_version filed(enum four_act kind, const char *filed_at)
{
	return (struct filing_version){
		.filing = 7, .version = 1, .body = STR("SCJG"), .kind = kind,
		.first_day = day_at("2026-03-10"), .last_day = day_at("2026-03-12"),
		.amount = kind == ACT_FINE ? INT64_C(5000) * 1000000 : 0,
		.filed_at = instant(filed_at),
	};
}

static struct entry_facts complaint(enum four_act act)
{
	return (struct entry_facts){
		.body = STR("SCJG"), .is_body_known = true, .is_registered = true, .act = act,
		.day = day_at("2026-03-11"), .is_quiet = false,
	};
}

/* The kinds that are found, as words with blanks between. */
static const char *kinds(const struct entry_facts *facts, const struct filing_version *versions,
			 uint32_t n)
{
	static char text[1000];
	struct entry_finding found[20];
	uint32_t count = entry_findings(facts, versions, n, found, array_count(found));
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, i ? " %s" : "%s",
					 finding_kind_names[found[i].kind]);
	return text;
}

static void an_entry_that_was_filed_before_is_found_filed_and_nothing_else(void **state)
{
	struct entry_facts facts = complaint(ACT_INSPECTION);
	struct filing_version v = filed(ACT_INSPECTION, "2026-03-09 10:00:00");

	(void)state;
	assert_string_equal(kinds(&facts, &v, 1), "filed");
	v.filed_at = instant("2026-03-11 23:59:59");
	assert_string_equal(kinds(&facts, &v, 1), "filed");
	facts.day = day_at("2026-03-12");
	assert_string_equal(kinds(&facts, &v, 1), "filed");
}

static void an_entry_without_a_filing_for_its_day_kind_and_body_is_unfiled(void **state)
{
	struct entry_facts facts = complaint(ACT_INSPECTION);
	struct filing_version v = filed(ACT_INSPECTION, "2026-03-09");

	(void)state;
	assert_string_equal(kinds(&facts, NULL, 0), "unfiled");
	facts.day = day_at("2026-03-13");
	assert_string_equal(kinds(&facts, &v, 1), "unfiled");
	facts = complaint(ACT_FEE);
	assert_string_equal(kinds(&facts, &v, 1), "unfiled");
	facts = complaint(ACT_INSPECTION);
	v.is_revoked = true;
	assert_string_equal(kinds(&facts, &v, 1), "unfiled");
	facts = complaint(ACT_APPORTIONMENT);
	assert_string_equal(kinds(&facts, &v, 1), "unfiled");
}

static void what_was_filed_or_changed_after_the_day_is_told(void **state)
{
	struct entry_facts facts = complaint(ACT_FINE);
	struct filing_version v[2] = { filed(ACT_FINE, "2026-03-12"),
				       filed(ACT_FINE, "2026-03-13") };

	(void)state;
	v[1].version = 2;
	assert_string_equal(kinds(&facts, v, 2), "filed_afterwards unfiled");
	v[0].filed_at = instant("2026-03-10");
	assert_string_equal(kinds(&facts, v, 2), "filed");
	v[1].amount *= 2;
	assert_string_equal(kinds(&facts, v, 2), "filed changed_afterwards");
	/* The amount that was in force on the day counts, not the one of later. */
	facts.amount = INT64_C(8000) * 1000000;
	assert_string_equal(kinds(&facts, v, 2), "filed changed_afterwards above_filing");
	v[1].filed_at = instant("2026-03-10");
	assert_string_equal(kinds(&facts, v, 2), "filed");
}

static void another_bodys_filing_is_named_but_is_no_filing_of_the_accused(void **state)
{
	struct entry_facts facts = complaint(ACT_INSPECTION);
	struct filing_version v = filed(ACT_INSPECTION, "2026-03-09");

	(void)state;
	v.body = STR("XFJY");
	assert_string_equal(kinds(&facts, &v, 1), "other_body unfiled");
	facts.body = STR_NONE;
	facts.is_body_known = false;
	assert_string_equal(kinds(&facts, &v, 1), "no_body_named filed");
	facts.body = STR("GONE");
	assert_string_equal(kinds(&facts, &v, 1), "unknown_body other_body unfiled");
}

static void an_inspection_on_a_quiet_day_is_excepted_by_its_filing_only(void **state)
{
	struct entry_facts facts = complaint(ACT_INSPECTION);
	struct filing_version v = filed(ACT_INSPECTION, "2026-03-09");

	(void)state;
	facts.is_quiet = true;
	assert_string_equal(kinds(&facts, NULL, 0), "unfiled quiet_day");
	assert_string_equal(kinds(&facts, &v, 1), "filed quiet_day");
	for (int i = EXCEPTION_ORDERED; i <= EXCEPTION_LEGAL_DEADLINE; i++) {
		v.exception = (enum quiet_exception)i;
		assert_string_equal(kinds(&facts, &v, 1), "filed quiet_day_excepted");
	}
	v.filed_at = instant("2026-03-12");
	assert_string_equal(kinds(&facts, &v, 1), "filed_afterwards unfiled quiet_day");
	facts = complaint(ACT_FINE);
	facts.is_quiet = true;
	assert_string_equal(kinds(&facts, NULL, 0), "unfiled");
}

static void a_larger_amount_than_the_largest_filed_one_is_told_with_both(void **state)
{
	struct entry_facts facts = complaint(ACT_FINE);
	struct filing_version v[2] = { filed(ACT_FINE, "2026-03-09"),
				       filed(ACT_FINE, "2026-03-09") };
	struct entry_finding found[8];

	(void)state;
	v[1].filing = 8;
	v[1].amount = INT64_C(6000) * 1000000;
	facts.amount = INT64_C(6000) * 1000000;
	assert_string_equal(kinds(&facts, v, 2), "filed filed");
	facts.amount++;
	assert_string_equal(kinds(&facts, v, 2), "filed filed above_filing");
	assert_int_equal(entry_findings(&facts, v, 2, found, 8), 3);
	assert_ptr_equal(found[2].filing, &v[1]);
	assert_int_equal(found[2].amount, facts.amount);
	assert_int_equal(entry_findings(&facts, v, 2, found, 1), 1);
}

static void other_matters_of_an_enterprise_are_not_compared(void **state)
{
	struct entry_facts facts = complaint(ACT_NONE);
	struct filing_version v = filed(ACT_INSPECTION, "2026-03-09");

	(void)state;
	facts.is_quiet = true;
	assert_string_equal(kinds(&facts, &v, 1), "no_act");
	facts.is_registered = false;
	assert_string_equal(kinds(&facts, &v, 1), "unknown_enterprise no_act");
}

static void the_largest_amount_that_a_text_names_is_read(void **state)
{
	static const struct {
		const char *text;
		int64_t yuan_millionths;
	} texts[] = {
		{ "", 0 }, { "罚款很多", 0 }, { "3 次检查，12345 热线", 0 },
		{ "罚款5000元", INT64_C(5000000000) },
		{ "罚款3,000元，收费 12.50 元", INT64_C(3000000000) },
		{ "要交1.5万元，后来又说800元", INT64_C(15000000000) },
		{ "0.01元", 10000 }, { "12.3456789元", INT64_C(12345678) },
		{ "99999999999999999999999元，另收20元", 20000000 },
		{ "10000000000元", INT64_C(10000000000000000) },
		{ "1000001万元", 0 }, { "2026,元", 0 }, { "5元", 5000000 },
	};

	(void)state;
	for (size_t i = 0; i < array_count(texts); i++)
		if (amount_named(str_of(texts[i].text)) != texts[i].yuan_millionths)
			fail_msg("%s", texts[i].text);
	assert_int_equal(amount_named(STR_NONE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_with_their_check_character_are_valid),
		cmocka_unit_test(every_single_wrong_character_of_a_code_is_found),
		cmocka_unit_test(what_has_not_the_form_of_a_code_is_none),
		cmocka_unit_test(the_shipped_days_are_the_first_twenty_five_of_each_month),
		cmocka_unit_test(weeks_and_spans_are_quiet_unless_a_line_opens_the_day),
		cmocka_unit_test(bad_lines_of_quiet_days_are_told_and_cost_no_good_one),
		cmocka_unit_test(a_category_and_all_below_it_are_one_of_the_acts),
		cmocka_unit_test(an_entry_that_was_filed_before_is_found_filed_and_nothing_else),
		cmocka_unit_test(an_entry_without_a_filing_for_its_day_kind_and_body_is_unfiled),
		cmocka_unit_test(what_was_filed_or_changed_after_the_day_is_told),
		cmocka_unit_test(another_bodys_filing_is_named_but_is_no_filing_of_the_accused),
		cmocka_unit_test(an_inspection_on_a_quiet_day_is_excepted_by_its_filing_only),
		cmocka_unit_test(a_larger_amount_than_the_largest_filed_one_is_told_with_both),
		cmocka_unit_test(other_matters_of_an_enterprise_are_not_compared),
		cmocka_unit_test(the_largest_amount_that_a_text_names_is_read),
	};

	return cmocka_run_group_tests(tests, load_shipped, free_shipped);
}
