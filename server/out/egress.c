/*
 * The guard of outgoing connections. Addresses are judged as 16 bytes with IPv4 mapped into
 * IPv6, so that no spelling of an address has a second road past the tables.
 */
#include "out/egress.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "must.h"

enum reach {
	REACH_CLOSED,	/* refused; a configured network that covers it opens it */
	REACH_NARROW,	/* opened only by a network that lies within this range */
	REACH_NEVER,	/* opened by nothing */
};

struct range {
	const char *network;
	enum reach reach;
};

/*
 * IANA special-purpose registries (RFC 6890 and later) and the metadata addresses of clouds.
 * The most specific range an address lies in decides.
 */
static const struct range ranges[] = {
	{ "0.0.0.0/8", REACH_NEVER },		/* this host: reaches the loopback */
	{ "10.0.0.0/8", REACH_CLOSED },
	{ "100.64.0.0/10", REACH_CLOSED },	/* carrier-grade NAT */
	{ "100.100.100.200/32", REACH_NARROW },	/* metadata */
	{ "127.0.0.0/8", REACH_NARROW },
	{ "169.254.0.0/16", REACH_NARROW },	/* link-local, metadata */
	{ "172.16.0.0/12", REACH_CLOSED },
	{ "192.0.0.0/24", REACH_CLOSED },
	{ "192.0.0.192/32", REACH_NARROW },	/* metadata */
	{ "192.0.2.0/24", REACH_CLOSED },	/* documentation */
	{ "192.31.196.0/24", REACH_CLOSED },
	{ "192.52.193.0/24", REACH_CLOSED },
	{ "192.88.99.0/24", REACH_CLOSED },	/* 6to4 relays */
	{ "192.168.0.0/16", REACH_CLOSED },
	{ "192.175.48.0/24", REACH_CLOSED },
	{ "198.18.0.0/15", REACH_CLOSED },	/* benchmarking */
	{ "198.51.100.0/24", REACH_CLOSED },	/* documentation */
	{ "203.0.113.0/24", REACH_CLOSED },	/* documentation */
	{ "224.0.0.0/4", REACH_NEVER },		/* multicast */
	{ "240.0.0.0/4", REACH_NEVER },		/* reserved, broadcast */
	{ "::/96", REACH_NEVER },		/* unspecified, IPv4-compatible */
	{ "::1/128", REACH_NARROW },
	{ "::ffff:0:0:0/96", REACH_NEVER },	/* IPv4-translated (RFC 2765) */
	{ "64:ff9b::/96", REACH_CLOSED },	/* NAT64 */
	{ "64:ff9b:1::/48", REACH_CLOSED },	/* NAT64, local use */
	{ "100::/64", REACH_NEVER },		/* discard */
	{ "2001::/23", REACH_CLOSED },		/* IETF protocols, Teredo among them */
	{ "2001:db8::/32", REACH_CLOSED },	/* documentation */
	{ "2002::/16", REACH_CLOSED },		/* 6to4 */
	{ "3fff::/20", REACH_CLOSED },		/* documentation */
	{ "5f00::/16", REACH_CLOSED },		/* SRv6 */
	{ "fc00::/7", REACH_CLOSED },		/* unique local */
	{ "fd00:ec2::254/128", REACH_NARROW },	/* metadata */
	{ "fd20:ce::254/128", REACH_NARROW },	/* metadata */
	{ "fe80::/10", REACH_NARROW },		/* link-local */
	{ "fec0::/10", REACH_CLOSED },		/* site-local, deprecated */
	{ "ff00::/8", REACH_NEVER },		/* multicast */
};

/* Only 2000::/3 is handed out as global unicast (RFC 4291); mapped IPv4 is judged as IPv4. */
static const char global_unicast[] = "2000::/3";

/* ---- networks ---- */

static const uint8_t mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

static void map_ipv4(const struct in_addr *v4, uint8_t ret_address[16])
{
	memcpy(ret_address, mapped_prefix, sizeof(mapped_prefix));
	memcpy(ret_address + sizeof(mapped_prefix), v4, 4);
}

