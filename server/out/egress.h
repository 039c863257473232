/*
 * What this server may dial on behalf of a URL that somebody else typed in (server-side request
 * forgery). Two judgements: of the URL's text, before it is stored; and of every address that
 * is really dialled, after name resolution, so that a name that answers well once and badly
 * later gains nothing. Everything is refused that is not on the public Internet, unless a
 * configured network opens it.
 *
 * Threads: values; any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "attr.h"
#include "network.h"
#include "str.h"

enum {
	EGRESS_ALLOWED_MAX = 64,
	EGRESS_URL_MAX = 2048,
	EGRESS_HOST_MAX = 253,
};

struct egress_rules {
	bool is_http_allowed;
	uint32_t n;
	struct network allowed[EGRESS_ALLOWED_MAX];
};

/*
 * Rules from the settings webhook_allow_cidr ("10.20.0.0/16, fd12::/48") and
 * webhook_allow_http. False with the bad entry in *ret_bad when the list cannot be read.
 */
bool egress_rules_parse(struct str networks, bool is_http_allowed, struct egress_rules *ret_rules,
			struct str *ret_bad) MUST_USE;

/*
 * True when the address may be dialled. IPv4 inside IPv6 (::ffff:0:0/96) is judged as IPv4;
 * NAT64, 6to4 and Teredo, which carry an IPv4 address out of sight, are refused. Loopback,
 * link-local and the clouds' metadata addresses are opened only by a network that lies wholly
 * within their own range, never by a wider one; multicast and unspecified ones by nothing.
 */
bool egress_may_dial(const struct egress_rules *rules, const struct sockaddr *address)
	MUST_USE;

/*
 * NULL when the URL may be stored, else a sentence that says why not: https only (or http, by
 * setting), no user name, no fragment, port 80, 443 or 1024-65535, no address that may not be
 * dialled in any spelling. Names are not resolved here.
 */
const char *egress_url_refusal(const struct egress_rules *rules, struct str url);
