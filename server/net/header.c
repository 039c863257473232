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

/* Parameters are ignored. */
static bool is_of_type(struct str value, struct str type)
{
	if (value.n == 0)
		return false;
	struct str first = take_part(&value, ';');
	return first.n == type.n && strncasecmp(first.p, type.p, first.n) == 0;
}

bool header_is_json(struct str value)
{
	return is_of_type(value, STR("application/json"));
}

bool header_is_form(struct str value)
{
	return is_of_type(value, STR("application/x-www-form-urlencoded"));
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

/* ---- Content-Digest ---- */

static bool is_digest_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool is_first_ok = (c >= 'a' && c <= 'z') || c == '*';

		if (!is_first_ok && (i == 0 || !((c >= '0' && c <= '9') || c == '-' || c == '_' ||
						 c == '.')))
			return false;
	}
	return name.n > 0;
}

enum digest_standing header_sha256(struct arena *a, struct str value,
				   uint8_t ret_digest[SHA256_BYTES])
{
	enum digest_standing standing = DIGEST_OTHER;
	struct str rest = trim(value), bytes;

	if (rest.n == 0 || rest.p[rest.n - 1] == ',')
		return DIGEST_MALFORMED;
	while (rest.n > 0) {
		struct str member = take_part(&rest, ',');
		struct str name = take_part(&member, '=');

		if (!is_digest_name(name) || member.n < 2 || member.p[0] != ':' ||
		    member.p[member.n - 1] != ':')
			return DIGEST_MALFORMED;
		if (!decode_base64(a, (struct str){ member.p + 1, member.n - 2 }, &bytes))
			return DIGEST_MALFORMED;
		if (!str_is(name, "sha-256"))
			continue;
		if (bytes.n != SHA256_BYTES)
			return DIGEST_MALFORMED;
		memcpy(ret_digest, bytes.p, SHA256_BYTES);
		standing = DIGEST_GIVEN;
	}
	return standing;
}

/* ---- Content-Disposition ---- */

/* attr-char of RFC 8187: what stands for itself. */
static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-' || c == '.' || c == '_';
}

struct str header_attachment(struct arena *a, struct str name)
{
	static const char digits[] = "0123456789ABCDEF";
	char *plain = arena_alloc(a, name.n + 1), *encoded = arena_alloc(a, 3 * name.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		plain[i] = is_plain((char)c) ? (char)c : '_';
		if (is_plain((char)c)) {
			encoded[n++] = (char)c;
			continue;
		}
		encoded[n++] = '%';
		encoded[n++] = digits[c >> 4];
		encoded[n++] = digits[c & 15];
	}
	return arena_printf(a, "attachment; filename=\"%.*s\"; filename*=UTF-8''%.*s",
			    (int)name.n, plain, (int)n, encoded);
}