static bool is_mapped(const uint8_t address[16])
{
	return memcmp(address, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

bool egress_rules_parse(struct str networks, bool is_http_allowed, struct egress_rules *ret_rules,
			struct str *ret_bad)
{
	struct egress_rules rules = { .is_http_allowed = is_http_allowed };

	if (!network_list_parse(networks, rules.allowed, EGRESS_ALLOWED_MAX, &rules.n, ret_bad))
		return false;
	*ret_rules = rules;
	return true;
}

/* ---- addresses ---- */

static struct network range_network(const char *text)
{
	struct network network;

	must(network_parse(str_of(text), &network));
	return network;
}

/* The most specific range that holds the address, NULL for the public Internet. */
static const struct range *range_of(const uint8_t address[16], struct network *ret_network)
{
	const struct range *found = NULL;

	for (size_t i = 0; i < array_count(ranges); i++) {
		struct network network = range_network(ranges[i].network);

		if (!network_holds(&network, address) ||
		    (found && network.bits <= ret_network->bits))
			continue;
		found = &ranges[i];
		*ret_network = network;
	}
	return found;
}

/* True when a configured network opens the address; `within`, when given, must hold it whole. */
static bool is_opened(const struct egress_rules *rules, const uint8_t address[16],
		      const struct network *within)
{
	for (uint32_t i = 0; i < rules->n; i++) {
		const struct network *allowed = &rules->allowed[i];

		if (network_holds(allowed, address) &&
		    (!within || (allowed->bits >= within->bits &&
				 network_holds(within, allowed->address))))
			return true;
	}
	return false;
}

static bool may_dial(const struct egress_rules *rules, const uint8_t address[16])
{
	struct network global = range_network(global_unicast), network;
	const struct range *range = range_of(address, &network);

	if (!range)
		return is_mapped(address) || network_holds(&global, address) ||
		       is_opened(rules, address, NULL);
	if (range->reach == REACH_NEVER)
		return false;
	return is_opened(rules, address, range->reach == REACH_NARROW ? &network : NULL);
}

bool egress_may_dial(const struct egress_rules *rules, const struct sockaddr *address)
{
	uint8_t bytes[16];

	if (address->sa_family == AF_INET) {
		struct sockaddr_in v4;

		memcpy(&v4, address, sizeof(v4));
		map_ipv4(&v4.sin_addr, bytes);
	} else if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 v6;

		memcpy(&v6, address, sizeof(v6));
		memcpy(bytes, &v6.sin6_addr, sizeof(bytes));
	} else {
		return false;
	}
	return may_dial(rules, bytes);
}

/* ---- URLs ---- */

static bool is_name(const char *host)
{
	size_t n = strlen(host), label = 0;

	for (size_t i = 0; i < n; i++) {
		char c = host[i];
		bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			       (c >= '0' && c <= '9') || c == '-' || c == '_';

		if (!is_word && c != '.')
			return false;
		label = c == '.' ? 0 : label + 1;
		if (label > 63 || (c == '.' && (i == 0 || host[i - 1] == '.')))
			return false;
	}
	return n > 0;
}

/* The resolver's own names for the loopback. */
static bool is_local_name(const char *host)
{
	static const char local[] = "localhost";
	size_t n = strlen(host), tail = sizeof(local) - 1;

	if (n && host[n - 1] == '.')
		n--;
	return n >= tail && strncasecmp(host + n - tail, local, tail) == 0 &&
	       (n == tail || host[n - tail - 1] == '.');
}

/* A name whose last label is a number is an address in some spelling (WHATWG URL, 3.5). */
static bool ends_in_number(const char *host)
{
	size_t n = strlen(host), end = n && host[n - 1] == '.' ? n - 1 : n, start = end;

	while (start && host[start - 1] != '.')
		start--;
	if (end - start > 2 && host[start] == '0' && (host[start + 1] | 0x20) == 'x')
		return true;
	for (size_t i = start; i < end; i++)
		if (host[i] < '0' || host[i] > '9')
			return false;
	return end > start;
}

/* True when the URL says the host as it was understood: 0x7f.1 is understood as 127.0.0.1. */
static bool is_written_so(struct str url, const char *host)
{
	const char *start = memchr(url.p, '/', url.n);
	struct str rest = { start + 2, url.n - (size_t)(start + 2 - url.p) };
	size_t n = strlen(host);

	return str_starts(rest, str_of(host)) && (rest.n == n || strchr(":/?", rest.p[n]));
}

static const char *host_refusal(const struct egress_rules *rules, struct str url,
				const char *host)
{
	static const char closed[] = "this address may not be dialled; an administrator can "
				     "open its network by webhook_allow_cidr, or "
				     "oidc_allow_cidr for the provider of sign-in";
	static const char strange[] = "the host is neither a name (in ASCII form) nor an "
				      "address in plain form";
	struct in6_addr v6;
	struct in_addr v4;
	uint8_t bytes[16];
	size_t n = strlen(host);

	if (n > EGRESS_HOST_MAX)
		return "the host name is longer than 253 characters";
	if (n > 2 && host[0] == '[') {
		char inner[INET6_ADDRSTRLEN] = "";

		if (n - 2 < sizeof(inner))
			memcpy(inner, host + 1, n - 2);
		if (inet_pton(AF_INET6, inner, &v6) != 1)
			return "the host is no IPv6 address";
		return may_dial(rules, v6.s6_addr) ? NULL : closed;
	}
	if (inet_pton(AF_INET, host, &v4) == 1) {
		map_ipv4(&v4, bytes);
		if (!is_written_so(url, host))
			return strange;
		return may_dial(rules, bytes) ? NULL : closed;
	}
	if (!is_name(host) || ends_in_number(host))
		return strange;
	if (is_local_name(host)) {
		must(inet_pton(AF_INET, "127.0.0.1", &v4) == 1);
		map_ipv4(&v4, bytes);
		return may_dial(rules, bytes) ? NULL : closed;
	}
	return NULL;
}

static const char *port_refusal(const char *text)
{
	uint64_t port;

	if (!str_to_u64(str_of(text), &port) || port > 65535 ||
	    (port != 80 && port != 443 && port < 1024))
		return "the port must be 80, 443 or 1024-65535";
	return NULL;
}

/* The part in a copy that the caller frees by curl_free(), NULL when the URL has none. */
static char *url_part(CURLU *url, CURLUPart part, unsigned flags)
{
	char *text = NULL;

	return curl_url_get(url, part, &text, flags) == CURLUE_OK ? text : NULL;
}

static bool has_part(CURLU *url, CURLUPart part)
{
	char *text = url_part(url, part, 0);

	curl_free(text);
	return text != NULL;
}

static const char *parts_refusal(const struct egress_rules *rules, struct str text, CURLU *url)
{
	if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD) ||
	    has_part(url, CURLUPART_OPTIONS))
		return "the URL may not carry a user name or password";
	if (has_part(url, CURLUPART_FRAGMENT))
		return "the URL may not have a fragment (#)";
	if (has_part(url, CURLUPART_ZONEID))
		return "the address may not name a network interface";

	char *host = url_part(url, CURLUPART_HOST, 0);
	char *port = url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	const char *refusal = !host || !port ? "the URL has no host" :
						  host_refusal(rules, text, host);

	if (!refusal)
		refusal = port_refusal(port);
	curl_free(host);
	curl_free(port);
	return refusal;
}

