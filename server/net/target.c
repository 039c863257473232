/*
 * Decoding happens once and after cutting, so that an encoded slash, ampersand or question
 * mark never becomes a separator.
 */
#include "net/target.h"

#include <stdint.h>
#include <string.h>

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

void target_split(struct str target, struct str *ret_path, struct str *ret_query)
{
	const char *mark = target.n ? memchr(target.p, '?', target.n) : NULL;

	*ret_path = target;
	*ret_query = STR_NONE;
	if (!mark)
		return;
	ret_path->n = (size_t)(mark - target.p);
	*ret_query = (struct str){ mark + 1, target.n - ret_path->n - 1 };
}

bool target_decode(struct arena *a, struct str text, bool is_query, struct str *ret)
{
	char *out = arena_alloc(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '%') {
			if (text.n - i < 3)
				return false;
			int high = hex_value(text.p[i + 1]), low = hex_value(text.p[i + 2]);
			if (high < 0 || low < 0)
				return false;
			c = (unsigned char)(high * 16 + low);
			i += 2;
		} else if (c == '+' && is_query) {
			c = ' ';
		}
		if (c < ' ' || c == 0x7f)
			return false;
		out[n++] = (char)c;
	}
	struct str decoded = { out, n };
	if (str_code_points(decoded) == SIZE_MAX)
		return false;
	*ret = decoded;
	return true;
}

static bool param_parse(struct arena *a, struct str text, struct query_param *ret)
{
	const char *equals = memchr(text.p, '=', text.n);
	struct str name = text, value = STR("");

	if (equals) {
		name.n = (size_t)(equals - text.p);
		value = (struct str){ equals + 1, text.n - name.n - 1 };
	}
	return name.n > 0 && target_decode(a, name, true, &ret->name) &&
	       target_decode(a, value, true, &ret->value);
}

bool query_parse(struct arena *a, struct str text, struct query *ret)
{
	ret->n = 0;
	while (text.n > 0) {
		const char *end = memchr(text.p, '&', text.n);
		struct str part = { text.p, end ? (size_t)(end - text.p) : text.n };
		size_t used = part.n + (end != NULL);

		text.p += used;
		text.n -= used;
		if (part.n == 0)
			continue;
		if (ret->n == QUERY_PARAMS_MAX || !param_parse(a, part, &ret->params[ret->n]))
			return false;
		ret->n++;
	}
	return true;
}
