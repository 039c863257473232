/*
 * Accounts: adding and changing them.
 */
#include "auth.h"

#include <string.h>

#include "auth_sql.h"
#include "clock.h"
#include "crypto.h"
#include "must.h"
#include "net/passwords.h"
#include "net/request.h"
#include "net/sign_in.h"
#include "store/store.h"

enum { LOGIN_MOST_BYTES = 256, MADE_BYTES = 12 };

static const char *const policies[] = { "default", "mlps", NULL };

const struct setting auth_settings[] = {
	{ "session_idle", SETTING_INT, "1800", 60, 86400, .unit = "s",
	  .help = "A session that was not used for so long is over." },
	{ "session_idle_roles", SETTING_LIST, "operator=28800",
	  .help = "Roles for which it is another number of seconds (a shift), as role=seconds." },
	{ "session_longest", SETTING_INT, "43200", 60, 604800, .unit = "s",
	  .help = "A session is over so long after its sign-in, however busy." },
	{ "password_policy", SETTING_CHOICE, "default", .choices = policies,
	  .help = "mlps adds: three of four classes of characters, another password every 90 "
		  "days, none of the last five, sessions idle for 30 minutes at most, and a "
		  "second factor for administrators." },
	{ "password_least", SETTING_INT, "8", 8, 64, .unit = "characters",
	  .help = "Fewest characters of a new password; 15 are better." },
	{ "password_words", SETTING_LIST, "liandong,联动",
	  .help = "Words that may not occur in a password, such as the organisation's names." },
	{ "initial_password_days", SETTING_INT, "7", 1, 90, .unit = "days",
	  .help = "A password given by an administrator that was not changed is void after." },
	{ "second_factor_roles", SETTING_LIST, "",
	  .help = "Roles whose accounts may do nothing before they have a second factor." },
	{ "second_factor_issuer", SETTING_TEXT, "Liandong",
	  .help = "What authenticator programs call this service." },
	{ "sign_in_window", SETTING_INT, "900", 60, 86400, .unit = "s",
	  .help = "Wrong tries to sign in are counted for so long." },
	{ "sign_in_tries", SETTING_INT, "5", 0, 1000, .unit = "tries",
	  .help = "Wrong tries at one account from one source before the next waits; 0: any." },
	{ "sign_in_source_tries", SETTING_INT, "50", 0, 100000, .unit = "tries",
	  .help = "Wrong tries from one source at all accounts before the next waits; 0: any, as "
		  "behind a proxy, where all come from one." },
	{ "sign_in_account_tries", SETTING_INT, "100", 0, 100000, .unit = "tries",
	  .help = "Wrong tries at one account from sources that are new to it before the next "
		  "waits; 0: any." },
	{ 0 }
};

/* ---- accounts ---- */

static bool is_taken(struct tx *tx, struct str login)
{
	struct sql_auth_account_by_login_row there = { 0 };

	return sql_auth_account_by_login(tx, (struct sql_auth_account_by_login){ login }, &there);
}

static uint64_t insert_account(struct tx *tx, const struct auth_account *account, struct str hash)
{
	uint64_t id = tx_sequence(tx, "auth_account");

	if (!tx_ok(tx))
		return 0;
	sql_auth_account_insert(tx, (struct sql_auth_account_insert){
		.id = id, .login = account->login, .name = account->name,
		.role = account->role, .unit = account->unit,
		.is_outsourced = account->is_outsourced, .password = hash,
		.is_password_initial = account->is_password_initial,
		.valid_until = account->valid_until, .now = clock_real(),
	});
	return id;
}

uint64_t auth_account_add(struct tx *tx, const struct auth_account *account,
			  struct str password)
{
	must(account->login.n > 0 && account->login.n <= LOGIN_MOST_BYTES && password.n > 0);
	if (is_taken(tx, account->login))
		tx_fail(tx, TX_DUPLICATE);
	if (!tx_ok(tx))
		return 0;
	struct str hash = password_hash_new(tx_arena(tx), password);
	must(hash.p);
	return insert_account(tx, account, hash);
}

uint64_t auth_account_add_like(struct tx *tx, const struct auth_account *account, struct str login)
{
	struct sql_auth_account_by_login_row like = { 0 };

	must(account->login.n > 0 && account->login.n <= LOGIN_MOST_BYTES);
	if (is_taken(tx, account->login))
		tx_fail(tx, TX_DUPLICATE);
	if (!sql_auth_account_by_login(tx, (struct sql_auth_account_by_login){ login }, &like)) {
		must(!tx_ok(tx));
		return 0;
	}
	return insert_account(tx, account, arena_str(tx_arena(tx), like.password));
}

/* Two statements give the same columns. */
#define ACCOUNT_OF(a, row) (struct auth_account){ \
	.id = (row).id, .login = arena_str(a, (row).login), .name = arena_str(a, (row).name), \
	.role = (row).role, .unit = arena_str(a, (row).unit), \
	.is_outsourced = (row).is_outsourced, .is_disabled = (row).is_disabled, \
	.is_password_initial = (row).is_password_initial, .has_factor = (row).has_factor, \
	.valid_until = (row).valid_until, .created_at = (row).created_at, \
	.password_at = (row).password_at, .version = (row).version }

bool auth_account_read(struct tx *tx, uint64_t id, struct auth_account *ret)
{
	struct sql_auth_account_one_row row = { 0 };

	if (!sql_auth_account_one(tx, (struct sql_auth_account_one){ id }, &row))
		return false;
	*ret = ACCOUNT_OF(tx_arena(tx), row);
	return true;
}

