/*
 * One try to sign in. Every way through it up to the verdict hashes once, whether the login is
 * known or not, disabled or over; and it reads and writes the same number of rows.
 *
 * Whether a code is wanted is said only beside the right password. Who has that learns that a
 * second factor is set, and nobody else does (ASVS 5.0, 6.3.8: answers must not tell valid
 * accounts); without that word a person could not be asked for the code. A wrong code gets the
 * answer of a missing one.
 */
#include <inttypes.h>
#include <stdio.h>

#include "auth_sql.h"
#include "clock.h"
#include "log.h"
#include "module.h"
#include "net/lock_out.h"
#include "net/passwords.h"
#include "net/sign_in.h"
#include "setting.h"

enum { LOGIN_MOST_BYTES = 256 };

static void log_try(struct req *r, const char *event, uint64_t account_id, const char *why)
{
	log_info("auth", event, "account=%" PRIu64 " source=%.*s%s%s", account_id,
		 STR_ARG(r->peer), *why ? " why=" : "", why);
}

static bool refuse_often(struct req *r, const struct lock_out *lock)
{
	int64_t wait = lock_wait(r, lock);

	if (wait <= 0)
		return false;
	reply_header(r, "Retry-After", "%" PRId64, (wait + CLOCK_SECOND - 1) / CLOCK_SECOND);
	log_try(r, "sign_in_delayed", lock->account_id, "");
	return true;
}

/* Why an account cannot be used although the password is right; NULL: it can. */
static const char *closed_for(const struct sql_auth_account_by_login_row *row)
{
	int64_t now = clock_real();

	if (row->role & roles_refused())
		return "role_out_of_use";
	if (row->is_disabled)
		return "disabled";
	if (row->valid_until && now > row->valid_until)
		return "over";
	if (row->is_password_initial &&
	    now > row->password_at + setting_int("initial_password_days") * CLOCK_DAY)
		return "initial_password_over";
	return NULL;
}

/* The verdict on a row that was found, or on none. */
static enum auth_verdict judge(struct req *r, const struct lock_out *lock,
			       const struct sql_auth_account_by_login_row *row, bool is_known,
			       const struct auth_try *attempt, bool *ret_is_recovery)
{
	bool fits = password_fits(r->arena, attempt->password, is_known ? row->password : STR_NONE);
	const char *closed = fits ? closed_for(row) : NULL;

	if (!fits || closed) {
		lock_count(r, lock, false);
		log_try(r, "sign_in_refused", lock->account_id,
			closed ? closed : is_known ? "password" : "unknown");
		return AUTH_WRONG;
	}
	if (!row->factor.p)
		return AUTH_IN;
	if (factor_fits(r->tx, row->id, row->factor, attempt->code, ret_is_recovery))
		return AUTH_IN;
	if (attempt->code.p) {
		lock_count(r, lock, true);
		log_try(r, "sign_in_refused", lock->account_id, "code");
	}
	return AUTH_CODE_WANTED;
}

/*
 * The account of exactly this login. The database takes blanks behind a text for nothing, and
 * guesses are counted by the text: one that is merely padded would be counted anew each time.
 */
static bool find_account(struct req *r, struct str login,
			 struct sql_auth_account_by_login_row *ret_row)
{
	if (login.n <= LOGIN_MOST_BYTES &&
	    sql_auth_account_by_login(r->tx, (struct sql_auth_account_by_login){ login }, ret_row) &&
	    str_eq(ret_row->login, login))
		return true;
	*ret_row = (struct sql_auth_account_by_login_row){ 0 };
	return false;
}

struct auth_result auth_sign_in(struct req *r, const struct auth_try *attempt)
{
	struct sql_auth_account_by_login_row row = { 0 };
	struct auth_result result = { .verdict = AUTH_WRONG };
	struct str login = attempt->login;
	struct arena *a = r->arena;
	bool is_known = find_account(r, login, &row);

	row.name = arena_str(a, row.name);
	row.unit = arena_str(a, row.unit);
	row.password = arena_str(a, row.password);
	row.factor = arena_str(a, row.factor);
	result.account_id = row.id;
	struct lock_out lock = lock_out_of(r, login, row.id);
	bool is_often = refuse_often(r, &lock);

	/* A statement that failed is no answer, and hashing for it would be for nothing. */
	if (!tx_ok(r->tx))
		return result;
	result.verdict = is_often ? AUTH_TOO_OFTEN :
		judge(r, &lock, &row, is_known, attempt, &result.is_recovery);
	result.is_refused = r->is_kept;
	if (result.verdict != AUTH_IN)
		return result;
	lock_forgive(r, &lock);
	session_make(r, row.id, row.epoch, false);
	r->duty = session_duty(row.role, row.is_password_initial, row.password_at,
			       row.factor.p != NULL);
	result.actor = (struct actor){
		.kind = ACTOR_ACCOUNT, .id = row.id, .role = row.role, .name = row.name,
		.unit = row.unit, .is_outsourced = row.is_outsourced,
	};
	log_try(r, "signed_in", row.id, result.is_recovery ? "recovery_code" : "");
	return result;
}

enum auth_verdict auth_check_again(struct req *r, struct str password, struct str code)
{
	struct sql_auth_account_password_row own = { 0 };
	struct sql_auth_account_by_login_row row = { 0 };
	struct auth_try attempt = { .password = password, .code = code };
	bool is_recovery;

	if (!sql_auth_account_password(r->tx,
			(struct sql_auth_account_password){ r->actor.id }, &own))
		return AUTH_WRONG;
	attempt.login = arena_str(r->arena, own.login);
	struct lock_out lock = lock_out_of(r, attempt.login, r->actor.id);

	if (refuse_often(r, &lock))
		return AUTH_TOO_OFTEN;
	if (!sql_auth_account_by_login(r->tx,
			(struct sql_auth_account_by_login){ attempt.login }, &row))
		return AUTH_WRONG;
	row.password = arena_str(r->arena, row.password);
	row.factor = arena_str(r->arena, row.factor);
	return judge(r, &lock, &row, true, &attempt, &is_recovery);
}

enum auth_verdict auth_factor_confirm(struct req *r, struct str code)
{
	struct sql_auth_account_password_row own = { 0 };

	if (!sql_auth_account_password(r->tx,
			(struct sql_auth_account_password){ r->actor.id }, &own))
		return AUTH_WRONG;
	struct lock_out lock = lock_out_of(r, arena_str(r->arena, own.login), r->actor.id);

	if (refuse_often(r, &lock))
		return AUTH_TOO_OFTEN;
	if (factor_confirm(r->tx, r->actor.id, code))
		return AUTH_IN;
	lock_count(r, &lock, true);
	log_try(r, "factor_refused", r->actor.id, "code");
	return AUTH_WRONG;
}
