/* Whose address counts behind proxies, and how much of X-Forwarded-For is believed. */
#include "net/forwarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct forwarded_proxies proxies_of(const char *list)
{
	struct forwarded_proxies proxies;
	struct str bad;

	assert_true(network_list_parse(str_of(list), proxies.v, FORWARDED_PROXIES_MAX, &proxies.n,
				       &bad));
	return proxies;
}

static void assert_client(const char *proxies_text, const char *peer, const char *value,
			  const char *client)
{
	struct forwarded_proxies proxies = proxies_of(proxies_text);
	struct str found = forwarded_client(&proxies, str_of(peer),
					    value ? str_of(value) : STR_NONE);

	if (!str_is(found, client))
		fail_msg("%s by %s: %.*s, not %s", value ? value : "nothing", peer, STR_ARG(found),
			 client);
}

static void nobody_is_believed_without_the_setting(void **state)
{
	struct forwarded_proxies none = proxies_of("");

	(void)state;
	assert_false(forwarded_is_proxy(&none, STR("127.0.0.1")));
	assert_client("", "10.0.0.1", "192.0.2.9", "10.0.0.1");
}

static void a_stranger_is_not_believed(void **state)
{
	struct forwarded_proxies proxies = proxies_of("10.0.0.1");

	(void)state;
	assert_true(forwarded_is_proxy(&proxies, STR("10.0.0.1")));
	assert_true(forwarded_is_proxy(&proxies, STR("::ffff:10.0.0.1")));
	assert_false(forwarded_is_proxy(&proxies, STR("10.0.0.2")));
	assert_false(forwarded_is_proxy(&proxies, STR("unix")));
	assert_client("10.0.0.1", "10.0.0.2", "192.0.2.9", "10.0.0.2");
}

static void the_last_address_that_is_no_proxy_is_the_client(void **state)
{
	(void)state;
	assert_client("10.0.0.0/8", "10.0.0.1", "192.0.2.9", "192.0.2.9");
	assert_client("10.0.0.0/8", "10.0.0.1", "203.0.113.66, 192.0.2.9", "192.0.2.9");
	assert_client("10.0.0.0/8", "10.0.0.1", "203.0.113.66, 192.0.2.9, 10.0.0.2", "192.0.2.9");
	assert_client("10.0.0.0/8", "10.0.0.1", "10.0.0.3,\t10.0.0.2 ", "10.0.0.3");
	assert_client("10.0.0.0/8", "10.0.0.1", "192.0.2.9\t, 10.0.0.2\t", "192.0.2.9");
	assert_client("10.0.0.0/8", "10.0.0.1", NULL, "10.0.0.1");
	assert_client("10.0.0.0/8", "10.0.0.1", "", "10.0.0.1");
}

static void addresses_may_have_ports_and_brackets(void **state)
{
	(void)state;
	assert_client("10.0.0.1", "10.0.0.1", "192.0.2.9:4711", "192.0.2.9");
	assert_client("10.0.0.1", "10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1");
	assert_client("10.0.0.1", "10.0.0.1", "[2001:db8::1]", "2001:db8::1");
	assert_client("10.0.0.1", "10.0.0.1", "2001:db8::1", "2001:db8::1");
}

static void what_is_no_address_ends_the_reading(void **state)
{
	(void)state;
	assert_client("10.0.0.0/8", "10.0.0.1", "192.0.2.9, unknown", "10.0.0.1");
	assert_client("10.0.0.0/8", "10.0.0.1", "192.0.2.9, , 10.0.0.2", "10.0.0.2");
	assert_client("10.0.0.0/8", "10.0.0.1", "[2001:db8::1", "10.0.0.1");
	assert_client("10.0.0.0/8", "10.0.0.1", "[]", "10.0.0.1");
	assert_client("10.0.0.0/8", "10.0.0.1", ":80", "10.0.0.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_believed_without_the_setting),
		cmocka_unit_test(a_stranger_is_not_believed),
		cmocka_unit_test(the_last_address_that_is_no_proxy_is_the_client),
		cmocka_unit_test(addresses_may_have_ports_and_brackets),
		cmocka_unit_test(what_is_no_address_ends_the_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
