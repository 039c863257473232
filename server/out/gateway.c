#include "out/gateway.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "json.h"
#include "json_find.h"
#include "must.h"

enum { DEPTH_MOST = 8 };

/* ---- templates ---- */

struct rendering {
	struct arena *arena;
	const struct gateway *gateway;
	const struct gateway_message *message;
	struct str rest;	/* what is not read yet */
	uint32_t depth;
	char *why;
	size_t why_size;
};

static bool complain(struct rendering *r, const char *what, struct str name)
{
	snprintf(r->why, r->why_size, "%s `%.*s`", what, (int)(name.n < 60 ? name.n : 60),
		 name.p ? name.p : "");
	return false;
}

static struct str local_stamp(struct arena *a, int64_t now)
{
	char text[40];
	struct str full = clock_format(now, text, sizeof(text));

	return arena_printf(a, "%.4s%.2s%.2s%.2s%.2s%.2s", full.p, full.p + 5, full.p + 8,
			    full.p + 11, full.p + 14, full.p + 17);
}

static bool value_of(struct rendering *r, struct str name, struct str *ret)
{
	const struct gateway_message *m = r->message;
	const struct gateway_name own[] = {
		{ STR("mobile"), m->mobile }, { STR("content"), m->content },
		{ STR("params_json"), m->params_json }, { STR("request_id"), m->request_id },
	};

	for (size_t i = 0; i < array_count(own); i++)
		if (str_eq(name, own[i].name)) {
			*ret = own[i].value;
			return true;
		}
	for (uint32_t i = 0; i < r->gateway->name_n; i++)
		if (str_eq(name, r->gateway->names[i].name)) {
			*ret = r->gateway->names[i].value;
			return true;
		}
	if (str_is(name, "ts"))
		*ret = arena_printf(r->arena, "%" PRId64, m->now / CLOCK_SECOND);
	else if (str_is(name, "ts_ms"))
		*ret = arena_printf(r->arena, "%" PRId64, m->now / 1000);
	else if (str_is(name, "stamp"))
		*ret = local_stamp(r->arena, m->now);
	else
		return complain(r, "there is no value", name);
	return true;
}

/* Only because gateways ask for it: nothing of ours rests on MD5. */
static struct str md5_hex(struct arena *a, struct str text)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	must(EVP_Digest(text.p ? text.p : "", text.n, digest, &n, EVP_md5(), NULL) == 1);
	return encode_hex(a, (struct str){ (const char *)digest, n });
}

static struct str sha256_hex(struct arena *a, struct str text)
{
	uint8_t digest[SHA256_BYTES];

	crypto_sha256(text, digest);
	return encode_hex(a, (struct str){ (const char *)digest, sizeof(digest) });
}

/* What stands between the quotes of a JSON string. */
static struct str json_inside(struct arena *a, struct str text)
{
	struct buf out;
	struct json j;

	buf_init(&out, LIMIT_BODY_BYTES);
	json_init(&j, &out);
	json_str(&j, NULL, (struct str){ text.p ? text.p : "", text.n });
	struct str whole = arena_str(a, buf_str(&out));
	buf_free(&out);
	return (struct str){ whole.p + 1, whole.n - 2 };
}

static struct str url_encoded(struct arena *a, struct str text)
{
	static const char plain[] = "-._~";
	static const char digits[] = "0123456789ABCDEF";
	char *out = arena_alloc(a, 3 * text.n + 1), *at = out;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c && strchr(plain, c))) {
			*at++ = (char)c;
		} else {
			*at++ = '%';
			*at++ = digits[c >> 4];
			*at++ = digits[c & 15];
		}
	}
	return (struct str){ out, (size_t)(at - out) };
}

static struct str hmac_of(struct arena *a, struct str key, struct str text, bool is_base64)
{
	uint8_t digest[SHA256_BYTES];
	struct str bytes = { (const char *)digest, sizeof(digest) };

	crypto_hmac_sha256(key, text, digest);
	return is_base64 ? encode_base64(a, bytes) : encode_hex(a, bytes);
}

static bool render_part(struct rendering *r, bool is_inside, struct str *ret);

