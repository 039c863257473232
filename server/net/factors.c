/*
 * Second factors. The secret is sealed under the account's number, so a row put in the place of
 * another does not open. A recovery code has 120 random bits, and so a plain hash is enough
 * (ASVS 5.0, 6.5.2).
 */
#include <inttypes.h>
#include <string.h>

#include "auth.h"
#include "auth_sql.h"
#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "must.h"
#include "net/sign_in.h"
#include "setting.h"
#include "totp.h"

enum { RECOVERY_BYTES = 15, RECOVERY_CHARS = 24, RECOVERY_GROUP = 4 };

static struct str seal_place(struct arena *a, uint64_t account_id)
{
	return arena_printf(a, "auth_factor.secret.%" PRIu64, account_id);
}

/* Percent-encoded but for unreserved characters (RFC 3986, section 2.3). */
static struct str encode_uri(struct arena *a, struct str text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";
	char *out = arena_alloc(a, text.n * 3 + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c && strchr(plain, c)) {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '%';
		out[n++] = "0123456789ABCDEF"[c >> 4];
		out[n++] = "0123456789ABCDEF"[c & 15];
	}
	return (struct str){ out, n };
}

struct auth_secret auth_factor_start(struct tx *tx, uint64_t account_id, struct str login)
{
	struct arena *a = tx_arena(tx);
	uint8_t bytes[TOTP_SECRET_BYTES];
	struct str secret = { (const char *)bytes, sizeof(bytes) };
	struct str issuer = encode_uri(a, setting_str("second_factor_issuer"));

	crypto_random(bytes, sizeof(bytes));
	sql_auth_factor_start(tx, (struct sql_auth_factor_start){
		.account_id = account_id,
		.pending = crypto_seal(a, seal_place(a, account_id), secret),
		.now = clock_real(),
	});
	struct str base32 = encode_base32(a, secret);
	struct str label = encode_uri(a, login);

	explicit_bzero(bytes, sizeof(bytes));
	return (struct auth_secret){
		.base32 = base32,
		.uri = arena_printf(a, "otpauth://totp/%.*s:%.*s?secret=%.*s&issuer=%.*s"
				       "&algorithm=SHA1&digits=%d&period=%d",
				    STR_ARG(issuer), STR_ARG(label), STR_ARG(base32),
				    STR_ARG(issuer), TOTP_DIGITS, TOTP_STEP_SECONDS),
	};
}

bool factor_confirm(struct tx *tx, uint64_t account_id, struct str code)
{
	struct sql_auth_factor_one_row row = { 0 };
	struct arena *a = tx_arena(tx);
	struct str secret;
	int64_t now = clock_real();

	if (!sql_auth_factor_one(tx, (struct sql_auth_factor_one){ account_id }, &row) ||
	    !row.pending.p || now - row.pending_at >= LIMIT_FACTOR_WAIT_SECONDS * CLOCK_SECOND)
		return false;
	struct str pending = arena_str(a, row.pending);

	if (!crypto_open(a, seal_place(a, account_id), pending, &secret))
		return false;
	int64_t step = totp_match(secret, code, now);

	return step && sql_auth_factor_confirm(tx, (struct sql_auth_factor_confirm){
		.account_id = account_id, .pending = pending, .step = step, .now = now }) == 1;
}

/* ---- recovery codes ---- */

static struct str recovery_hash(struct arena *a, struct str plain)
{
	uint8_t hash[SHA256_BYTES];

	crypto_sha256(plain, hash);
	return arena_str(a, (struct str){ (const char *)hash, sizeof(hash) });
}

/* "ABCD-EFGH-..." */
static struct str grouped(struct arena *a, struct str plain)
{
	char *out = arena_alloc(a, plain.n * 2);
	size_t n = 0;

	for (size_t i = 0; i < plain.n; i++) {
		if (i > 0 && i % RECOVERY_GROUP == 0)
			out[n++] = '-';
		out[n++] = plain.p[i];
	}
	return (struct str){ out, n };
}

void auth_recovery_renew(struct tx *tx, uint64_t account_id,
			 struct str ret_codes[AUTH_RECOVERY_CODES])
{
	struct arena *a = tx_arena(tx);
	uint8_t bytes[RECOVERY_BYTES];

	/* Of two lists made at once one is in force. */
	tx_turn(tx, arena_printf(a, "auth/recovery/%" PRIu64, account_id));
	sql_auth_recovery_delete(tx, (struct sql_auth_recovery_delete){ account_id });
	for (int i = 0; i < AUTH_RECOVERY_CODES; i++) {
		crypto_random(bytes, sizeof(bytes));
		struct str plain = encode_base32(a, (struct str){ (const char *)bytes,
								  sizeof(bytes) });

		must(plain.n == RECOVERY_CHARS);
		sql_auth_recovery_insert(tx, (struct sql_auth_recovery_insert){
			.account_id = account_id, .sha256 = recovery_hash(a, plain) });
		ret_codes[i] = grouped(a, plain);
	}
}

uint32_t auth_recovery_left(struct tx *tx, uint64_t account_id)
{
	struct sql_auth_recovery_count_row row = { 0 };

	return sql_auth_recovery_count(tx, (struct sql_auth_recovery_count){ account_id }, &row) ?
		row.n : 0;
}

/* As it was shown, however its groups and letters are written. */
static bool recovery_use(struct tx *tx, uint64_t account_id, struct str code)
{
	char plain[RECOVERY_CHARS];
	size_t n = 0;

	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];

		if (c == '-' || c == ' ')
			continue;
		if (n == RECOVERY_CHARS)
			return false;
		plain[n++] = (char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
	}
	return n == RECOVERY_CHARS &&
	       sql_auth_recovery_use(tx, (struct sql_auth_recovery_use){
		       .account_id = account_id,
		       .sha256 = recovery_hash(tx_arena(tx), (struct str){ plain, n }) }) == 1;
}

/* ---- checking ---- */

bool factor_fits(struct tx *tx, uint64_t account_id, struct str sealed, struct str code,
		 bool *ret_is_recovery)
{
	struct arena *a = tx_arena(tx);
	struct str secret;

	*ret_is_recovery = false;
	if (!code.p)
		return false;
	if (code.n != TOTP_DIGITS) {
		*ret_is_recovery = recovery_use(tx, account_id, code);
		return *ret_is_recovery;
	}
	if (!crypto_open(a, seal_place(a, account_id), sealed, &secret))
		return false;
	int64_t step = totp_match(secret, code, clock_real());

	return step && sql_auth_factor_use(tx, (struct sql_auth_factor_use){
		.account_id = account_id, .step = step }) == 1;
}

void auth_factor_remove(struct tx *tx, uint64_t account_id)
{
	sql_auth_factor_delete(tx, (struct sql_auth_factor_delete){ account_id });
	sql_auth_recovery_delete(tx, (struct sql_auth_recovery_delete){ account_id });
}
