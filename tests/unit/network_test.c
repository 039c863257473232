/* Addresses and networks as text: what is read, what is not, and what a network holds. */
#include "network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool holds(const char *network_text, const char *address_text)
{
	uint8_t address[NETWORK_ADDRESS_BYTES];
	struct network network;

	assert_true(network_parse(str_of(network_text), &network));
	assert_true(network_address(str_of(address_text), address));
	return network_holds(&network, address);
}

static void a_network_holds_its_addresses_to_the_last_bit(void **state)
{
	(void)state;
	assert_true(holds("10.20.0.0/16", "10.20.0.0"));
	assert_true(holds("10.20.0.0/16", "10.20.255.255"));
	assert_false(holds("10.20.0.0/16", "10.21.0.0"));
	assert_false(holds("10.20.0.0/16", "10.19.255.255"));
	assert_true(holds("192.0.2.128/25", "192.0.2.128"));
	assert_true(holds("192.0.2.128/25", "192.0.2.255"));
	assert_false(holds("192.0.2.128/25", "192.0.2.127"));
	assert_true(holds("192.0.2.4/30", "192.0.2.7"));
	assert_false(holds("192.0.2.4/30", "192.0.2.8"));
	assert_true(holds("192.0.2.1", "192.0.2.1"));
	assert_false(holds("192.0.2.1", "192.0.2.0"));
	assert_true(holds("fd12:3456::/33", "fd12:3456:7fff::1"));
	assert_false(holds("fd12:3456::/33", "fd12:3456:8000::1"));
	assert_true(holds("::/0", "2001:db8::1"));
	assert_true(holds("0.0.0.0/0", "203.0.113.9"));
}

static void ipv4_has_one_form_however_it_is_written(void **state)
{
	(void)state;
	assert_true(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
	assert_true(holds("::ffff:10.0.0.0/104", "10.1.2.3"));
	assert_false(holds("0.0.0.0/0", "2001:db8::1"));
	assert_false(holds("10.0.0.0/8", "::10.1.2.3"));
}

static void what_is_no_network_is_not_read(void **state)
{
	static const char *const bad[] = {
		"", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8",
		"10.0.0.1/8", "10.0.0.256", "010.0.0.1", "0x0a.0.0.1", "a.example", "::/129",
		"::1/64", "fe80::1%eth0", "1.2.3.4:80", "[::1]", " 10.0.0.1", "10.0.0.1 ",
		"10.0.0.0/8a", "2001:db8:0000:0000:0000:0000:0000:0000:0000:0000:0000/128",
	};
	struct network network;
	uint8_t address[NETWORK_ADDRESS_BYTES];

	(void)state;
	for (size_t i = 0; i < array_count(bad); i++)
		if (network_parse(str_of(bad[i]), &network))
			fail_msg("%s was read", bad[i]);
	assert_false(network_parse(STR_NONE, &network));
	assert_false(network_parse(STR("10.0.0.1\0/8"), &network));
	assert_false(network_address(STR("10.0.0.0/8"), address));
	assert_false(network_address(STR(""), address));
}

static void a_list_is_read_whole_or_names_what_is_bad(void **state)
{
	struct network networks[3];
	uint8_t address[NETWORK_ADDRESS_BYTES];
	struct str bad = STR_NONE;
	uint32_t n = 9;

	(void)state;
	assert_true(network_list_parse(STR(""), networks, 3, &n, &bad));
	assert_int_equal(n, 0);
	assert_true(network_list_parse(STR(" 10.0.0.0/8 ,,\tfd12::/16\t, 192.0.2.1,"), networks, 3,
				       &n, &bad));
	assert_int_equal(n, 3);
	assert_true(network_address(STR("fd12::9"), address));
	assert_true(network_list_holds(networks, n, address));
	assert_true(network_address(STR("192.0.2.2"), address));
	assert_false(network_list_holds(networks, n, address));
	assert_false(network_list_holds(networks, 0, address));
	assert_false(network_list_parse(STR("10.0.0.0/8, ten, fd12::/16"), networks, 3, &n, &bad));
	assert_true(str_is(bad, "ten"));
	assert_false(network_list_parse(STR("10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4"), networks, 3, &n,
					&bad));
	assert_true(str_is(bad, "10.0.0.4"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_network_holds_its_addresses_to_the_last_bit),
		cmocka_unit_test(ipv4_has_one_form_however_it_is_written),
		cmocka_unit_test(what_is_no_network_is_not_read),
		cmocka_unit_test(a_list_is_read_whole_or_names_what_is_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
