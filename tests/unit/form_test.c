/* Field tables against bodies: every kind, every complaint, and bodies meant to hurt. */
#include "bounds.h"
#include "clock.h"
#include "form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const channels[] = { "phone", "web", "app", NULL };

struct appeal_form {
	struct str title, text, area, name, phone;
	int channel;
	bool is_urgent, has_caller;
	enum tri reached;
	int64_t floor, received_at, day, until, longitude;
	struct str_list tags, networks;
	struct object_list steps;
};

struct step {
	struct str type;
	int64_t at;
	enum tri reached;
};

static const struct field step_fields[] = {
	{ .name = "type", .kind = FIELD_CODE, .offset = offsetof(struct step, type),
	  .required = true },
	{ .name = "at", .kind = FIELD_INT, .offset = offsetof(struct step, at), .max = 9 },
	{ .name = "reached", .kind = FIELD_TRI, .offset = offsetof(struct step, reached) },
	{ 0 },
};

static const struct field caller_fields[] = {
	{ .name = "name", .kind = FIELD_LINE, .offset = offsetof(struct appeal_form, name),
	  .required = true },
	{ .name = "phone", .kind = FIELD_CODE, .offset = offsetof(struct appeal_form, phone),
	  .max = 11 },
	{ 0 },
};

static const struct field fields[] = {
	{ .name = "title",
	  .kind = FIELD_LINE,
	  .offset = offsetof(struct appeal_form, title),
	  .required = true,
	  .max = 10 },
	{ .name = "text",
	  .kind = FIELD_TEXT,
	  .offset = offsetof(struct appeal_form, text),
	  .min = 2,
	  .max = 20 },
	{ .name = "area",
	  .kind = FIELD_CODE,
	  .offset = offsetof(struct appeal_form, area),
	  .null_ok = true },
	{ .name = "channel",
	  .kind = FIELD_CHOICE,
	  .offset = offsetof(struct appeal_form, channel),
	  .choices = channels },
	{ .name = "is_urgent",
	  .kind = FIELD_BOOL,
	  .offset = offsetof(struct appeal_form, is_urgent) },
	{ .name = "reached",
	  .kind = FIELD_TRI,
	  .offset = offsetof(struct appeal_form, reached) },
	{ .name = "floor",
	  .kind = FIELD_INT,
	  .offset = offsetof(struct appeal_form, floor),
	  .min = -3,
	  .max = 99 },
	{ .name = "received_at",
	  .kind = FIELD_TIME,
	  .offset = offsetof(struct appeal_form, received_at) },
	{ .name = "day", .kind = FIELD_DATE, .offset = offsetof(struct appeal_form, day) },
	{ .name = "until",
	  .kind = FIELD_UNTIL,
	  .offset = offsetof(struct appeal_form, until),
	  .null_ok = true },
	{ .name = "longitude",
	  .kind = FIELD_DECIMAL,
	  .offset = offsetof(struct appeal_form, longitude),
	  .min = -180,
	  .max = 180 },
	{ .name = "tags",
	  .kind = FIELD_CODES,
	  .offset = offsetof(struct appeal_form, tags),
	  .max = 3 },
	{ .name = "networks",
	  .kind = FIELD_LINES,
	  .offset = offsetof(struct appeal_form, networks),
	  .max = 3 },
	{ .name = "steps",
	  .kind = FIELD_OBJECTS,
	  .offset = offsetof(struct appeal_form, steps),
	  .fields = step_fields,
	  .size = sizeof(struct step),
	  .max = 3 },
	{ .name = "caller",
	  .kind = FIELD_OBJECT,
	  .has = FIELD_HAS(struct appeal_form, has_caller),
	  .fields = caller_fields },
	{ 0 },
};

struct given {
	struct arena *arena;
	struct appeal_form form;
	struct field_errors errors;
	bool is_good;
};

static struct given given;

static void read_bytes(struct str body)
{
	arena_free(given.arena);
	memset(&given, 0x5a, sizeof(given));
	given.arena = arena_new(LIMIT_REQUEST_ARENA);
	given.errors = (struct field_errors){ .arena = given.arena };
	given.is_good = form_parse(body, fields, &given.form, &given.errors);
	assert_true(given.is_good == (given.errors.n == 0 && !given.errors.malformed));
}

