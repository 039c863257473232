/*
 * Accounts and sessions: who may sign in (keys of programs: api_key.h). Passwords are yescrypt
 * ($y$) by crypt_r. A session is a random cookie `__Host-session`, of which the SHA-256 is kept;
 * what changes something needs our own origin and, beside it, the session's token in X-CSRF-Token.
 *
 * Any change of an account's rights or password ends its sessions, on every server with the
 * commit: a session carries the account's epoch, and each request compares the two. All instants
 * here are real time.
 *
 * An account or key may be outsourced: a contractor's. The main business of a hotline, such as
 * handling, may not be contracted out (国办函〔2025〕66号), so routes that are
 * is_staff_only by their row (module.h) answer it 403 "outsourced"; everything else follows the role alone.
 *
 * Nothing here writes audit records: the caller does, in the same transaction.
 *
 * Threads: workers; whatever hashes (25 ms each) belongs on LANE_HASH.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "req.h"
#include "str.h"
#include "tx.h"

/* ---- accounts ---- */

struct auth_account {
	uint64_t id;
	struct str login;	/* up to 64 code points */
	struct str name;
	uint32_t role;		/* one bit */
	struct str unit;	/* organisation, or STR_NONE */
	bool is_outsourced;
	bool is_password_initial;	/* somebody else's choice: changed at the first sign-in */
	int64_t valid_until;	/* nobody signs in after it; 0: for ever */
	/* Only read: */
	bool is_disabled, has_factor;
	int64_t created_at, password_at;
	uint32_t version;
};

/* 0 when the login is taken (the transaction has failed then). Hashes. */
uint64_t auth_account_add(struct tx *tx, const struct auth_account *account, struct str password);
/* The same with the password of the account of another login, which must exist: for samples. */
uint64_t auth_account_add_like(struct tx *tx, const struct auth_account *account, struct str login);
bool auth_account_read(struct tx *tx, uint64_t id, struct auth_account *ret) MUST_USE;
/* The account of a login; false when there is none. */
bool auth_account_find_login(struct tx *tx, struct str login, struct auth_account *ret) MUST_USE;
/* Up to n accounts with larger ids, in the arena of tx; their number. */
size_t auth_account_list(struct tx *tx, uint64_t after, uint32_t n,
			 const struct auth_account **ret_list);
/*
 * Name, role, unit, is_outsourced and valid_until of `to` for the account with its id and
 * version; ends its sessions where its rights change. False: it is of another version by now.
 */
bool auth_account_change(struct tx *tx, const struct auth_account *to, bool are_rights_changed)
	MUST_USE;
/* Ends its sessions. False: it is so already. */
bool auth_account_disable(struct tx *tx, uint64_t id, bool is_disabled) MUST_USE;

/* ---- passwords ---- */

enum auth_password_fault {
	AUTH_PASSWORD_FINE,
	AUTH_PASSWORD_SHORT,
	AUTH_PASSWORD_LONG,
	AUTH_PASSWORD_COMMON,
	AUTH_PASSWORD_CONTEXT,	/* holds the login or a word of the setting password_words */
	AUTH_PASSWORD_SIMPLE,	/* policy mlps: fewer than three classes of characters */
	AUTH_PASSWORD_PAST,	/* policy mlps: the present one, or one of the last five */
};

/* By number: a stable code, and what to do instead, as a sentence without its subject. */
extern const char *const auth_password_codes[];
extern const char *const auth_password_advice[];

/* What is wrong with a password that this login chooses, its past aside. */
enum auth_password_fault auth_password_check(struct str login, struct str password);
/* A random password that the policy takes. */
struct str auth_password_make(struct arena *a, struct str login);
/*
 * Puts another password in force and ends the account's sessions. Nothing is changed when it
 * finds a fault. By policy mlps it hashes up to six times.
 */
enum auth_password_fault auth_password_set(struct tx *tx, uint64_t account_id,
					   struct str password, bool is_initial);

/* ---- second factors: codes by the clock (totp.h) and recovery codes, used once each ---- */

enum { AUTH_RECOVERY_CODES = 10 };

