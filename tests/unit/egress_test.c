/* What may be dialled: addresses in every spelling, networks that open them, and URLs. */
#include "out/egress.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct egress_rules rules_of(const char *networks, bool is_http_allowed)
{
	struct egress_rules rules;
	struct str bad;

	assert_true(egress_rules_parse(str_of(networks), is_http_allowed, &rules, &bad));
	return rules;
}

static bool may_dial(const struct egress_rules *rules, const char *address)
{
	struct sockaddr_storage to = { 0 };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(443) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(443) };

	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1) {
		memcpy(&to, &v4, sizeof(v4));
	} else {
		assert_int_equal(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
		memcpy(&to, &v6, sizeof(v6));
	}
	return egress_may_dial(rules, (const struct sockaddr *)&to);
}

static void the_public_internet_may_be_dialled(void **state)
{
	static const char *const open[] = {
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255",
		"100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.255.255", "169.255.0.0",
		"172.15.255.255", "172.32.0.0", "192.0.1.1", "192.0.3.0", "192.167.255.255",
		"192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.112.255", "203.0.114.0",
		"223.255.255.255", "2400:cb00::1", "2606:4700::1111", "2a00:1450::1", "2001:200::1",
		"::ffff:8.8.8.8",
	};
	struct egress_rules rules = rules_of("", false);

	(void)state;
	for (size_t i = 0; i < array_count(open); i++)
		if (!may_dial(&rules, open[i]))
			fail_msg("%s is public", open[i]);
}

static const char *const closed[] = {
	"0.0.0.0", "0.1.2.3", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0",
	"100.100.100.200", "100.127.255.255", "127.0.0.0", "127.0.0.1", "127.255.255.255",
	"169.254.0.1", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.1",
	"192.0.0.192", "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1",
	"192.168.255.255", "192.175.48.1", "198.18.0.0", "198.19.255.255", "198.51.100.7",
	"203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
	"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
	"::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1", "100::1",
	"2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2002:7f00:1::",
	"2002:a00:1::1", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "8000::1", "fc00::1",
	"fd00:ec2::254", "fd12:3456::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1",
};

static void everything_else_is_refused(void **state)
{
	struct egress_rules rules = rules_of("", true);

	(void)state;
	for (size_t i = 0; i < array_count(closed); i++)
		if (may_dial(&rules, closed[i]))
			fail_msg("%s may not be dialled", closed[i]);
}

static void an_address_family_without_addresses_is_refused(void **state)
{
	struct egress_rules rules = rules_of("0.0.0.0/0, ::/0", true);
	struct sockaddr_storage local = { .ss_family = AF_UNIX };

	(void)state;
	assert_false(egress_may_dial(&rules, (const struct sockaddr *)&local));
}

struct opening {
	const char *networks, *address;
	bool may;
};

static const struct opening openings[] = {
	{ "10.20.0.0/16", "10.20.3.4", true },
	{ "10.20.0.0/16", "::ffff:10.20.3.4", true },
	{ "10.20.0.0/16", "10.21.0.1", false },
	{ "10.20.0.0/16", "64:ff9b::10.20.3.4", false },
	{ "10.20.3.4", "10.20.3.4", true },
	{ "10.20.3.4", "10.20.3.5", false },
	{ " 192.168.0.0/16 ,10.0.0.0/9,", "10.127.1.1", true },
	{ "10.0.0.0/9", "10.128.0.0", false },
	{ "fd12::/48", "fd12::7", true },
	{ "fd12::/48", "fd12:0:1::7", false },
	{ "100.64.0.0/10", "100.64.1.1", true },
	/* Loopback, link-local and metadata: by an entry of their own only. */
	{ "0.0.0.0/0", "10.1.1.1", true },
	{ "0.0.0.0/0", "127.0.0.1", false },
	{ "0.0.0.0/0", "169.254.169.254", false },
	{ "126.0.0.0/7", "127.0.0.1", false },
	{ "127.0.0.0/8", "127.0.0.1", true },
	{ "127.0.0.0/8", "127.9.9.9", true },
	{ "127.0.0.1", "127.0.0.1", true },
	{ "127.0.0.1/32", "127.0.0.2", false },
	{ "127.0.0.0/8", "::1", false },
	{ "127.0.0.0/8", "0.0.0.0", false },
	{ "127.0.0.0/8", "::ffff:127.0.0.1", true },
	{ "::1", "::1", true },
	{ "::/0", "::1", false },
	{ "::/0", "fe80::1", false },
	{ "::/0", "127.0.0.1", false },
	{ "::/0", "fd12::1", true },
	{ "fe80::/10", "fe80::1", true },
	{ "169.254.0.0/16", "169.254.1.1", true },
	{ "100.64.0.0/10", "100.100.100.200", false },
	{ "100.100.100.200", "100.100.100.200", true },
	{ "fc00::/7", "fd00:ec2::254", false },
	{ "192.0.0.0/24", "192.0.0.192", false },
	/* Nothing opens these. */
	{ "0.0.0.0/8", "0.0.0.0", false },
	{ "224.0.0.0/4", "224.0.0.1", false },
	{ "255.255.255.255", "255.255.255.255", false },
	{ "ff00::/8", "ff02::1", false },
	{ "::", "::", false },
};