bool auth_account_find_login(struct tx *tx, struct str login, struct auth_account *ret)
{
	struct sql_auth_account_by_login_row row = { 0 };

	return sql_auth_account_by_login(tx, (struct sql_auth_account_by_login){ login }, &row) &&
	       auth_account_read(tx, row.id, ret);
}

size_t auth_account_list(struct tx *tx, uint64_t after, uint32_t n,
			 const struct auth_account **ret_list)
{
	struct arena *a = tx_arena(tx);
	struct auth_account *list = arena_array_of(a, struct auth_account, n);
	struct sql_auth_account_page_row row = { 0 };
	struct rows *rows = sql_auth_account_page(tx, (struct sql_auth_account_page){
		.after = after, .n = n });
	size_t count = 0;

	while (count < n && sql_auth_account_page_next(rows, &row))
		list[count++] = ACCOUNT_OF(a, row);
	*ret_list = list;
	return count;
}

bool auth_account_change(struct tx *tx, const struct auth_account *to, bool are_rights_changed)
{
	if (sql_auth_account_change(tx, (struct sql_auth_account_change){
			.id = to->id, .version = to->version, .epochs = are_rights_changed,
			.name = to->name, .role = to->role, .unit = to->unit,
			.is_outsourced = to->is_outsourced, .valid_until = to->valid_until,
		}) != 1)
		return false;
	if (are_rights_changed)
		auth_session_end_others(tx, to->id, 0);
	return true;
}

bool auth_account_disable(struct tx *tx, uint64_t id, bool is_disabled)
{
	if (sql_auth_account_able(tx, (struct sql_auth_account_able){
			.id = id, .is_disabled = is_disabled }) != 1)
		return false;
	auth_session_end_others(tx, id, 0);
	return true;
}

/* ---- passwords ---- */

const char *const auth_password_codes[] = {
	"", "password_short", "password_long", "password_common", "password_context",
	"password_simple", "password_past", NULL
};

const char *const auth_password_advice[] = {
	"", "is too short; take more characters, best several words",
	"is too long; at most 128 characters are taken",
	"is among the most common passwords; take another",
	"holds your login or a word of this service; take one without",
	"needs three of: small letters, capitals, digits, other characters",
	"was used before; take one that is not among the last five", NULL
};

enum auth_password_fault auth_password_check(struct str login, struct str password)
{
	const struct password_rules rules = password_rules_now();

	return password_fault(&rules, login, password);
}

struct str auth_password_make(struct arena *a, struct str login)
{
	uint8_t bytes[MADE_BYTES];
	struct str password;

	do {
		crypto_random(bytes, sizeof(bytes));
		password = arena_printf(a, "%.*s", STR_ARG(encode_base64url(a,
			(struct str){ (const char *)bytes, sizeof(bytes) })));
		while (password.n < (size_t)setting_int("password_least"))
			password = arena_printf(a, "%.*s%.*s", STR_ARG(password),
						STR_ARG(password));
	} while (auth_password_check(login, password) != AUTH_PASSWORD_FINE);
	return password;
}

/* Whether it is the one in force or one of those before; forgets what nothing asks for. */
static bool is_past(struct tx *tx, uint64_t account_id, struct str password, struct str present)
{
	struct arena *a = tx_arena(tx);
	struct sql_auth_passwords_row row = { 0 };
	struct rows *rows;
	struct str kept[PASSWORDS_PAST];
	int64_t oldest = 0;
	size_t n = 0;

	rows = sql_auth_passwords(tx, (struct sql_auth_passwords){
		.account_id = account_id, .n = PASSWORDS_PAST - 1 });
	kept[n++] = present;
	while (n < PASSWORDS_PAST && sql_auth_passwords_next(rows, &row)) {
		kept[n++] = arena_str(a, row.password);
		oldest = row.ended_at;
	}
	if (n == PASSWORDS_PAST)
		sql_auth_passwords_forget(tx, (struct sql_auth_passwords_forget){
			.account_id = account_id, .before = oldest });
	if (!password_is_mlps())
		return false;
	for (size_t i = 0; i < n; i++)
		if (password_fits(a, password, kept[i]))
			return true;
	return false;
}

enum auth_password_fault auth_password_set(struct tx *tx, uint64_t account_id,
					   struct str password, bool is_initial)
{
	struct sql_auth_account_password_row row = { 0 };
	struct arena *a = tx_arena(tx);

	if (!sql_auth_account_password(tx, (struct sql_auth_account_password){ account_id }, &row))
		return AUTH_PASSWORD_FINE;
	struct str login = arena_str(a, row.login), present = arena_str(a, row.password);
	enum auth_password_fault fault = auth_password_check(login, password);

	if (fault == AUTH_PASSWORD_FINE && is_past(tx, account_id, password, present))
		fault = AUTH_PASSWORD_PAST;
	if (fault != AUTH_PASSWORD_FINE)
		return fault;
	struct str hash = password_hash_new(a, password);
	int64_t now = clock_real();

	must(hash.p);
	if (sql_auth_password_change(tx, (struct sql_auth_password_change){
			.id = account_id, .epoch = row.epoch, .password = hash,
			.is_password_initial = is_initial, .now = now }) != 1) {
		tx_fail(tx, TX_CONFLICT);
		return AUTH_PASSWORD_FINE;
	}
	sql_auth_password_keep(tx, (struct sql_auth_password_keep){
		.account_id = account_id, .now = now, .password = present });
	auth_session_end_others(tx, account_id, 0);
	return AUTH_PASSWORD_FINE;
}
