/*
 * Sessions: made, found again, listed, ended. They live on real time: a test clock that jumps a
 * month must not sign anybody out. A session row carries the account's epoch; a statement that
 * raises it ends them all, whichever server they were made on.
 *
 * The cookie is SameSite=Lax: a Strict one is not sent on the first navigation back from an
 * identity provider or from a link in a chat, which would look like being signed out. What Lax
 * lets through are navigations, which change nothing; the rest is forged.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "auth_sql.h"
#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "log.h"
#include "module.h"
#include "must.h"
#include "net/lock_out.h"
#include "net/passwords.h"
#include "net/sign_in.h"

enum { SECRET_BYTES = 32, MLPS_IDLE_SECONDS = 1800 };

#define COOKIE_NAME "__Host-session"
#define COOKIE_FLAGS "; Path=/; Secure; HttpOnly; SameSite=Lax"

const char *const auth_duty_names[] = { "change_password", "set_up_second_factor", NULL };

struct str secret_make(struct arena *a)
{
	uint8_t bytes[SECRET_BYTES];

	crypto_random(bytes, sizeof(bytes));
	return encode_base64url(a, (struct str){ (const char *)bytes, sizeof(bytes) });
}

struct str secret_sha256(struct arena *a, struct str secret)
{
	uint8_t hash[SHA256_BYTES];

	crypto_sha256(secret, hash);
	return arena_str(a, (struct str){ (const char *)hash, sizeof(hash) });
}

/* ---- what the settings demand ---- */

/* The seconds behind "role=" in a list of such; -1 when the role is not named. */
static int64_t seconds_of(struct str list, const char *role)
{
	while (list.n > 0) {
		const char *end = memchr(list.p, ',', list.n);
		struct str item = { list.p, end ? (size_t)(end - list.p) : list.n };
		size_t n = strlen(role);
		uint64_t seconds;

		list.p += item.n + (end != NULL);
		list.n -= item.n + (end != NULL);
		while (item.n > 0 && item.p[0] == ' ') {
			item.p++;
			item.n--;
		}
		if (item.n > n && item.p[n] == '=' && strncmp(item.p, role, n) == 0 &&
		    str_to_u64((struct str){ item.p + n + 1, item.n - n - 1 }, &seconds) &&
		    seconds <= INT32_MAX)
			return (int64_t)seconds;
	}
	return -1;
}

static const char *role_name(uint32_t role)
{
	for (int i = 0; role_names[i]; i++)
		if (role == 1u << i)
			return role_names[i];
	return "";
}

static int64_t idle_of(uint32_t role)
{
	int64_t seconds = seconds_of(setting_str("session_idle_roles"), role_name(role));

	if (seconds < 0)
		seconds = setting_int("session_idle");
	if (password_is_mlps() && seconds > MLPS_IDLE_SECONDS)
		seconds = MLPS_IDLE_SECONDS;
	return seconds * CLOCK_SECOND;
}

static bool is_over(int64_t created_at, int64_t seen_at, uint32_t role, int64_t now)
{
	return now - seen_at > idle_of(role) ||
	       now - created_at > setting_int("session_longest") * CLOCK_SECOND;
}

static bool is_factor_demanded(uint32_t role)
{
	struct str list = setting_str("second_factor_roles");
	const char *name = role_name(role);
	size_t n = strlen(name);

	if (password_is_mlps() && (role & administrator_roles))
		return true;
	for (size_t i = 0; i + n <= list.n; i++) {
		bool is_start = i == 0 || list.p[i - 1] == ',' || list.p[i - 1] == ' ';
		bool is_end = i + n == list.n || list.p[i + n] == ',' || list.p[i + n] == ' ';

		if (n > 0 && is_start && is_end && strncmp(list.p + i, name, n) == 0)
			return true;
	}
	return false;
}

enum auth_duty session_duty(uint32_t role, bool is_password_initial, int64_t password_at,
			    bool has_factor)
{
	if (is_password_initial ||
	    (password_is_mlps() && clock_real() - password_at > PASSWORD_AGE_MOST))
		return AUTH_CHANGE_PASSWORD;
	return !has_factor && is_factor_demanded(role) ? AUTH_SET_UP_FACTOR : AUTH_NO_DUTY;
}