static void read_body(const char *body)
{
	read_bytes(str_of(body));
}

static int free_given(void **state)
{
	(void)state;
	arena_free(given.arena);
	given.arena = NULL;
	return 0;
}

/* Every complaint as "pointer code", one a line, in order. */
static const char *complaints(void)
{
	struct buf out;

	buf_init(&out, MIB(1));
	for (const struct field_error *e = given.errors.first; e; e = e->next) {
		assert_true(e->detail.n > 10 && e->detail.p[e->detail.n - 1] == '.');
		buf_printf(&out, "%s%.*s %s", out.n ? "\n" : "", STR_ARG(e->pointer), e->code);
	}
	struct str copy = arena_str(given.arena, buf_str(&out));

	buf_free(&out);
	return copy.p;
}

static void expect(const char *body, const char *wanted)
{
	read_body(body);
	if (strcmp(complaints(), wanted) != 0)
		fail_msg("%s gave\n%s\ninstead of\n%s", body, complaints(), wanted);
	assert_false(given.errors.malformed);
}

static void expect_malformed(const char *body)
{
	read_body(body);
	if (!given.errors.malformed || given.errors.n == 0)
		fail_msg("%s was not malformed", body);
	assert_string_equal(given.errors.first->code, "malformed");
}

static void a_full_body_fills_the_struct(void **state)
{
	(void)state;
	read_body(
		"{\"title\":\"\xe8\x81\x94\xe5\x8a\xa8\",\"text\":\"two\\nlines\\t!\","
		"\"area\":\"A.1-b_c\",\"channel\":\"web\",\"is_urgent\":true,\"reached\":false,"
		"\"floor\":-3,\"received_at\":\"2026-03-02T09:00:00+08:00\","
		"\"day\":\"2026-03-02\",\"longitude\":-120.1234567,\"tags\":[\"x\",\"y\"],"
		"\"caller\":{\"name\":\"Li\",\"phone\":\"13800000000\"}}");
	struct appeal_form *f = &given.form;

	assert_true(given.is_good);
	assert_true(str_is(f->title, "\xe8\x81\x94\xe5\x8a\xa8"));
	assert_true(str_is(f->text, "two\nlines\t!"));
	assert_true(str_is(f->area, "A.1-b_c"));
	assert_int_equal(f->channel, 1);
	assert_true(f->is_urgent);
	assert_int_equal(f->reached, TRI_NO);
	assert_int_equal(f->floor, -3);
	assert_int_equal(f->received_at, INT64_C(1772413200) * CLOCK_SECOND);
	assert_int_equal(f->day, INT64_C(1772413200) * CLOCK_SECOND - 9 * CLOCK_HOUR);
	assert_int_equal(f->longitude, -120123457);
	assert_int_equal(f->tags.n, 2);
	assert_true(str_is(f->tags.v[1], "y"));
	assert_true(f->has_caller);
	assert_true(str_is(f->name, "Li") && str_is(f->phone, "13800000000"));
}

static void absent_members_leave_the_stated_values(void **state)
{
	(void)state;
	expect("{\"title\":\"t\"}", "");
	struct appeal_form *f = &given.form;

	assert_null(f->text.p);
	assert_null(f->area.p);
	assert_null(f->phone.p);
	assert_int_equal(f->channel, -1);
	assert_false(f->is_urgent);
	assert_int_equal(f->reached, TRI_NONE);
	assert_int_equal(f->floor, 0);
	assert_int_equal(f->received_at, 0);
	assert_int_equal(f->day, 0);
	assert_int_equal(f->until, 0);
	assert_true(f->longitude == JSON_NO_DECIMAL);
	assert_int_equal(f->tags.n, 0);
	assert_false(f->has_caller);
}

