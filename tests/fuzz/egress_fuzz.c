/* Any URL and any list of networks: what is taken is plain https to a port and host that the
 * rules allow, told by looking at its bytes alone. */
#include "must.h"
#include "out/egress.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

static size_t authority_end(struct str url)
{
	size_t end = sizeof("https://") - 1;

	while (end < url.n && !memchr("/?#", url.p[end], 3))
		end++;
	return end;
}

static bool is_dotted(struct str host)
{
	for (size_t i = 0; i < host.n; i++)
		if (!memchr("0123456789.", host.p[i], 11))
			return false;
	return true;
}

static void must_be_plain(struct str url)
{
	struct str rest = { url.p + 8, url.n - 8 };

	must(url.n <= EGRESS_URL_MAX && str_starts(url, STR("https://")));
	must(!memchr(url.p, '#', url.n) && !memchr(url.p, '\\', url.n));
	for (size_t i = 0; i < url.n; i++)
		must(url.p[i] > ' ' && url.p[i] < 0x7f);
	rest.n = authority_end(url) - 8;
	must(rest.n > 0 && !memchr(rest.p, '@', rest.n) && !memchr(rest.p, '%', rest.n));
	if (is_dotted(rest)) {
		must(!str_starts(rest, STR("127.")) && !str_starts(rest, STR("10.")));
		must(!str_starts(rest, STR("169.254.")) && !str_starts(rest, STR("192.168.")));
		must(!str_starts(rest, STR("0")));
	}
	must(!str_starts(rest, STR("[::1]")) && !str_starts(rest, STR("[f")));
	must(!str_is(rest, "localhost"));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	const struct egress_rules strict = { .is_http_allowed = false };
	struct str text = { (const char *)input, n };
	struct egress_rules rules;
	struct str bad;

	if (!egress_url_refusal(&strict, text))
		must_be_plain(text);
	if (egress_rules_parse(text, true, &rules, &bad)) {
		must(rules.n <= EGRESS_ALLOWED_MAX);
		for (uint32_t i = 0; i < rules.n; i++)
			must(rules.allowed[i].bits <= 128);
	} else {
		must(bad.n > 0 && bad.p >= text.p && bad.p + bad.n <= text.p + text.n);
	}
	return 0;
}
