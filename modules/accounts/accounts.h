/*
 * Between the files of this module: whose routes and commands are where.
 */
#pragma once

#include "audit.h"
#include "auth.h"
#include "module.h"

/* Records an act of who asks about an account (audit.h). */
void record_act(struct req *r, enum audit_kind kind, uint64_t account, struct str reason);
/* What GET /me says of an actor in this request. */
struct reply reply_me(struct req *r, const struct actor *me);
struct reply reply_too_often(struct req *r);
/*
 * Password and code of who is signed in, once more. False: *ret_reply is the answer, with
 * complaints at these members of the body.
 */
bool is_same_person(struct req *r, struct str password, const char *password_pointer,
		    struct str code, struct reply *ret_reply) MUST_USE;
/* Adds a complaint about a password at this member; false when there is none. */
bool complain_password(struct req *r, const char *pointer, enum auth_password_fault fault);
/* {"items": [...]} of an account's sessions; `current` is marked. */
struct reply reply_sessions(struct req *r, uint64_t account_id, uint32_t role, uint64_t current);

/* own.c: of who is signed in */
struct reply own_password(struct req *r);
struct reply own_factor_start(struct req *r);
struct reply own_factor_confirm(struct req *r);
struct reply own_recovery_codes(struct req *r);
struct reply own_sessions(struct req *r);
struct reply own_session_end(struct req *r);
struct reply own_sessions_end(struct req *r);

/* administration.c: of others */
struct reply account_list(struct req *r);
struct reply account_add(struct req *r);
struct reply account_show(struct req *r);
struct reply account_change(struct req *r);
struct reply account_disable(struct req *r);
struct reply account_enable(struct req *r);
struct reply account_reset_password(struct req *r);
struct reply account_reset_factor(struct req *r);
struct reply account_sessions(struct req *r);
struct reply account_sessions_end(struct req *r);

/* Whether this role may stand with this department; else a sentence in *ret_why. */
bool account_unit_fits(struct tx *tx, uint32_t role, struct str unit, const char **ret_why);

/* user_command.c */
#define USER_USAGE "add LOGIN ROLE [DEPARTMENT] [--outsourced] [--own-password], list, ..."
int user_command(const struct command_call *call);

/* seed.c */
void accounts_seed(struct tx *tx, const struct seed *seed);
void accounts_welcome(const char *dir, struct str address);
