/*
 * Requests that another site made a browser send. Cookies travel by themselves, so what changes
 * something needs proof, twice over, that our own page asked for it: an Origin (or Referer) that
 * is ours, and the session's token, which no other page can read. An API key travels only where
 * it is put and needs neither.
 */
#include <string.h>

#include "crypto.h"
#include "module.h"
#include "net/header.h"
#include "net/request.h"

static bool is_ours(const struct req *r, struct str origin)
{
	return header_is_origin(origin, http_is_tls() ? "https" : "http", req_header(r, "Host"));
}

/* The part of a Referer that an Origin would say. */
static struct str origin_of(struct str referer)
{
	size_t slashes = 0, n = 0;

	for (; n < referer.n; n++)
		if (referer.p[n] == '/' && ++slashes == 3)
			break;
	return (struct str){ referer.p, n };
}

enum whence { WHENCE_UNKNOWN, WHENCE_OURS, WHENCE_FOREIGN };

static enum whence whence(const struct req *r)
{
	struct str site = req_header(r, "Sec-Fetch-Site"), origin = req_header(r, "Origin");
	struct str referer = req_header(r, "Referer");

	if (site.p && !str_is(site, "same-origin") && !str_is(site, "none"))
		return WHENCE_FOREIGN;
	if (origin.p)
		return is_ours(r, origin) ? WHENCE_OURS : WHENCE_FOREIGN;
	if (referer.p)
		return is_ours(r, origin_of(referer)) ? WHENCE_OURS : WHENCE_FOREIGN;
	return WHENCE_UNKNOWN;
}

/* What a person follows a link to is shown to them alone; anything else would be for a page. */
static bool is_navigation(const struct req *r)
{
	return str_is(req_header(r, "Sec-Fetch-Mode"), "navigate") &&
	       str_is(req_header(r, "Sec-Fetch-Dest"), "document");
}

static bool has_token(const struct req *r)
{
	struct str token = req_header(r, "X-CSRF-Token");

	return token.p && r->session_token.p && crypto_same(token, r->session_token);
}

enum forgery request_forgery(const struct req *r)
{
	enum whence from = whence(r);
	bool is_open = r->match.route->access->is_public;

	if (req_header(r, "Authorization").p)
		return NOT_FORGED;
	if (r->method == METHOD_GET)
		return from == WHENCE_FOREIGN && r->session.p && !is_open && !is_navigation(r) ?
			FORGED_ORIGIN : NOT_FORGED;
	if (from == WHENCE_FOREIGN || (r->session.p && from == WHENCE_UNKNOWN))
		return FORGED_ORIGIN;
	/* Who signs in has no token yet, or that of a session which is over. */
	return r->actor.kind == ACTOR_ACCOUNT && !is_open && !has_token(r) ? FORGED_TOKEN :
									      NOT_FORGED;
}
