/* X-Forwarded-For from its end; "[::1]:4711" and "10.0.0.1:4711" are addresses, too. */
#include "net/forwarded.h"

#include <string.h>

/* Takes the part behind the last comma off the end of *rest, without blanks around it. */
static struct str take_last(struct str *rest)
{
	const char *comma = memrchr(rest->p, ',', rest->n);
	size_t from = comma ? (size_t)(comma + 1 - rest->p) : 0;
	struct str part = { rest->p + from, rest->n - from };

	rest->n = comma ? from - 1 : 0;
	while (part.n > 0 && (part.p[0] == ' ' || part.p[0] == '\t'))
		part = (struct str){ part.p + 1, part.n - 1 };
	while (part.n > 0 && (part.p[part.n - 1] == ' ' || part.p[part.n - 1] == '\t'))
		part.n--;
	return part;
}

/* Without brackets and port, where it has some. */
static struct str bare(struct str entry)
{
	const char *end;

	if (entry.n > 0 && entry.p[0] == '[') {
		end = memchr(entry.p, ']', entry.n);
		return end ? (struct str){ entry.p + 1, (size_t)(end - entry.p) - 1 } : entry;
	}
	end = entry.n ? memchr(entry.p, ':', entry.n) : NULL;
	if (!end || memchr(end + 1, ':', entry.n - (size_t)(end + 1 - entry.p)))
		return entry;	/* without a port, or IPv6 */
	return (struct str){ entry.p, (size_t)(end - entry.p) };
}

bool forwarded_is_proxy(const struct forwarded_proxies *proxies, struct str peer)
{
	uint8_t address[NETWORK_ADDRESS_BYTES];

	return proxies->n > 0 && network_address(peer, address) &&
	       network_list_holds(proxies->v, proxies->n, address);
}

struct str forwarded_client(const struct forwarded_proxies *proxies, struct str peer,
			    struct str value)
{
	uint8_t address[NETWORK_ADDRESS_BYTES];
	struct str client = peer;

	while (value.n > 0 && forwarded_is_proxy(proxies, client)) {
		struct str entry = bare(take_last(&value));

		if (!network_address(entry, address))
			break;
		client = entry;
	}
	return client;
}