/* Takes "NAME:" off what is left; false where the next sign but letters is no colon. */
static bool take_word(struct rendering *r, struct str *ret)
{
	size_t n = 0;

	while (n < r->rest.n && (r->rest.p[n] == '_' || (r->rest.p[n] >= '0' && r->rest.p[n] <= '9') ||
				 ((r->rest.p[n] | 32) >= 'a' && (r->rest.p[n] | 32) <= 'z')))
		n++;
	*ret = (struct str){ r->rest.p, n };
	bool is_followed = n < r->rest.n && r->rest.p[n] == ':';
	r->rest.p += n + is_followed;
	r->rest.n -= n + is_followed;
	return is_followed;
}

static bool apply(struct rendering *r, struct str name, struct str *ret)
{
	struct str key_name, key = STR_NONE, text;
	bool is_keyed = str_starts(name, STR("hmac_"));

	if (is_keyed && (!take_word(r, &key_name) || !value_of(r, key_name, &key)))
		return complain(r, "name the key of", name);
	if (!render_part(r, true, &text))
		return false;
	if (str_is(name, "json"))
		*ret = json_inside(r->arena, text);
	else if (str_is(name, "url"))
		*ret = url_encoded(r->arena, text);
	else if (str_is(name, "base64"))
		*ret = encode_base64(r->arena, text);
	else if (str_is(name, "md5"))
		*ret = md5_hex(r->arena, text);
	else if (str_is(name, "sha256"))
		*ret = sha256_hex(r->arena, text);
	else if (str_is(name, "hmac_sha256") || str_is(name, "hmac_sha256_base64"))
		*ret = hmac_of(r->arena, key, text, str_is(name, "hmac_sha256_base64"));
	else
		return complain(r, "there is no function", name);
	return true;
}

/* Behind "{{", up to and with "}}". */
static bool render_call(struct rendering *r, struct str *ret)
{
	struct str name;

	if (++r->depth > DEPTH_MOST)
		return complain(r, "too many functions in each other at", r->rest);
	bool is_function = take_word(r, &name);

	if (is_function ? !apply(r, name, ret) : !value_of(r, name, ret))
		return false;
	r->depth--;
	if (!str_starts(r->rest, STR("}}")))
		return complain(r, "`}}` is missing behind", name);
	r->rest.p += 2;
	r->rest.n -= 2;
	return true;
}

/* All that is left, or inside of a function up to its end, which stays. */
static bool render_part(struct rendering *r, bool is_inside, struct str *ret)
{
	struct buf out;
	int braces = 0;
	bool is_fine = true;

	buf_init(&out, LIMIT_BODY_BYTES);
	while (r->rest.n && is_fine) {
		char c = r->rest.p[0];
		struct str value;

		if (str_starts(r->rest, STR("{{"))) {
			r->rest.p += 2;
			r->rest.n -= 2;
			is_fine = render_call(r, &value);
			if (is_fine)
				buf_add(&out, value);
			continue;
		}
		if (is_inside && c == '}' && braces == 0)
			break;
		braces += (c == '{') - (c == '}');
		buf_add_byte(&out, c);
		r->rest.p++;
		r->rest.n--;
	}
	is_fine = is_fine && (!out.overflow || complain(r, "the text is too long at", r->rest));
	if (is_fine)
		*ret = arena_str(r->arena, buf_str(&out));
	buf_free(&out);
	return is_fine;
}

bool gateway_render(struct arena *a, const struct gateway *g, struct str text,
		    const struct gateway_message *m, struct str *ret, char *why, size_t why_size)
{
	struct rendering r = {
		.arena = a, .gateway = g, .message = m, .rest = text, .why = why,
		.why_size = why_size,
	};

	return render_part(&r, false, ret);
}

/* ---- conditions ---- */

bool gateway_holds(struct arena *a, const struct gateway_condition *c, uint32_t status,
		   struct str answer)
{
	struct str value;

	switch (c->test) {
	case TEST_NONE:
		return false;
	case TEST_JSON:
		return json_find(a, answer, c->pointer.p, &value) && str_eq(value, c->wanted);
	case TEST_STATUS:
		return str_eq(arena_printf(a, "%" PRIu32, status), c->wanted);
	case TEST_TEXT:
		return str_eq(answer, c->wanted);
	case TEST_TEXT_STARTS:
		return str_starts(answer, c->wanted);
	}
	return false;
}
