#include "out/oidc_settings.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/secret_file.h"
#include "module.h"
#include "must.h"

enum { SUBJECT_MAX = 255 };

const struct setting oidc_settings[] = {
	{ "oidc_issuer", SETTING_TEXT, "", .fixed = true, .help =
	  "Provider of OpenID Connect that people may sign in by, as its discovery document "
	  "names it; empty: none. The program must be built with OIDC=1." },
	{ "oidc_client_id", SETTING_TEXT, "", .fixed = true, .help =
	  "What this service is called at the provider." },
	{ "oidc_client_secret_file", SETTING_PATH, "", .fixed = true, .help =
	  "File with the secret it has there; empty: a public client, which PKCE alone "
	  "protects." },
	{ "oidc_base_url", SETTING_TEXT, "", .fixed = true, .help =
	  "Address of this service as browsers see it, such as https://desk.example; the "
	  "provider sends them back to /api/v1/oidc/callback below it." },
	{ "oidc_name", SETTING_TEXT, "OpenID Connect", .help =
	  "What the button on the sign-in page calls the provider." },
	{ "oidc_scope", SETTING_TEXT, "openid", .fixed = true, .help =
	  "What is asked of the provider; add profile or email where accounts are linked by "
	  "user name or e-mail address." },
	{ "oidc_ca_file", SETTING_PATH, "", .fixed = true, .help =
	  "Certificates of the authorities that the provider is trusted by; empty: the "
	  "system's." },
	{ "oidc_hosts", SETTING_LIST, "", .fixed = true, .help =
	  "Hosts, with :PORT where it is not the usual one, that the provider's addresses may "
	  "name besides the issuer's own." },
	{ "oidc_allow_cidr", SETTING_LIST, "", .fixed = true, .help =
	  "Networks outside of the public Internet in which the provider may be; as "
	  "webhook_allow_cidr." },
	{ "oidc_allow_http", SETTING_BOOL, "false", .fixed = true, .help =
	  "Whether a provider on this machine's loopback may be asked without TLS, for trying "
	  "things out." },
	{ "oidc_timeout", SETTING_INT, "8", 1, 20, .unit = "s", .fixed = true, .help =
	  "How long the provider may take for all that one sign-in asks of it." },
	{ "oidc_role_claim", SETTING_TEXT, "", .fixed = true, .help =
	  "Claim of the ID token whose words make an account for a person who has none, by "
	  "oidc_role_map; empty: accounts are linked by an administrator." },
	{ "oidc_role_map", SETTING_LIST, "", .fixed = true, .help =
	  "Which word of that claim is which role, the first that fits: WORD=ROLE or "
	  "WORD=ROLE:UNIT." },
	{ 0 }
};

/* ---- addresses ---- */

struct egress_rules oidc_egress(void)
{
	struct egress_rules rules;
	struct str bad;

	must(egress_rules_parse(setting_str("oidc_allow_cidr"), setting_bool("oidc_allow_http"),
				&rules, &bad));
	return rules;
}

/* host[:port] of a URL that has passed egress_url_refusal(). */
static struct str authority_of(struct str url)
{
	const char *start = memchr(url.p, '/', url.n);
	struct str rest = { start + 2, url.n - (size_t)(start + 2 - url.p) };
	size_t n = 0;

	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?')
		n++;
	return (struct str){ rest.p, n };
}

static bool is_same_host(struct str a, struct str b)
{
	return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

static bool is_loopback(struct str authority)
{
	static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };

	for (size_t i = 0; i < array_count(names); i++) {
		struct str name = str_of(names[i]);

		if (str_starts(authority, name) &&
		    (authority.n == name.n || authority.p[name.n] == ':'))
			return true;
	}
	return false;
}

static bool is_of_provider(struct str authority)
{
	struct str hosts = setting_str("oidc_hosts");

	if (is_same_host(authority, authority_of(setting_str("oidc_issuer"))))
		return true;
	while (hosts.n > 0)
		if (is_same_host(authority, str_trim(str_take(&hosts, ','))))
			return true;
	return false;
}

