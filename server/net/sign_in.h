/*
 * Between the files of signing in: passwords, second factors, sessions.
 */
#pragma once

#include "auth.h"
#include "net/request.h"

/*
 * Whether the code is one of the second factor or a recovery code; uses it up. `sealed` is the
 * secret as kept.
 */
bool factor_fits(struct tx *tx, uint64_t account_id, struct str sealed, struct str code,
		 bool *ret_is_recovery) MUST_USE;

/* Puts the secret that waits in force by its first code; false: none waits, or it is not of it. */
bool factor_confirm(struct tx *tx, uint64_t account_id, struct str code) MUST_USE;

/* 32 random bytes in base64url, and the SHA-256 by which such a secret is kept. */
struct str secret_make(struct arena *a);
struct str secret_sha256(struct arena *a, struct str secret);

/* A session of an account at its epoch; sets the cookie and ends the one of this request. */
void session_make(struct req *r, uint64_t account_id, uint32_t epoch, bool is_vouched);
/*
 * Which sessions still stand, of a JSON list of [account, number]: their numbers, at most `most`.
 * Looking does not count as using them.
 */
size_t sessions_alive(struct tx *tx, struct str pairs, size_t most, uint64_t *ret_ids);
/* What X-CSRF-Token says for the session with this hash. */
struct str session_token(struct arena *a, struct str sha256);
/* What the rules demand of an account before it may do anything else. */
enum auth_duty session_duty(uint32_t role, bool is_password_initial, int64_t password_at,
			    bool has_factor);
