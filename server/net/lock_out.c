#include "net/lock_out.h"

#include <arpa/inet.h>
#include <string.h>

#include "auth_sql.h"
#include "bounds.h"
#include "crypto.h"
#include "setting.h"

int64_t lock_delay(uint32_t n, uint32_t free, int64_t most)
{
	int64_t delay = CLOCK_SECOND;

	if (free == 0 || n < free)
		return 0;
	for (n -= free; n > 0 && delay < most; n--)
		delay *= 2;
	return delay < most ? delay : most;
}

/* ---- sources ---- */

/* The address with all bits behind those of its family taken away. */
static struct str network(struct arena *a, struct str address, size_t v4_bytes, size_t v6_bytes)
{
	char text[INET6_ADDRSTRLEN];
	struct str plain = str_starts(address, STR("::ffff:")) && memchr(address.p, '.', address.n) ?
		(struct str){ address.p + 7, address.n - 7 } : address;
	struct str terminated = arena_str(a, plain);
	uint8_t bytes[16] = { 0 };
	int family = plain.n && memchr(plain.p, ':', plain.n) ? AF_INET6 : AF_INET;
	size_t kept = family == AF_INET6 ? v6_bytes : v4_bytes, size = family == AF_INET6 ? 16 : 4;

	if (!terminated.p || inet_pton(family, terminated.p, bytes) != 1)
		return address;
	memset(bytes + kept, 0, size - kept);
	inet_ntop(family, bytes, text, sizeof(text));
	if (kept == size)
		return arena_str(a, str_of(text));
	return arena_printf(a, "%s/%zu", text, kept * 8);
}

struct str source_counted(struct arena *a, struct str address)
{
	return network(a, address, 4, 8);
}

struct str source_coarse(struct arena *a, struct str address)
{
	return network(a, address, 3, 6);
}

/* ---- what is counted ---- */

struct lock_out lock_out_of(struct req *r, struct str login, uint64_t account_id)
{
	struct arena *a = req_arena(r);
	struct str source = source_counted(a, r->peer);
	const struct str texts[LOCK_SLOTS] = {
		[LOCK_PAIR] = arena_printf(a, "pair %.*s %.*s", STR_ARG(source), STR_ARG(login)),
		[LOCK_SOURCE] = arena_printf(a, "source %.*s", STR_ARG(source)),
		[LOCK_ACCOUNT] = arena_printf(a, "account %.*s", STR_ARG(login)),
		[LOCK_CODE] = arena_printf(a, "code %.*s", STR_ARG(login)),
	};
	struct lock_out l = { .account_id = account_id };
	struct sql_auth_source_read_row row = { 0 };

	for (int i = 0; i < LOCK_SLOTS; i++)
		l.slots[i] = crypto_index(a, "sign-in", texts[i]);
	l.source = l.slots[LOCK_SOURCE];
	l.is_known_source = sql_auth_source_read(r->tx, (struct sql_auth_source_read){
		.account_id = account_id, .source = l.source }, &row);
	return l;
}

static int64_t wait_of(const struct lock_out *l, enum lock_slot slot, uint32_t n)
{
	bool is_known = l->is_known_source;

	switch (slot) {
	case LOCK_PAIR:
		return lock_delay(n, (uint32_t)setting_int("sign_in_tries"),
				  is_known ? LOCK_KNOWN_MOST : LOCK_MOST);
	case LOCK_SOURCE:
		return is_known ? 0 :
			lock_delay(n, (uint32_t)setting_int("sign_in_source_tries"), LOCK_MOST);
	case LOCK_ACCOUNT:
		return is_known ? 0 :
			lock_delay(n, (uint32_t)setting_int("sign_in_account_tries"),
				   LOCK_ACCOUNT_MOST);
	default:
		return lock_delay(n, (uint32_t)setting_int("sign_in_tries"), LOCK_MOST);
	}
}

int64_t lock_wait(struct req *r, const struct lock_out *l)
{
	int64_t now = clock_real(), wait = 0;
	struct sql_auth_failures_row row = { 0 };

	/* Of guesses on several servers at once each counts those before it. */
	tx_turn(r->tx, l->slots[LOCK_ACCOUNT]);
	struct rows *rows = sql_auth_failures(r->tx, (struct sql_auth_failures){
		.pair = l->slots[LOCK_PAIR], .source = l->slots[LOCK_SOURCE],
		.account = l->slots[LOCK_ACCOUNT], .code = l->slots[LOCK_CODE],
		.since = now - setting_int("sign_in_window") * CLOCK_SECOND,
	});

	while (sql_auth_failures_next(rows, &row))
		for (int i = 0; i < LOCK_SLOTS; i++) {
			int64_t until = row.last + wait_of(l, (enum lock_slot)i, row.n);

			if (str_eq(row.slot, l->slots[i]) && until - now > wait)
				wait = until - now;
		}
	return wait;
}

void lock_count(struct req *r, const struct lock_out *l, bool is_code)
{
	int64_t now = clock_real();

	for (int i = 0; i < LOCK_SLOTS; i++)
		if (i != LOCK_CODE || is_code)
			sql_auth_failure_insert(r->tx, (struct sql_auth_failure_insert){
				.slot = l->slots[i], .at = now });
	r->is_kept = true;
}

/* The newest sources stay. */
static void forget_sources(struct tx *tx, uint64_t account_id)
{
	struct sql_auth_source_nth_row row = { 0 };

	if (sql_auth_source_nth(tx, (struct sql_auth_source_nth){
			.account_id = account_id, .skip = LIMIT_SOURCES }, &row))
		sql_auth_sources_forget(tx, (struct sql_auth_sources_forget){
			.account_id = account_id, .until = row.seen_at });
}

void lock_forgive(struct req *r, const struct lock_out *l)
{
	sql_auth_failures_forgive(r->tx, (struct sql_auth_failures_forgive){
		.pair = l->slots[LOCK_PAIR], .code = l->slots[LOCK_CODE] });
	sql_auth_source_seen(r->tx, (struct sql_auth_source_seen){
		.account_id = l->account_id, .source = l->source, .now = clock_real() });
	if (!l->is_known_source)
		forget_sources(r->tx, l->account_id);
}

bool lock_prune_failures(struct tx *tx)
{
	return sql_auth_failures_prune(tx, (struct sql_auth_failures_prune){
		clock_real() - setting_int("sign_in_window") * CLOCK_SECOND }) == 1000;
}

bool lock_prune_sources(struct tx *tx)
{
	return sql_auth_sources_prune(tx, (struct sql_auth_sources_prune){
		clock_real() - LIMIT_SOURCE_DAYS * CLOCK_DAY }) == 1000;
}
