/*
 * One-time codes by the clock (RFC 6238 with HMAC-SHA-1 and steps of 30 seconds, which is what
 * authenticator programs do), and the base32 that their secrets are written in.
 *
 * Threads: any.
 */
#pragma once

#include <stdint.h>

#include "arena.h"
#include "str.h"

enum { TOTP_SECRET_BYTES = 20, TOTP_DIGITS = 6, TOTP_STEP_SECONDS = 30, TOTP_WINDOW = 1 };

/* The step that an instant lies in. */
int64_t totp_step(int64_t at);
/* The code of a step, with 6 to 8 digits. */
uint32_t totp_code(struct str secret, int64_t step, unsigned digits);
/*
 * The step whose code this is, of those not further than TOTP_WINDOW from the present one; 0
 * for none. Takes equally long whichever it is. Whoever accepts a code keeps its step, so that
 * it works once.
 */
int64_t totp_match(struct str secret, struct str code, int64_t now);

/* RFC 4648, section 6, without padding; lives in the arena. */
struct str encode_base32(struct arena *a, struct str bytes);
