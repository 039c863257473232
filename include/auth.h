/*
 * Accounts and sessions: who may sign in (keys of programs: api_key.h). Passwords are yescrypt
 * ($y$) by crypt_r. A session is a random cookie `__Host-session`, of which the SHA-256 is kept.
 *
 * An account or key may be outsourced: a contractor's. The main business of a hotline, such as
 * handling, may not be contracted out (国办函〔2025〕66号), so routes that are
 * is_staff_only by their row (module.h) answer it 403 "outsourced"; everything else follows the role alone.
 *
 * Threads: workers; sign-in belongs on LANE_HASH.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "req.h"
#include "str.h"
#include "tx.h"

struct auth_account {
	struct str login;
	struct str name;
	uint32_t role;		/* one bit */
	struct str unit;	/* organisation, or STR_NONE */
	bool is_outsourced;
};

/* 0 when the login is taken (the transaction has failed then). Hashes: about 25 ms. */
uint64_t auth_account_add(struct tx *tx, const struct auth_account *account, struct str password);
/*
 * Checks login and password in equal time for known and unknown logins. On success makes a
 * session, sets the cookie on the reply and fills *ret_actor.
 */
bool auth_sign_in(struct req *r, struct str login, struct str password, struct actor *ret_actor)
	MUST_USE;
/* Ends the session of this request, if it has one, and clears the cookie. */
void auth_sign_out(struct req *r);