static void all_bad_fields_are_told_at_once(void **state)
{
	(void)state;
	expect("{\"text\":\"x\",\"area\":7,\"channel\":\"fax\",\"is_urgent\":1,\"reached\":"
	       "\"no\","
	       "\"floor\":100,\"received_at\":\"yesterday\",\"day\":\"2026-02-30\","
	       "\"longitude\":180.5,\"tags\":[\"a b\",3,\"ok\"],\"caller\":{\"phone\":\"+86\"},"
	       "\"state\":\"done\"}",
	       "#/title missing\n#/text too_short\n#/area wrong_type\n#/channel unknown_code\n"
	       "#/is_urgent wrong_type\n#/reached wrong_type\n#/floor out_of_range\n"
	       "#/received_at bad_time\n#/day bad_time\n#/longitude out_of_range\n"
	       "#/tags/0 bad_character\n#/tags/1 wrong_type\n#/caller/name missing\n"
	       "#/caller/phone bad_character\n#/state unknown");
}

static void a_list_of_lines_is_read_like_lines(void **state)
{
	(void)state;
	expect("{\"title\":\"t\",\"networks\":[\"10.0.0.0/8\",\"好 x\"]}", "");
	assert_int_equal(given.form.networks.n, 2);
	assert_true(str_is(given.form.networks.v[1], "好 x"));
	expect("{\"title\":\"t\",\"networks\":[]}", "");
	assert_int_equal(given.form.networks.n, 0);
	expect("{\"title\":\"t\"}", "");
	assert_int_equal(given.form.networks.n, 0);
	expect("{\"title\":\"t\",\"networks\":[\"a\\nb\",7,\" \"]}",
	       "#/networks/0 bad_character\n#/networks/1 wrong_type\n#/networks/2 blank");
	expect("{\"title\":\"t\",\"networks\":[\"a\",\"b\",\"c\",\"d\"]}", "#/networks too_long");
	expect("{\"title\":\"t\",\"networks\":\"a\"}", "#/networks wrong_type");
}

static void a_list_of_objects_fills_one_struct_each(void **state)
{
	(void)state;
	read_body("{\"title\":\"t\",\"steps\":[{\"type\":\"sign\",\"at\":4},"
		  "{\"type\":\"visit\",\"reached\":true}]}");
	const struct step *steps = given.form.steps.v;

	assert_true(given.is_good);
	assert_int_equal(given.form.steps.n, 2);
	assert_true(str_is(steps[0].type, "sign") && str_is(steps[1].type, "visit"));
	assert_int_equal(steps[0].at, 4);
	assert_int_equal(steps[0].reached, TRI_NONE);
	assert_int_equal(steps[1].at, 0);
	assert_int_equal(steps[1].reached, TRI_YES);
	expect("{\"title\":\"t\",\"steps\":[]}", "");
	assert_int_equal(given.form.steps.n, 0);
}

static void complaints_about_a_list_name_the_element(void **state)
{
	(void)state;
	expect("{\"title\":\"t\",\"steps\":[{\"type\":\"sign\"},{\"at\":10},7,"
	       "{\"type\":\"a\",\"colour\":1}]}",
	       "#/steps too_long");
	expect("{\"title\":\"t\",\"steps\":[{\"type\":\"sign\"},{\"at\":10},7]}",
	       "#/steps/1/type missing\n#/steps/1/at out_of_range\n#/steps/2 wrong_type");
	expect("{\"title\":\"t\",\"steps\":[{\"type\":\"a\",\"colour\":1}]}",
	       "#/steps/0/colour unknown");
	expect("{\"title\":\"t\",\"steps\":{}}", "#/steps wrong_type");
	expect("{\"title\":\"t\",\"steps\":null}", "#/steps wrong_type");
}

static void an_empty_body_counts_as_an_empty_object(void **state)
{
	(void)state;
	expect("", "#/title missing");
	expect("{}", "#/title missing");
	expect(" {} \n", "#/title missing");
}

static void null_is_absence_only_where_allowed(void **state)
{
	(void)state;
	expect("{\"title\":\"t\",\"area\":null,\"reached\":null}", "");
	expect("{\"title\":null}", "#/title wrong_type");
	expect("{\"title\":\"t\",\"text\":null,\"channel\":null,\"floor\":null,\"caller\":null,"
	       "\"is_urgent\":null,\"tags\":null}",
	       "#/text wrong_type\n#/channel wrong_type\n#/is_urgent wrong_type\n"
	       "#/floor wrong_type\n#/tags wrong_type\n#/caller wrong_type");
}

