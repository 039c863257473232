/*
 * Values of request header fields that this server reads. Pure functions over text; a value
 * that is not understood is never half understood.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "crypto.h"
#include "str.h"

/*
 * Idempotency-Key: a structured string in double quotes or the bare word, LIMIT_KEY_MIN to
 * LIMIT_KEY_MAX printable ASCII characters without blank, quote and backslash.
 */
bool header_idempotency_key(struct str value, struct str *ret_key) MUST_USE;
/* The value of one cookie (RFC 6265); STR_NONE when it is absent, empty or given twice. */
struct str header_cookie(struct str value, struct str name);
/* The token of "Bearer TOKEN"; STR_NONE for other schemes and malformed values. */
struct str header_bearer(struct str value);
/* application/json, parameters ignored. */
bool header_is_json(struct str value);
/* application/x-www-form-urlencoded, likewise. */
bool header_is_form(struct str value);
/*
 * The sha-256 of a Content-Digest (RFC 9530): a dictionary of byte sequences (RFC 8941) without
 * parameters. Of a name that stands twice the last one counts.
 */
enum digest_standing { DIGEST_MALFORMED, DIGEST_OTHER, DIGEST_GIVEN };
enum digest_standing header_sha256(struct arena *a, struct str value,
				   uint8_t ret_digest[SHA256_BYTES]) MUST_USE;
/*
 * Content-Disposition of a file that is saved and never shown (RFC 6266): the name in UTF-8 (RFC
 * 8187), and for old clients in ASCII, with _ for all that could end or lead elsewhere.
 */
struct str header_attachment(struct arena *a, struct str name);
/*
 * True when the list of entity tags (RFC 9110, section 13.1) holds `tag`, given with its
 * quotes, or is `*`. Weak tags match only where is_weak_ok.
 */
bool header_has_tag(struct str value, struct str tag, bool is_weak_ok);
/* True when `origin` is scheme://host, where host is the value of Host. */
bool header_is_origin(struct str origin, const char *scheme, struct str host);