/* What curl would mend in silence is refused, so that everybody reads the same URL. */
static const char *text_refusal(const struct egress_rules *rules, struct str url)
{
	static const struct str https = { "https://", 8 }, http = { "http://", 7 };

	if (url.n == 0)
		return "the URL is empty";
	if (url.n > EGRESS_URL_MAX)
		return "the URL is longer than 2048 characters";
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~' || strchr("\\\"<>^`{|}", url.p[i]))
			return "the URL holds a character that must be percent-encoded";
	size_t scheme = str_starts(url, https) ? https.n :
			rules->is_http_allowed && str_starts(url, http) ? http.n : 0;
	if (scheme == 0)
		return rules->is_http_allowed ? "the URL must begin with https:// or http://" :
						"the URL must begin with https://";
	for (size_t i = scheme; i < url.n && !strchr("/?#", url.p[i]); i++)
		if (url.p[i] == '%')
			return "the host may not be percent-encoded";
	if (scheme == url.n || url.p[scheme] == '/')
		return "the URL has no host";
	/* "//u:p@h" with empty parts: curl would drop the sign. */
	for (size_t i = scheme; i < url.n && !strchr("/?#", url.p[i]); i++)
		if (url.p[i] == '@')
			return "the URL may not carry a user name or password";
	if (memchr(url.p, '#', url.n))
		return "the URL may not have a fragment (#)";
	return NULL;
}

const char *egress_url_refusal(const struct egress_rules *rules, struct str url)
{
	char copy[EGRESS_URL_MAX + 1];
	const char *refusal = text_refusal(rules, url);

	if (refusal)
		return refusal;
	memcpy(copy, url.p, url.n);
	copy[url.n] = '\0';
	CURLU *parsed = curl_url();
	must(parsed);
	if (curl_url_set(parsed, CURLUPART_URL, copy, CURLU_DISALLOW_USER) != CURLUE_OK)
		refusal = "this is not a URL";
	else
		refusal = parts_refusal(rules, url, parsed);
	curl_url_cleanup(parsed);
	return refusal;
}