static void text_is_measured_in_characters_and_may_not_be_blank(void **state)
{
	(void)state;
	expect("{\"title\":"
	       "\"\xe8\x81\x94\xe8\x81\x94\xe8\x81\x94\xe8\x81\x94\xe8\x81\x94\xe8\x81"
	       "\x94\xe8\x81\x94\xe8\x81\x94\xe8\x81\x94\xe8\x81\x94\"}",
	       "");
	expect("{\"title\":\"12345678901\"}", "#/title too_long");
	expect("{\"title\":\"\"}", "#/title blank");
	expect("{\"title\":\" \xe3\x80\x80\xc2\xa0\xe2\x80\x8b\"}", "#/title blank");
	expect("{\"title\":\"t\",\"caller\":{\"name\":\" \",\"phone\":\"\"}}",
	       "#/caller/name blank\n#/caller/phone blank");
	expect("{\"title\":\"t\",\"caller\":{\"name\":\"n\",\"phone\":\"123456789012\"}}",
	       "#/caller/phone too_long");
	expect("{\"title\":\"t\",\"tags\":[\"a\",\"b\",\"c\",\"d\"]}", "#/tags too_long");
}

static void control_characters_are_refused(void **state)
{
	(void)state;
	expect("{\"title\":\"a\\nb\"}", "#/title bad_character");
	expect("{\"title\":\"a\\tb\"}", "#/title bad_character");
	expect("{\"title\":\"a\\u2028b\"}", "#/title bad_character");
	expect("{\"title\":\"a\\u007f\"}", "#/title bad_character");
	expect("{\"title\":\"a\\u0085\"}", "#/title bad_character");
	expect("{\"title\":\"t\",\"text\":\"a\\u001bb\"}", "#/text bad_character");
	expect("{\"title\":\"t\",\"text\":\"a\\r\\n\\tb\"}", "");
}

static void numbers_keep_to_their_kind(void **state)
{
	(void)state;
	expect("{\"title\":\"t\",\"floor\":1.0}", "#/floor wrong_type");
	expect("{\"title\":\"t\",\"floor\":\"1\"}", "#/floor wrong_type");
	expect("{\"title\":\"t\",\"floor\":-4}", "#/floor out_of_range");
	expect("{\"title\":\"t\",\"longitude\":1e300}", "#/longitude out_of_range");
	expect("{\"title\":\"t\",\"longitude\":180}", "");
	assert_int_equal(given.form.longitude, 180000000);
	expect("{\"title\":\"t\",\"longitude\":0.1}", "");
	assert_int_equal(given.form.longitude, 100000);
	expect_malformed("{\"title\":\"t\",\"floor\":99999999999999999999}");
	expect_malformed("{\"title\":\"t\",\"longitude\":1e400}");
}

static void dates_are_days_only(void **state)
{
	(void)state;
	expect("{\"title\":\"t\",\"day\":\"2026-03-02T00:00:00+08:00\"}", "#/day bad_time");
	expect("{\"title\":\"t\",\"day\":\"2026-3-02 \"}", "#/day bad_time");
	expect("{\"title\":\"t\",\"day\":\"2101-01-01\"}", "#/day bad_time");
	expect("{\"title\":\"t\",\"received_at\":\"2026-03-02\"}", "#/received_at bad_time");
}

