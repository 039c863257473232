#include "net/security_txt.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "must.h"
#include "net/request.h"

/* Less than a year (RFC 9116, 2.5.5), counted anew with every answer. */
#define EXPIRES_AFTER (180 * CLOCK_DAY)

const struct setting security_settings[] = {
	{ "security_contact", SETTING_LIST, "",
	  .help = "Where weaknesses are told of, as URIs: mailto:, https:// or tel:; shown in "
		  "/.well-known/security.txt. Empty: there is no such file." },
	{ "security_canonical", SETTING_TEXT, "",
	  .help = "Address of that file as callers see it, https://; empty: by the request's "
		  "Host." },
	{ "security_languages", SETTING_LIST, "zh,en",
	  .help = "Languages in which one may write to the contact." },
	{ 0 }
};

/* The next entry of a comma separated list; false at its end. */
static bool next_entry(struct str *list, struct str *ret)
{
	while (list->n > 0 && (list->p[0] == ' ' || list->p[0] == ',')) {
		list->p++;
		list->n--;
	}
	const char *comma = memchr(list->p, ',', list->n);

	*ret = (struct str){ list->p, comma ? (size_t)(comma - list->p) : list->n };
	list->p += ret->n;
	list->n -= ret->n;
	while (ret->n > 0 && ret->p[ret->n - 1] == ' ')
		ret->n--;
	return ret->n > 0;
}

static bool is_https(struct str uri)
{
	return str_starts(uri, STR("https://")) && uri.n > 8;
}

bool security_settings_check(char *why, size_t why_size)
{
	struct str list = setting_str("security_contact"), one;
	struct str canonical = setting_str("security_canonical");

	while (next_entry(&list, &one))
		if (!str_starts(one, STR("mailto:")) && !str_starts(one, STR("tel:")) &&
		    !is_https(one)) {
			snprintf(why, why_size, "security_contact: %.*s must begin with mailto:, "
				 "https:// or tel:", STR_ARG(one));
			return false;
		}
	if (canonical.n == 0 || is_https(canonical))
		return true;
	snprintf(why, why_size, "security_canonical must begin with https://");
	return false;
}

static void add_list(struct buf *out, const char *name, struct str list)
{
	struct str one;

	while (next_entry(&list, &one))
		buf_printf(out, "%s: %.*s\n", name, STR_ARG(one));
}

struct reply security_txt_show(struct req *r)
{
	struct str contacts = setting_str("security_contact");
	struct str canonical = setting_str("security_canonical");
	struct buf *out = r->draft.body;
	char expires[48];

	if (contacts.n == 0)
		return reply_missing(r);
	add_list(out, "Contact", contacts);
	buf_printf(out, "Expires: %.*s\n", STR_ARG(clock_format(
		(clock_real() + EXPIRES_AFTER) / CLOCK_DAY * CLOCK_DAY, expires,
		sizeof(expires))));
	buf_printf(out, "Preferred-Languages: %.*s\n", STR_ARG(setting_str("security_languages")));
	if (canonical.n)
		buf_printf(out, "Canonical: %.*s\n", STR_ARG(canonical));
	else
		buf_printf(out, "Canonical: https://%.*s/.well-known/security.txt\n",
			   STR_ARG(req_header(r, "host")));
	reply_header(r, "Content-Type", "text/plain; charset=utf-8");
	return reply_ok(r);
}
