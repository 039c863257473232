/*
 * Readers of field values: views into the value, no copies.
 */
#include "net/header.h"

#include <string.h>
#include <strings.h>

#include "bounds.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct str trim(struct str s)
{
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Takes the part before `separator` off the front of *rest, without blanks around it. */
static struct str take_part(struct str *rest, char separator)
{
	const char *end = memchr(rest->p, separator, rest->n);
	struct str part = { rest->p, end ? (size_t)(end - rest->p) : rest->n };
	size_t used = part.n + (end != NULL);

	rest->p += used;
	rest->n -= used;
	return trim(part);
}

bool header_idempotency_key(struct str value, struct str *ret_key)
{
	value = trim(value);
	if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"') {
		value.p++;
		value.n -= 2;
	}
	if (value.n < LIMIT_KEY_MIN || value.n > LIMIT_KEY_MAX)
		return false;
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if (c <= ' ' || c > '~' || c == '"' || c == '\\')
			return false;
	}
	*ret_key = value;
	return true;
}

struct str header_cookie(struct str value, struct str name)
{
	struct str found = STR_NONE;

	while (value.n > 0) {
		struct str part = take_part(&value, ';');

		if (part.n <= name.n || part.p[name.n] != '=' || !str_starts(part, name))
			continue;
		if (found.p)
			return STR_NONE;
		found = (struct str){ part.p + name.n + 1, part.n - name.n - 1 };
	}
	return found.n > 0 ? found : STR_NONE;
}

struct str header_bearer(struct str value)
{
	static const char scheme[] = "bearer ";
	size_t n = sizeof(scheme) - 1;

	value = trim(value);
	if (value.n <= n || strncasecmp(value.p, scheme, n) != 0)
		return STR_NONE;
	struct str token = { value.p + n, value.n - n };
	return memchr(token.p, ' ', token.n) ? STR_NONE : token;
}

bool header_is_json(struct str value)
{
	static const char type[] = "application/json";

	if (value.n == 0)
		return false;
	struct str first = take_part(&value, ';');
	return first.n == sizeof(type) - 1 && strncasecmp(first.p, type, first.n) == 0;
}

bool header_has_tag(struct str value, struct str tag, bool is_weak_ok)
{
	while (value.n > 0) {
		struct str part = take_part(&value, ',');

		if (is_weak_ok && str_starts(part, STR("W/"))) {
			part.p += 2;
			part.n -= 2;
		}
		if (str_eq(part, tag) || str_is(part, "*"))
			return true;
	}
	return false;
}

bool header_is_origin(struct str origin, const char *scheme, struct str host)
{
	size_t n = strlen(scheme);

	if (origin.n != n + 3 + host.n || strncmp(origin.p, scheme, n) != 0 ||
	    strncmp(origin.p + n, "://", 3) != 0)
		return false;
	return host.n > 0 && strncasecmp(origin.p + n + 3, host.p, host.n) == 0;
}
