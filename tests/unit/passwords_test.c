/* What may be a password, and how long a guesser waits. */
#include "net/lock_out.h"
#include "net/passwords.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

#include "module.h"

static const struct password_rules plain = { .least = 8, .words = { "liandong,联动", 15 } };
static const struct password_rules composed = { .least = 8, .is_composed = true };

static void assert_fault(const struct password_rules *rules, const char *password,
			 enum auth_password_fault wanted)
{
	enum auth_password_fault found = password_fault(rules, STR("operator1"),
							str_of(password));

	if (found != wanted)
		fail_msg("%s: fault %d, not %d", password, (int)found, (int)wanted);
}

static void length_counts_code_points(void **state)
{
	char text[1024] = "";

	(void)state;
	assert_fault(&plain, "xq7!kdm", AUTH_PASSWORD_SHORT);
	assert_fault(&plain, "xq7!kdmu", AUTH_PASSWORD_FINE);
	assert_fault(&plain, "云河区路灯不亮", AUTH_PASSWORD_SHORT);
	assert_fault(&plain, "云河区路灯不亮了", AUTH_PASSWORD_FINE);
	for (int i = 0; i < 128; i++)
		strcat(text, "é");
	assert_fault(&plain, text, AUTH_PASSWORD_FINE);
	strcat(text, "é");
	assert_fault(&plain, text, AUTH_PASSWORD_LONG);
	text[0] = '\0';
	for (int i = 0; i < 128; i++)
		strcat(text, "😀");
	assert_fault(&plain, text, AUTH_PASSWORD_LONG);
}

static void common_ones_are_refused_in_any_case(void **state)
{
	static const char *const common[] = {
		"password", "PASSWORD", "Password1", "12345678", "qwertyuiop", "woaini1314",
		"a123456789", "88888888", "00000000", "zzzzzzz1",
	};

	(void)state;
	for (size_t i = 0; i < array_count(common); i++)
		assert_fault(&plain, common[i], AUTH_PASSWORD_COMMON);
	assert_fault(&plain, "password of mine", AUTH_PASSWORD_FINE);
}

static void every_line_of_the_list_is_found(void **state)
{
	struct str list = asset_find(STR("common-passwords.txt"))->bytes;
	char line[64], before[64] = "";
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i < list.n;) {
		size_t length = strcspn(list.p + i, "\n");

		if (list.p[i] != '#') {
			assert_true(length >= 8 && length < sizeof(line));
			memcpy(line, list.p + i, length);
			line[length] = '\0';
			assert_true(strcmp(before, line) < 0);
			strcpy(before, line);
			assert_fault(&plain, line, AUTH_PASSWORD_COMMON);
			n++;
		}
		i += length + 1;
	}
	assert_true(n >= 3000);
}

static void words_of_the_surroundings_are_refused(void **state)
{
	(void)state;
	assert_fault(&plain, "my-operator1-key", AUTH_PASSWORD_CONTEXT);
	assert_fault(&plain, "xx-LianDong-77", AUTH_PASSWORD_CONTEXT);
	assert_fault(&plain, "我们的联动平台真好用", AUTH_PASSWORD_CONTEXT);
	assert_fault(&plain, "my-operator-key", AUTH_PASSWORD_FINE);
	assert_int_equal(password_fault(&plain, STR("li"), STR("like-a-river-9")),
			 AUTH_PASSWORD_FINE);
}

static void three_of_four_classes_by_the_strict_policy_only(void **state)
{
	(void)state;
	assert_fault(&composed, "onlysmallletters", AUTH_PASSWORD_SIMPLE);
	assert_fault(&composed, "small7letters", AUTH_PASSWORD_SIMPLE);
	assert_fault(&composed, "Small7letters", AUTH_PASSWORD_FINE);
	assert_fault(&composed, "small 7 letters", AUTH_PASSWORD_FINE);
	assert_fault(&plain, "onlysmallletters", AUTH_PASSWORD_FINE);
}

static void a_hash_fits_its_password_alone(void **state)
{
	struct arena *a = arena_new(1 << 24);
	struct str hash = password_hash_new(a, STR("four plain words together"));

	(void)state;
	assert_true(str_starts(hash, STR("$y$j9T$")));
	assert_true(password_fits(a, STR("four plain words together"), hash));
	assert_false(password_fits(a, STR("four plain words togethe"), hash));
	assert_false(password_fits(a, STR("four plain words together"), STR_NONE));
	arena_free(a);
}

static void delays_double_after_the_free_tries(void **state)
{
	static const int64_t seconds[] = { 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512 };

	(void)state;
	for (uint32_t n = 0; n < array_count(seconds); n++)
		assert_int_equal(lock_delay(n, 5, LOCK_MOST), seconds[n] * CLOCK_SECOND);
	assert_int_equal(lock_delay(15, 5, LOCK_MOST), LOCK_MOST);
	assert_int_equal(lock_delay(UINT32_MAX, 5, LOCK_MOST), LOCK_MOST);
	assert_int_equal(lock_delay(1000, 0, LOCK_MOST), 0);
}

static void sources_are_addresses_and_networks_of_ipv6(void **state)
{
	struct arena *a = arena_new(4096);
	static const char *const rows[][3] = {	/* address, counted, shown */
		{ "192.168.17.5", "192.168.17.5", "192.168.17.0/24" },
		{ "::ffff:192.168.17.5", "192.168.17.5", "192.168.17.0/24" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48" },
		{ "::1", "::/64", "::/48" },
		{ "unknown", "unknown", "unknown" },
	};

	(void)state;
	for (size_t i = 0; i < array_count(rows); i++) {
		assert_true(str_is(source_counted(a, str_of(rows[i][0])), rows[i][1]));
		assert_true(str_is(source_coarse(a, str_of(rows[i][0])), rows[i][2]));
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(length_counts_code_points),
		cmocka_unit_test(common_ones_are_refused_in_any_case),
		cmocka_unit_test(every_line_of_the_list_is_found),
		cmocka_unit_test(words_of_the_surroundings_are_refused),
		cmocka_unit_test(three_of_four_classes_by_the_strict_policy_only),
		cmocka_unit_test(a_hash_fits_its_password_alone),
		cmocka_unit_test(delays_double_after_the_free_tries),
		cmocka_unit_test(sources_are_addresses_and_networks_of_ipv6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