static void a_network_opens_what_lies_in_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_count(openings); i++) {
		const struct opening *o = &openings[i];
		struct egress_rules rules = rules_of(o->networks, false);

		if (may_dial(&rules, o->address) != o->may)
			fail_msg("%s with %s: %s", o->address, o->networks,
				 o->may ? "may be dialled" : "may not be dialled");
	}
}

static void a_network_that_is_none_is_named(void **state)
{
	static const char *const bad[] = {
		"10.0.0.0/33", "10.0.0.1/8", "10.0.0", "10.0.0.0/", "10.0.0.0/-1", "::/129",
		"fd12::1/48", "localhost", "10.0.0.0/8/8", "999.0.0.0/8", "0x7f000001",
	};
	struct egress_rules rules;

	(void)state;
	for (size_t i = 0; i < array_count(bad); i++) {
		char list[64];
		struct str named = STR_NONE;

		snprintf(list, sizeof(list), "10.0.0.0/8, %s", bad[i]);
		if (egress_rules_parse(str_of(list), false, &rules, &named))
			fail_msg("%s is no network", bad[i]);
		assert_true(str_is(named, bad[i]));
	}
}

/* URLs whose host is the loopback or another closed address, however it is written. */
static const char *const closed_urls[] = {
	"https://127.0.0.1/", "https://127.0.0.1:8443/hook", "https://127.1/", "https://127.0.1/",
	"https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://0177.0.0.1/",
	"https://017700000001/", "https://0/", "https://0.0.0.0/", "https://127.0.0.1./",
	"https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://a.localhost/",
	"https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::ffff:127.0.0.1]/",
	"https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/",
	"https://[2002:7f00:1::]/", "https://[fe80::1]/", "https://[fd00:ec2::254]/",
	"https://169.254.169.254/latest/meta-data/", "https://[::ffff:169.254.169.254]/",
	"https://2852039166/", "https://10.0.0.1/", "https://192.168.1.1/", "https://172.16.0.1/",
	"https://100.100.100.200/", "https://224.0.0.1/", "https://255.255.255.255/",
	"https://0x0a000001/", "https://10.1/", "https://012.0.0.1/",
};

static void closed_addresses_are_refused_in_every_spelling(void **state)
{
	struct egress_rules rules = rules_of("", true);

	(void)state;
	for (size_t i = 0; i < array_count(closed_urls); i++)
		if (!egress_url_refusal(&rules, str_of(closed_urls[i])))
			fail_msg("%s was taken", closed_urls[i]);
}

static const char *const broken_urls[] = {
	"", " ", "https", "https:", "https:/", "https://", "https:///", "https:///path",
	"https:/example.org/", "//example.org/", "example.org", "example.org/hook",
	"http://example.org/", "HTTPS://example.org/", "ftp://example.org/", "file:///etc/passwd",
	"gopher://example.org/", "dict://example.org:11211/", "javascript:alert(1)", "data:,x",
	"ldap://example.org/", "https://user@example.org/", "https://user:pw@example.org/",
	"https://@example.org/", "https://:@example.org/", "https://example.org#f",
	"https://example.org/#", "https://example.org/a#b", "https://example.org:22/",
	"https://example.org:25/", "https://example.org:0/", "https://example.org:1023/",
	"https://example.org:65536/", "https://example.org:99999999999/", "https://example.org:-1/",
	"https://example.org:8443x/", "https://example.org:+443/", "https://exa mple.org/",
	"https://example.org/a b", "https://example.org/\t", "https://example.org/\n",
	"https://example.org/\r\nX: y", "https://example.org/\x7f", "https://ex\xc3\xa4mple.org/",
	"https://example.org/\xe4\xb8\xad", "https://example.org\\@127.0.0.1/",
	"https://example.org\\.evil/", "https://127%2e0%2e0%2e1/", "https://%31%32%37.0.0.1/",
	"https://[fe80::1%25eth0]/", "https://[::1", "https://::1/", "https://[]/", "https://[v1.x]/",
	"https://exa_mple..org/", "https://.example.org/", "https://exam$ple.org/",
	"https://example.org`/", "https://example.org/{x}", "https://example.org/<x>",
	"https://example.org/\"", "https://1.2.3.4.5/", "https://134744072/", "https://8.8.2056/",
	"https://010.8.8.8/",
	"https://0x8.8.8.8/", "https://8.8.8.8./", "https://256.256.256.256/",
	"https://example.0x10/", "https://example.99/", "https://example.org:443:443/",
};