/*
 * A new secret, which is in force once auth_factor_confirm() saw a code of it within
 * LIMIT_FACTOR_WAIT_SECONDS. In the arena.
 */
struct auth_secret {
	struct str base32;
	struct str uri;		/* otpauth://totp/... */
};
struct auth_secret auth_factor_start(struct tx *tx, uint64_t account_id, struct str login);
/* Makes all recovery codes of before void; the new ones in clear, shown once. */
void auth_recovery_renew(struct tx *tx, uint64_t account_id,
			 struct str ret_codes[AUTH_RECOVERY_CODES]);
uint32_t auth_recovery_left(struct tx *tx, uint64_t account_id);
/* Takes the second factor and its recovery codes away. */
void auth_factor_remove(struct tx *tx, uint64_t account_id);

/* ---- signing in ---- */

struct auth_try {
	struct str login, password;
	struct str code;	/* of the second factor or a recovery code; or STR_NONE */
};

enum auth_verdict {
	AUTH_IN,
	AUTH_WRONG,		/* unknown, wrong, disabled or over: it is not told which */
	AUTH_CODE_WANTED,	/* the password is right; the code is absent or wrong */
	AUTH_TOO_OFTEN,		/* nothing was looked at: too many wrong tries of late */
};

/* What came of a try. */
struct auth_result {
	enum auth_verdict verdict;
	struct actor actor;	/* AUTH_IN */
	bool is_recovery;	/* by a recovery code */
	bool is_refused;	/* something was wrong and is counted; not: a code is still to come */
	uint64_t account_id;	/* of the login, whatever came of it; 0: unknown */
};

/*
 * Checks login, password and second factor, in equal time for known and unknown logins. AUTH_IN
 * makes a session, sets the cookie on the reply and ends the session the request came with.
 * AUTH_TOO_OFTEN sets Retry-After. What was counted stays although the answer is an error.
 */
struct auth_result auth_sign_in(struct req *r, const struct auth_try *attempt);
/*
 * The same for who is signed in and is about to change how they sign in: password and, where
 * there is a second factor, its code. Makes no session.
 */
enum auth_verdict auth_check_again(struct req *r, struct str password, struct str code) MUST_USE;
/*
 * Puts the secret that waits for who is signed in in force. AUTH_WRONG: nothing waits any more, or
 * the code is not of it; it is counted like a wrong code at the sign-in.
 */
enum auth_verdict auth_factor_confirm(struct req *r, struct str code) MUST_USE;

/* ---- sessions ---- */

/* What must be done in a session before anything else: other routes are refused. */
enum auth_duty { AUTH_NO_DUTY, AUTH_CHANGE_PASSWORD, AUTH_SET_UP_FACTOR };
/* By number - 1; NULL-terminated. */
extern const char *const auth_duty_names[];

struct auth_session {
	uint64_t id;
	int64_t created_at, seen_at;
	struct str source;	/* network it came from, coarse */
	struct str agent;	/* browser and system, short */
};

/* Makes a session for an account that has proved itself in another way; sets the cookie. */
void auth_session_begin(struct req *r, const struct actor *who);
/* The same where a provider vouched for them: neither a password nor a factor of ours is due. */
void auth_session_vouched(struct req *r, const struct actor *who);
/* Number of this request's session; 0 without one. */
uint64_t auth_session_id(const struct req *r);
/* The token that goes with it; STR_NONE without one. */
struct str auth_session_token(struct req *r);
enum auth_duty auth_session_duty(const struct req *r);
/* The live sessions of an account, newest first, in the arena of tx; their number. */
size_t auth_session_list(struct tx *tx, uint64_t account_id, uint32_t role,
			 const struct auth_session **ret_list);
/* False: the account has no such session. */
bool auth_session_end(struct tx *tx, uint64_t account_id, uint64_t id) MUST_USE;
/* All but one (0: but none); their number. */
uint64_t auth_session_end_others(struct tx *tx, uint64_t account_id, uint64_t but);
/* Ends the session of this request, if it has one, and clears the cookie. */
void auth_sign_out(struct req *r);

/* ---- keys ---- */

/* The new key in clear, shown once; lives in the arena of tx. */
struct str auth_key_add(struct tx *tx, const struct actor *owner);