const char *oidc_url_refusal(struct str url)
{
	const struct egress_rules rules = oidc_egress();
	const char *refusal = egress_url_refusal(&rules, url);

	if (refusal)
		return refusal;
	if (str_starts(url, STR("http://")) && !is_loopback(authority_of(url)))
		return "http:// is for a provider on the loopback alone";
	if (!is_of_provider(authority_of(url)))
		return "the host is neither the issuer's nor one of oidc_hosts";
	return NULL;
}

/* ---- the start ---- */

static bool complain(char *why, size_t why_size, const char *name, const char *sentence)
{
	snprintf(why, why_size, "%s: %s", name, sentence);
	return false;
}

static bool is_empty_or_readable(const char *name)
{
	struct str path = setting_str(name);

	return path.n == 0 || access(path.p, R_OK) == 0;
}

static bool is_empty_or_secret(const char *name, char *why, size_t why_size)
{
	struct str path = setting_str(name);

	return path.n == 0 || secret_file_check(name, path.p, why, why_size);
}

static bool networks_are_read(void)
{
	struct egress_rules rules;
	struct str bad;

	return egress_rules_parse(setting_str("oidc_allow_cidr"), false, &rules, &bad);
}

/* Scheme and host, nothing behind them. */
static bool is_base(struct str url)
{
	struct str rest;

	if (str_starts(url, STR("https://")))
		rest = (struct str){ url.p + 8, url.n - 8 };
	else
		return false;
	for (size_t i = 0; i < rest.n; i++)
		if (rest.p[i] <= ' ' || rest.p[i] > '~' || strchr("/?#@\\\"", rest.p[i]))
			return false;
	return rest.n > 0;
}

static bool is_role_rule(struct str entry)
{
	struct str word = str_take(&entry, '=');

	return word.n > 0 && str_index(str_take(&entry, ':'), role_names) >= 0;
}

static bool role_rules_are_read(void)
{
	struct str list = setting_str("oidc_role_map");

	while (list.n > 0)
		if (!is_role_rule(str_trim(str_take(&list, ','))))
			return false;
	return true;
}

bool oidc_settings_check(char *why, size_t why_size)
{
	struct str issuer = setting_str("oidc_issuer"), client = setting_str("oidc_client_id");

	if (issuer.n == 0)
		return true;
	if (!oidc_is_built)
		return complain(why, why_size, "oidc_issuer",
				"this program was built without OpenID Connect; build it by "
				"`make OIDC=1`, or leave the setting empty");
	if (!networks_are_read())
		return complain(why, why_size, "oidc_allow_cidr",
				"a list of networks such as 10.20.0.0/16 is needed");
	const char *refusal = oidc_url_refusal(issuer);
	if (refusal)
		return complain(why, why_size, "oidc_issuer", refusal);
	if (memchr(issuer.p, '?', issuer.n) || issuer.n > SUBJECT_MAX)
		return complain(why, why_size, "oidc_issuer",
				"an issuer has at most 255 characters and no query");
	if (client.n == 0)
		return complain(why, why_size, "oidc_client_id", "is needed with oidc_issuer");
	if (!is_base(setting_str("oidc_base_url")))
		return complain(why, why_size, "oidc_base_url",
				"write https:// and the host (with its port) that browsers use, "
				"without a path");
	if (!is_empty_or_secret("oidc_client_secret_file", why, why_size))
		return false;
	if (!is_empty_or_readable("oidc_ca_file"))
		return complain(why, why_size, "oidc_ca_file", "cannot be read");
	if (!role_rules_are_read())
		return complain(why, why_size, "oidc_role_map",
				"write WORD=ROLE or WORD=ROLE:UNIT, with one of the service's "
				"roles");
	return true;
}