/* ---- making ---- */

/* "Firefox, Windows": the first known name of each kind; the text itself is kept nowhere. */
static struct str agent_of(struct req *r)
{
	static const char *const browsers[][2] = {
		{ "Edg", "Edge" }, { "OPR/", "Opera" }, { "Firefox/", "Firefox" },
		{ "MicroMessenger", "WeChat" }, { "Chrome/", "Chrome" }, { "Safari/", "Safari" },
		{ "curl/", "curl" },
	};
	static const char *const systems[][2] = {
		{ "Windows", "Windows" }, { "Android", "Android" }, { "iPhone", "iPhone" },
		{ "iPad", "iPad" }, { "Mac OS X", "macOS" }, { "Linux", "Linux" },
	};
	struct str given = arena_str(r->arena, req_header(r, "User-Agent"));
	const char *browser = "", *system = "";

	for (size_t i = array_count(browsers); given.p && i-- > 0;)
		if (strstr(given.p, browsers[i][0]))
			browser = browsers[i][1];
	for (size_t i = array_count(systems); given.p && i-- > 0;)
		if (strstr(given.p, systems[i][0]))
			system = systems[i][1];
	return arena_printf(r->arena, "%s%s%s", browser, *browser && *system ? ", " : "", system);
}

/* Who signs in again and again without ever signing out leaves the newest. */
static void end_oldest(struct tx *tx, uint64_t account_id)
{
	struct sql_auth_session_nth_row row = { 0 };

	if (sql_auth_session_nth(tx, (struct sql_auth_session_nth){
			.account_id = account_id, .skip = LIMIT_SESSIONS - 1 }, &row))
		sql_auth_sessions_cut(tx, (struct sql_auth_sessions_cut){
			.account_id = account_id, .until = row.id });
}

void session_make(struct req *r, uint64_t account_id, uint32_t epoch, bool is_vouched)
{
	struct arena *a = r->arena;
	struct str cookie = secret_make(a), sha256 = secret_sha256(a, cookie);

	if (r->session.p)
		sql_auth_session_delete(r->tx, (struct sql_auth_session_delete){
			secret_sha256(a, r->session) });
	end_oldest(r->tx, account_id);
	r->session_id = tx_sequence(r->tx, "auth_session");
	sql_auth_session_insert(r->tx, (struct sql_auth_session_insert){
		.sha256 = sha256, .id = r->session_id, .account_id = account_id, .epoch = epoch,
		.source = source_coarse(a, r->peer), .agent = agent_of(r),
		.is_vouched = is_vouched, .now = clock_real(),
	});
	r->session_token = session_token(a, sha256);
	reply_header(r, "Set-Cookie", COOKIE_NAME "=%.*s" COOKIE_FLAGS, STR_ARG(cookie));
}

static void begin(struct req *r, const struct actor *who, bool is_vouched)
{
	struct sql_auth_account_password_row row = { 0 };
	struct auth_account account;

	if (!auth_account_read(r->tx, who->id, &account) ||
	    !sql_auth_account_password(r->tx, (struct sql_auth_account_password){ who->id }, &row))
		return;
	session_make(r, who->id, row.epoch, is_vouched);
	r->duty = is_vouched ? AUTH_NO_DUTY :
		  session_duty(account.role, account.is_password_initial, account.password_at,
			       account.has_factor);
}

void auth_session_begin(struct req *r, const struct actor *who)
{
	begin(r, who, false);
}

void auth_session_vouched(struct req *r, const struct actor *who)
{
	begin(r, who, true);
}

/* ---- finding again ---- */

/* Keyed, and of the hash: who sees the token learns nothing of the cookie. */
struct str session_token(struct arena *a, struct str sha256)
{
	uint8_t tag[INDEX_BYTES];

	crypto_tag("csrf", sha256, tag);
	return encode_base64url(a, (struct str){ (const char *)tag, sizeof(tag) });
}

/* Says at most once a minute that the session is in use. */
static void session_touch(struct req *r, struct str sha256, int64_t seen_at, int64_t now)
{
	if (now - seen_at >= CLOCK_MINUTE && !req_header(r, "X-Unattended").p)
		sql_auth_session_seen(r->tx, (struct sql_auth_session_seen){
			.sha256 = sha256, .before = seen_at, .now = now });
}

