/*
 * Adding accounts, signing in and out. Sessions live on real time: a test clock that
 * jumps a month must not sign anybody out.
 */
#include "auth.h"

#include <crypt.h>
#include <string.h>

#include "auth_sql.h"
#include "clock.h"
#include "crypto.h"
#include "must.h"
#include "net/request.h"
#include "store/store.h"

enum { SECRET_BYTES = 32, PASSWORD_MOST = 128, LOGIN_MOST = 64 };

#define COOKIE_NAME "__Host-session"
#define COOKIE_FLAGS "; Path=/; Secure; HttpOnly; SameSite=Strict"

const struct setting auth_settings[] = {
	{ "session_idle", SETTING_INT, "28800", 60, 86400, .unit = "s",
	  .help = "A session that was not used for so long is over." },
	{ "session_longest", SETTING_INT, "43200", 60, 604800, .unit = "s",
	  .help = "A session is over so long after its sign-in, however busy." },
	{ 0 }
};

/* ---- passwords ---- */

/* Lives in the arena; STR_NONE for a password that no hash can be made of. */
static struct str password_hash(struct arena *a, struct str password, const char *setting)
{
	struct crypt_data *scratch = arena_new_of(a, struct crypt_data);
	struct str text = arena_str(a, password);

	if (password.n > PASSWORD_MOST || memchr(text.p, '\0', text.n))
		return STR_NONE;
	const char *hash = crypt_r(text.p, setting, scratch);
	struct str copy = hash && hash[0] == '$' ? arena_str(a, str_of(hash)) : STR_NONE;
	explicit_bzero(scratch, sizeof(*scratch));
	return copy;
}

static bool password_fits(struct arena *a, struct str password, struct str kept)
{
	/* Costs as much as a real one: an unknown login is not told by its time. */
	static const char nobody[] = "$y$j9T$nobodynobodynobodynobo$";
	struct str setting = kept.n ? arena_str(a, kept) : STR_NONE;
	struct str hash = password_hash(a, password, setting.p ? setting.p : nobody);

	return setting.p && hash.p && crypto_same(hash, setting);
}

uint64_t auth_account_add(struct tx *tx, const struct auth_account *account,
			  struct str password)
{
	struct arena *a = tx_arena(tx);
	struct sql_auth_account_by_login_row there = { 0 };
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	must(account->login.n > 0 && account->login.n <= LOGIN_MOST && password.n > 0);
	if (sql_auth_account_by_login(tx, (struct sql_auth_account_by_login){ account->login },
				      &there))
		tx_fail(tx, TX_DUPLICATE);
	uint64_t id = tx_sequence(tx, "auth_account");
	if (!tx_ok(tx))
		return 0;
	must(crypt_gensalt_rn("$y$", 0, NULL, 0, setting, sizeof(setting)));
	struct str hash = password_hash(a, password, setting);
	must(hash.p);
	sql_auth_account_insert(tx, (struct sql_auth_account_insert){
		.id = id, .login = account->login, .name = account->name,
		.role = account->role, .unit = account->unit,
		.is_outsourced = account->is_outsourced, .password = hash,
		.created_at = clock_real(),
	});
	tx_snapshot_changed(tx);
	return id;
}

static struct str secret_make(struct arena *a)
{
	uint8_t bytes[SECRET_BYTES];

	crypto_random(bytes, sizeof(bytes));
	return encode_base64url(a, (struct str){ (const char *)bytes, sizeof(bytes) });
}

static struct str sha256_of(struct arena *a, struct str message)
{
	uint8_t hash[SHA256_BYTES];

	crypto_sha256(message, hash);
	return arena_str(a, (struct str){ (const char *)hash, sizeof(hash) });
}

/* ---- sessions ---- */

bool auth_sign_in(struct req *r, struct str login, struct str password, struct actor *ret_actor)
{
	struct arena *a = req_arena(r);
	struct sql_auth_account_by_login_row row = { 0 };
	bool is_known = login.n <= LOGIN_MOST &&
			sql_auth_account_by_login(r->tx,
				(struct sql_auth_account_by_login){ login }, &row);

	/* A statement that failed is no answer, and hashing for it would be for nothing. */
	if (!tx_ok(r->tx))
		return false;
	bool fits = password_fits(a, password, is_known ? row.password : STR_NONE);
	if (!fits || row.is_disabled || (row.role & roles_refused()))
		return false;
	struct str cookie = secret_make(a);
	sql_auth_session_insert(r->tx, (struct sql_auth_session_insert){
		.sha256 = sha256_of(a, cookie), .account_id = row.id, .now = clock_real(),
	});
	reply_header(r, "Set-Cookie", COOKIE_NAME "=%.*s" COOKIE_FLAGS, STR_ARG(cookie));
	*ret_actor = (struct actor){
		.kind = ACTOR_ACCOUNT, .id = row.id, .role = row.role,
		.name = arena_str(a, row.name), .unit = arena_str(a, row.unit),
		.is_outsourced = row.is_outsourced,
	};
	return true;
}

void auth_sign_out(struct req *r)
{
	if (r->session.p)
		sql_auth_session_delete(r->tx, (struct sql_auth_session_delete){
			sha256_of(req_arena(r), r->session) });
	reply_header(r, "Set-Cookie", COOKIE_NAME "=" COOKIE_FLAGS "; Max-Age=0");
	reply_header(r, "Clear-Site-Data", "\"cookies\", \"storage\"");
}

/* Says at most once a minute that the session is in use. */
static void session_touch(struct req *r, struct str sha256, int64_t seen_at, int64_t now)
{
	if (now - seen_at >= CLOCK_MINUTE)
		sql_auth_session_seen(r->tx, (struct sql_auth_session_seen){
			.sha256 = sha256, .before = seen_at, .now = now });
}

bool session_load(struct req *r)
{
	const struct auth_snapshot *s = tx_snapshot_slot(r->tx, SNAPSHOT_AUTH);
	struct arena *a = req_arena(r);
	struct str sha256 = sha256_of(a, r->session);
	struct sql_auth_session_read_row row = { 0 };
	int64_t now = clock_real();

	if (!s) {
		tx_fail(r->tx, TX_AWAY);
		return false;
	}
	if (!sql_auth_session_read(r->tx, (struct sql_auth_session_read){ sha256 }, &row))
		return false;
	if (now - row.seen_at > setting_int("session_idle") * CLOCK_SECOND ||
	    now - row.created_at > setting_int("session_longest") * CLOCK_SECOND ||
	    !auth_account_find(s, row.account_id, &r->actor))
		return false;
	r->actor.name = arena_str(a, r->actor.name);
	r->actor.unit = arena_str(a, r->actor.unit);
	session_touch(r, sha256, row.seen_at, now);
	return true;
}