static void until_a_day_means_its_last_second(void **state)
{
	const int64_t midnight = INT64_C(1772380800) * CLOCK_SECOND; /* 2026-03-02 */

	(void)state;
	expect("{\"title\":\"t\",\"until\":\"2026-03-02\"}", "");
	assert_int_equal(given.form.until, midnight + CLOCK_DAY - CLOCK_SECOND);
	expect("{\"title\":\"t\",\"until\":\"2026-03-02T00:00:00+08:00\"}", "");
	assert_int_equal(given.form.until, midnight);
	expect("{\"title\":\"t\",\"until\":\"2026-03-02T15:59:59.25Z\"}", "");
	assert_int_equal(given.form.until, midnight + CLOCK_DAY - 3 * CLOCK_SECOND / 4);
	expect("{\"title\":\"t\",\"until\":\"2028-02-29\"}", "");
	assert_int_equal(given.form.until, INT64_C(1835452799) * CLOCK_SECOND);
	expect("{\"title\":\"t\",\"until\":\"1990-01-01\"}", "");
	expect("{\"title\":\"t\",\"until\":\"2100-12-31\"}", "");
	expect("{\"title\":\"t\",\"until\":null}", "");
	assert_int_equal(given.form.until, 0);
}

static void until_refuses_other_texts_and_names_both_forms(void **state)
{
	static const char *const bad[] = {
		"", "2026-03-0", "2026-3-02 ", "2026-02-30", "2027-02-29", "1989-12-31",
		"2101-01-01", "2026-03-02T", "2026-03-02T09:00:00", "2026-03-02 09:00:00+08:00",
		"2026-03-02T24:00:00+08:00", "2026-03-02+08:00", "02.03.2026", "2026/03/02",
	};
	char body[100];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(body, sizeof(body), "{\"title\":\"t\",\"until\":\"%s\"}", bad[i]);
		expect(body, "#/until bad_time");
		assert_non_null(strstr(given.errors.first->detail.p, "2026-03-02,"));
		assert_non_null(strstr(given.errors.first->detail.p,
				       "2026-03-02T09:00:00+08:00"));
		assert_int_equal(given.form.until, 0);
	}
	expect("{\"title\":\"t\",\"until\":20260302}", "#/until wrong_type");
	assert_non_null(strstr(given.errors.first->detail.p, "2026-03-02T09:00:00+08:00"));
}

static void pointers_name_strange_members(void **state)
{
	(void)state;
	expect("{\"title\":\"t\",\"a/b~c\":1,\"\":2,\"x "
	       "y%\xc3\xa9\\\"\":3,\"caller\":{\"name\":"
	       "\"n\",\"k\":1}}",
	       "#/caller/k unknown\n#/a~1b~0c unknown\n#/ unknown\n#/x%20y%25%C3%A9%22 "
	       "unknown");
}

static void other_top_values_are_of_the_wrong_type(void **state)
{
	(void)state;
	expect("[]", "# wrong_type");
	expect("3", "# wrong_type");
	expect("null", "# wrong_type");
	expect("\"x\"", "# wrong_type");
}