static void what_is_no_plain_https_url_is_refused(void **state)
{
	struct egress_rules rules = rules_of("127.0.0.0/8", false);

	(void)state;
	for (size_t i = 0; i < array_count(broken_urls); i++)
		if (!egress_url_refusal(&rules, str_of(broken_urls[i])))
			fail_msg("%s was taken", broken_urls[i]);
}

static void plain_urls_are_taken(void **state)
{
	static const char *const good[] = {
		"https://example.org", "https://example.org/", "https://example.org/hooks/a?b=c&d=%20",
		"https://example.org:443/", "https://example.org:8443/x", "https://example.org:1024",
		"https://example.org:65535/", "https://hooks.city.example.cn./in", "https://8.8.8.8/",
		"https://[2606:4700::1111]/x", "https://a-b.c_d.example/", "https://xn--fiqs8s/",
		"https://example.org/a@b", "https://example.org:80/",
	};
	struct egress_rules rules = rules_of("", false);

	(void)state;
	for (size_t i = 0; i < array_count(good); i++) {
		const char *refusal = egress_url_refusal(&rules, str_of(good[i]));

		if (refusal)
			fail_msg("%s: %s", good[i], refusal);
	}
}

static void http_and_the_loopback_are_opened_by_settings_only(void **state)
{
	struct egress_rules demo = rules_of("127.0.0.0/8", true);
	struct egress_rules strict = rules_of("", false);

	(void)state;
	assert_null(egress_url_refusal(&demo, STR("http://127.0.0.1:9000/hook")));
	assert_null(egress_url_refusal(&demo, STR("http://localhost:9000/hook")));
	assert_null(egress_url_refusal(&demo, STR("https://127.0.0.1:9000/hook")));
	assert_non_null(egress_url_refusal(&demo, STR("http://2130706433/")));
	assert_non_null(egress_url_refusal(&demo, STR("http://[::1]:9000/hook")));
	assert_non_null(egress_url_refusal(&demo, STR("http://0.0.0.0:9000/hook")));
	assert_non_null(egress_url_refusal(&demo, STR("http://10.0.0.1/hook")));
	assert_non_null(egress_url_refusal(&strict, STR("http://example.org/")));
	assert_non_null(egress_url_refusal(&strict, STR("https://localhost:9000/hook")));
}

static void lengths_are_bounded(void **state)
{
	struct egress_rules rules = rules_of("", false);
	char url[EGRESS_URL_MAX + 2] = "https://example.org/";
	char host[EGRESS_HOST_MAX + 64] = "https://";

	(void)state;
	memset(url + strlen(url), 'a', EGRESS_URL_MAX - strlen(url));
	assert_null(egress_url_refusal(&rules, (struct str){ url, EGRESS_URL_MAX }));
	url[EGRESS_URL_MAX] = 'a';
	assert_non_null(egress_url_refusal(&rules, (struct str){ url, EGRESS_URL_MAX + 1 }));

	for (size_t i = 8; i < 8 + EGRESS_HOST_MAX; i++)
		host[i] = i % 32 == 7 ? '.' : 'a';
	assert_null(egress_url_refusal(&rules, (struct str){ host, 8 + EGRESS_HOST_MAX }));
	host[8 + EGRESS_HOST_MAX] = 'a';
	assert_non_null(egress_url_refusal(&rules, (struct str){ host, 9 + EGRESS_HOST_MAX }));
	memset(host + 8, 'a', 64);
	assert_non_null(egress_url_refusal(&rules, (struct str){ host, 8 + 64 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_public_internet_may_be_dialled),
		cmocka_unit_test(everything_else_is_refused),
		cmocka_unit_test(an_address_family_without_addresses_is_refused),
		cmocka_unit_test(a_network_opens_what_lies_in_it),
		cmocka_unit_test(a_network_that_is_none_is_named),
		cmocka_unit_test(closed_addresses_are_refused_in_every_spelling),
		cmocka_unit_test(what_is_no_plain_https_url_is_refused),
		cmocka_unit_test(plain_urls_are_taken),
		cmocka_unit_test(http_and_the_loopback_are_opened_by_settings_only),
		cmocka_unit_test(lengths_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
