/*
 * Signed requests: Standard Webhooks 1.0.0 with the request line in front of the body, so that
 * a signature holds for one method and one target. A body's signature alone would be as good
 * for another address, and for every GET.
 *
 *	Liandong-Key: <id of the key>
 *	webhook-id: <fresh for each request; 8 to 128 characters, no dot>
 *	webhook-timestamp: <Unix seconds>
 *	webhook-signature: v1,<base64> [v1,<base64> ...]
 *
 * v1 is HMAC-SHA256 over `<id>.<timestamp>.<METHOD> <target>\n<body>`: what the libraries sign
 * when they are given `<METHOD> <target>\n<body>` as the payload. vsm3 is the same with HMAC-SM3
 * (GB/T 32905-2016). Others are passed over. The target is what stands in the request line.
 *
 * Threads: values; any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "attr.h"
#include "str.h"

enum {
	SIGNED_SECRET_BYTES = 32,
	SIGNED_TOLERANCE_SECONDS = 300,		/* before and after now */
	SIGNED_LISTED_MAX = 8,			/* signatures of one field that are looked at */
	SIGNED_HASH_BYTES = 32,			/* of SHA-256 as of SM3 */
};

enum signed_scheme { SIGNED_V1, SIGNED_VSM3 };

struct signed_mark {
	enum signed_scheme scheme;
	uint8_t bytes[SIGNED_HASH_BYTES];
};

/* What the fields say; views into them. */
struct signed_fields {
	struct str id;
	struct str stamp;	/* as written: it is signed so */
	int64_t timestamp;	/* seconds */
	struct signed_mark marks[SIGNED_LISTED_MAX];
	uint32_t n;		/* of them, at least one */
};

/* False when a field cannot be read; `a` is for the decoded signatures. */
bool signed_fields_read(struct arena *a, struct str id, struct str timestamp,
			struct str signature, struct signed_fields *ret_fields) MUST_USE;
/* `now` in microseconds (clock_real()). */
bool signed_is_timely(const struct signed_fields *fields, int64_t now);

/* The bytes that are signed. */
struct str signed_text(struct arena *a, const struct signed_fields *fields, const char *method,
		       struct str target, struct str body);
void signed_hash(enum signed_scheme scheme, const uint8_t secret[SIGNED_SECRET_BYTES],
		 struct str text, uint8_t ret_hash[SIGNED_HASH_BYTES]);
/*
 * Does one of the marks belong to this secret? All are compared, each whole, so that the time
 * does not tell how close a guess was.
 */
bool signed_fits(const struct signed_fields *fields, const uint8_t secret[SIGNED_SECRET_BYTES],
		 struct str text);