static void what_is_not_json_is_malformed(void **state)
{
	static const char *const bad[] = {
		" ",
		"{",
		"}",
		"{\"title\":\"t\"",
		"{\"title\":\"t\"}}",
		"{\"title\":\"t\",}",
		"{'title':1}",
		"{\"title\":\"a\nb\"}",
		"{\"title\":\"\xff\"}",
		"{\"title\":\"\\ud800\"}",
		"{\"title\":\"\\u0000\"}",
		"{\"title\":\"t\"} x",
		"\xef\xbb\xbf{}",
		"nul",
		"{\"a\":01}",
		"{\"title\":\"t\",\"title\":\"t\"}",
		"{\"caller\":{\"x\":1,\"x\":1}}",
		"{\"title\":\"t\",\"t\\u0069tle\":\"t\"}",
		"{\"title\":NaN}",
		"//x\n{}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_malformed(bad[i]);
	read_bytes((struct str){ "{}\0", 3 });
	assert_true(given.errors.malformed);
	read_bytes((struct str){ "{\"title\":\"t\"}123\0", 16 });
	assert_true(given.errors.malformed);
}

/* `count` times `piece` between `head` and `tail`. */
static void read_repeated(const char *head, const char *piece, size_t count, const char *tail)
{
	struct buf body;

	buf_init(&body, MIB(4));
	buf_add(&body, str_of(head));
	for (size_t i = 0; i < count; i++)
		buf_add(&body, str_of(piece));
	buf_add(&body, str_of(tail));
	assert_false(body.overflow);
	read_bytes(buf_str(&body));
	buf_free(&body);
}

static void depth_and_members_are_bounded_before_the_parser(void **state)
{
	(void)state;
	read_repeated("{\"a\":", "[", 100000, "");
	assert_true(given.errors.malformed);
	read_repeated("{\"a\":", "[", LIMIT_JSON_DEPTH, "");
	assert_string_equal(given.errors.first->detail.p, "The body is nested too deeply.");
	read_repeated("[1", ",1", 100000, "]");
	assert_string_equal(given.errors.first->detail.p, "The body has too many members.");
	read_repeated("[1", ",[]", 400, "]");
	assert_false(given.errors.malformed);
	read_repeated("{\"title\":\"", "[{,", 2000, "\"}");
	assert_string_equal(given.errors.first->code, "too_long");
	read_repeated("{\"title\":\"\\\"", "\\\\\\\"[{,", 2000, "\"}");
	assert_string_equal(given.errors.first->code, "too_long");
	read_repeated("{\"title\":\"", "x", LIMIT_BODY_BYTES, "\"}");
	assert_true(given.errors.malformed);
}

static void a_body_at_every_limit_stays_within_a_request_arena(void **state)
{
	(void)state;
	read_repeated("{\"title\":\"", "x", LIMIT_BODY_BYTES - 12, "\"}");
	assert_string_equal(complaints(), "#/title too_long");
	read_repeated("{\"title\":\"t\",\"", "\\u00e9", 40000, "\":1}");
	assert_int_equal(given.errors.n, 1);
	assert_string_equal(given.errors.first->code, "unknown");
}

static void complaints_end_at_a_hundred(void **state)
{
	struct buf body;
	size_t listed = 0;

	(void)state;
	buf_init(&body, MIB(1));
	buf_add(&body, STR("{\"title\":\"t\""));
	for (int i = 0; i < 900; i++)
		buf_printf(&body, ",\"k%d\":1", i);
	buf_add_byte(&body, '}');
	read_bytes(buf_str(&body));
	buf_free(&body);
	for (const struct field_error *e = given.errors.first; e; e = e->next)
		listed++;
	assert_int_equal(listed, 100);
	assert_int_equal(given.errors.n, 900);
}

static void handlers_add_their_own_complaints(void **state)
{
	(void)state;
	read_body("{\"title\":\"t\"}");
	assert_true(given.is_good);
	form_error(&given.errors, "#/area", "unknown_code", "There is no area %s.", "zz");
	assert_string_equal(complaints(), "#/area unknown_code");
	assert_string_equal(given.errors.first->detail.p, "There is no area zz.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_body_fills_the_struct),
		cmocka_unit_test(absent_members_leave_the_stated_values),
		cmocka_unit_test(all_bad_fields_are_told_at_once),
		cmocka_unit_test(a_list_of_lines_is_read_like_lines),
		cmocka_unit_test(a_list_of_objects_fills_one_struct_each),
		cmocka_unit_test(complaints_about_a_list_name_the_element),
		cmocka_unit_test(an_empty_body_counts_as_an_empty_object),
		cmocka_unit_test(null_is_absence_only_where_allowed),
		cmocka_unit_test(text_is_measured_in_characters_and_may_not_be_blank),
		cmocka_unit_test(control_characters_are_refused),
		cmocka_unit_test(numbers_keep_to_their_kind),
		cmocka_unit_test(dates_are_days_only),
		cmocka_unit_test(until_a_day_means_its_last_second),
		cmocka_unit_test(until_refuses_other_texts_and_names_both_forms),
		cmocka_unit_test(pointers_name_strange_members),
		cmocka_unit_test(other_top_values_are_of_the_wrong_type),
		cmocka_unit_test(what_is_not_json_is_malformed),
		cmocka_unit_test(depth_and_members_are_bounded_before_the_parser),
		cmocka_unit_test(a_body_at_every_limit_stays_within_a_request_arena),
		cmocka_unit_test(complaints_end_at_a_hundred),
		cmocka_unit_test(handlers_add_their_own_complaints),
	};

	return cmocka_run_group_tests(tests, NULL, free_given);
}