bool session_load(struct req *r)
{
	struct arena *a = req_arena(r);
	struct str sha256 = secret_sha256(a, r->session);
	struct sql_auth_session_read_row row = { 0 };
	int64_t now = clock_real();

	if (!sql_auth_session_read(r->tx, (struct sql_auth_session_read){ sha256 }, &row) ||
	    is_over(row.created_at, row.seen_at, row.role, now) ||
	    (row.valid_until && now > row.valid_until))
		return false;
	r->actor = (struct actor){
		.kind = ACTOR_ACCOUNT, .id = row.account_id, .role = row.role,
		.name = arena_str(a, row.name), .unit = arena_str(a, row.unit),
		.is_outsourced = row.is_outsourced,
	};
	r->session_id = row.id;
	r->session_token = session_token(a, sha256);
	r->duty = session_duty(row.role, row.is_password_initial, row.password_at,
			       row.has_factor);
	if (row.is_vouched)
		r->duty = AUTH_NO_DUTY;
	if (!r->match.route->is_unattended)
		session_touch(r, sha256, row.seen_at, now);
	return true;
}

size_t sessions_alive(struct tx *tx, struct str pairs, size_t most, uint64_t *ret_ids)
{
	struct sql_auth_sessions_alive_row row = { 0 };
	struct rows *rows = sql_auth_sessions_alive(tx, (struct sql_auth_sessions_alive){ pairs });
	int64_t now = clock_real();
	size_t n = 0;

	while (n < most && sql_auth_sessions_alive_next(rows, &row)) {
		bool is_ready = row.is_vouched ||
				session_duty(row.role, row.is_password_initial, row.password_at,
					     row.has_factor) == AUTH_NO_DUTY;

		if (is_ready && !is_over(row.created_at, row.seen_at, row.role, now) &&
		    (!row.valid_until || now <= row.valid_until) && !(row.role & roles_refused()))
			ret_ids[n++] = row.id;
	}
	return n;
}

uint64_t auth_session_id(const struct req *r)
{
	return r->session_id;
}

struct str auth_session_token(struct req *r)
{
	return r->session_token;
}

enum auth_duty auth_session_duty(const struct req *r)
{
	return r->duty;
}

/* ---- listing and ending ---- */

size_t auth_session_list(struct tx *tx, uint64_t account_id, uint32_t role,
			 const struct auth_session **ret_list)
{
	struct arena *a = tx_arena(tx);
	struct auth_session *list = arena_array_of(a, struct auth_session, LIMIT_SESSIONS);
	struct sql_auth_sessions_row row = { 0 };
	struct rows *rows = sql_auth_sessions(tx, (struct sql_auth_sessions){
		.account_id = account_id, .n = LIMIT_SESSIONS });
	int64_t now = clock_real();
	size_t n = 0;

	while (sql_auth_sessions_next(rows, &row))
		if (!is_over(row.created_at, row.seen_at, role, now))
			list[n++] = (struct auth_session){
				.id = row.id, .created_at = row.created_at,
				.seen_at = row.seen_at, .source = arena_str(a, row.source),
				.agent = arena_str(a, row.agent),
			};
	*ret_list = list;
	return n;
}

bool auth_session_end(struct tx *tx, uint64_t account_id, uint64_t id)
{
	return sql_auth_session_end(tx, (struct sql_auth_session_end){
		.account_id = account_id, .id = id }) == 1;
}

uint64_t auth_session_end_others(struct tx *tx, uint64_t account_id, uint64_t but)
{
	return sql_auth_sessions_end(tx, (struct sql_auth_sessions_end){
		.account_id = account_id, .but = but });
}

void auth_sign_out(struct req *r)
{
	if (r->session.p)
		sql_auth_session_delete(r->tx, (struct sql_auth_session_delete){
			secret_sha256(req_arena(r), r->session) });
	reply_header(r, "Set-Cookie", COOKIE_NAME "=" COOKIE_FLAGS "; Max-Age=0");
	reply_header(r, "Clear-Site-Data", "\"cookies\", \"storage\"");
	log_info("auth", "signed_out", "account=%" PRIu64, r->actor.id);
}
