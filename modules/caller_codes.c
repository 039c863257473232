#include "caller_codes.h"

#include <inttypes.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "domain.h"
#include "must.h"
#include "setting.h"

#include "caller_codes_sql.h"

#define LINK_LASTS (7 * CLOCK_DAY)
#define MISS_WINDOW CLOCK_HOUR

/* BY_CODE: of a number since its code was last renewed. */
enum { BY_NUMBER = 1, BY_SOURCE = 2, BY_CODE = 3 };
enum { CODES = 10000, MISSES_FREE = 5, SOURCE_MISSES_FREE = 30, CODE_MISSES_MOST = 50,
       PRUNED_AT_A_TIME = 1000 };

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* ---- codes ---- */

static struct str code_of(struct arena *a, uint64_t appeal_id, uint32_t generation)
{
	uint8_t tag[INDEX_BYTES];
	uint64_t number = 0;

	crypto_tag("caller-code", arena_printf(a, "%" PRIu64 "/%" PRIu32, appeal_id, generation),
		   tag);
	for (size_t i = 0; i < 8; i++)
		number = number << 8 | tag[i];
	return arena_printf(a, "%04u", (unsigned)(number % CODES));
}

struct str caller_code_first(struct arena *a, uint64_t appeal_id)
{
	return code_of(a, appeal_id, 0);
}

struct str caller_code(struct tx *tx, uint64_t appeal_id)
{
	struct sql_caller_codes_generation_row row = { 0 };

	if (!sql_caller_codes_generation(tx, (struct sql_caller_codes_generation){ appeal_id },
					 &row))
		row.generation = 0;
	return code_of(tx_arena(tx), appeal_id, row.generation);
}

struct str caller_code_renew(struct tx *tx, uint64_t appeal_id)
{
	sql_caller_codes_renew(tx, (struct sql_caller_codes_renew){ appeal_id });
	sql_caller_codes_forget(tx, (struct sql_caller_codes_forget){ BY_NUMBER, appeal_id });
	sql_caller_codes_forget(tx, (struct sql_caller_codes_forget){ BY_CODE, appeal_id });
	return caller_code(tx, appeal_id);
}

/* ---- links ---- */

static struct str token_place(struct arena *a, uint64_t appeal_id)
{
	return arena_printf(a, "caller_codes_link.token_sealed/%" PRIu64, appeal_id);
}

static struct str token_tag(struct arena *a, struct str token)
{
	uint8_t *tag = arena_alloc(a, INDEX_BYTES);

	crypto_tag("caller-link", token, tag);
	return (struct str){ (const char *)tag, INDEX_BYTES };
}

/* Each sign equally likely: bytes above the last whole 62 are thrown again. */
static struct str token_random(struct arena *a)
{
	char *token = arena_alloc(a, CALLER_TOKEN_CHARS + 1);
	uint8_t byte;

	for (size_t i = 0; i < CALLER_TOKEN_CHARS; i++) {
		do
			crypto_random(&byte, 1);
		while (byte >= 62 * 4);
		token[i] = base62[byte % 62];
	}
	return (struct str){ token, CALLER_TOKEN_CHARS };
}

static struct str new_token(struct tx *tx, uint64_t appeal_id)
{
	struct arena *a = tx_arena(tx);
	struct str token = token_random(a);

	sql_caller_codes_link_put(tx, (struct sql_caller_codes_link_put){
		.appeal_id = appeal_id, .token_tag = token_tag(a, token),
		.token_sealed = crypto_seal(a, token_place(a, appeal_id), token),
		.expires_at = clock_real() + LINK_LASTS,
	});
	return token;
}

/* The one that is out already, for as long again: a caller keeps one address in hand. */
static struct str living_token(struct tx *tx, uint64_t appeal_id)
{
	struct sql_caller_codes_link_of_row row = { 0 };
	struct arena *a = tx_arena(tx);
	struct str token;

	if (!sql_caller_codes_link_of(tx, (struct sql_caller_codes_link_of){ appeal_id }, &row) ||
	    row.expires_at <= clock_real() ||
	    !crypto_open(a, token_place(a, appeal_id), row.token_sealed, &token))
		return STR_NONE;
	sql_caller_codes_link_extend(tx, (struct sql_caller_codes_link_extend){
		.appeal_id = appeal_id, .expires_at = clock_real() + LINK_LASTS });
	return token;
}

struct str caller_link(struct tx *tx, uint64_t appeal_id)
{
	struct str base = setting_str("public_url");

	if (!base.n)
		return STR_NONE;
	struct str token = living_token(tx, appeal_id);

	if (!token.p)
		token = new_token(tx, appeal_id);
	return arena_printf(tx_arena(tx), "%.*s/r/%.*s", STR_ARG(base), STR_ARG(token));
}

/* ---- checking ---- */

/* An IPv4 address, or the first 64 bits of another: who has a whole network asks as one. */
static uint64_t source_subject(struct arena *a, struct str peer)
{
	uint8_t tag[INDEX_BYTES];
	uint64_t subject = 0;
	size_t colons = 0, n = 0;

	while (n < peer.n && colons < 4)
		colons += peer.p[n++] == ':';
	crypto_tag("caller-source", arena_printf(a, "%.*s", (int)n, peer.p), tag);
	for (size_t i = 0; i < 8; i++)
		subject = subject << 8 | tag[i];
	return subject;
}

/* After the free ones nobody guesses for what is left of the window. */
static int64_t wait_of(struct tx *tx, uint32_t kind, uint64_t subject, uint32_t free_misses)
{
	struct sql_caller_codes_misses_row row = { 0 };
	int64_t now = clock_real();

	if (!sql_caller_codes_misses(tx, (struct sql_caller_codes_misses){ kind, subject }, &row) ||
	    row.misses < free_misses || row.since < now - MISS_WINDOW)
		return 0;
	return row.since + MISS_WINDOW - now;
}

/* Guessed at so often that it opens nothing any more, as if it were another one. */
static bool is_worn(struct tx *tx, uint64_t appeal_id)
{
	struct sql_caller_codes_misses_row row = { 0 };

	return sql_caller_codes_misses(tx, (struct sql_caller_codes_misses){ BY_CODE, appeal_id },
				       &row) && row.misses >= CODE_MISSES_MOST;
}

static void add_miss(struct tx *tx, uint32_t kind, uint64_t subject, int64_t window_began)
{
	sql_caller_codes_miss(tx, (struct sql_caller_codes_miss){
		.kind = kind, .subject = subject, .now = clock_real(),
		.window_began = window_began });
}

/*
 * Of guesses at the same moment each sees those before it at the latest when it is counted: which
 * are too many then were not judged, and say so. The source first, as it is looked at first. What
 * names no appeal (id 0) is the source's alone: strangers share no count.
 */
static enum caller_verdict count_miss(struct req *r, uint64_t appeal_id, uint64_t source,
				      int64_t *ret_wait)
{
	int64_t began = clock_real() - MISS_WINDOW, wait;
	struct tx *tx = req_tx(r);

	add_miss(tx, BY_SOURCE, source, began);
	*ret_wait = wait_of(tx, BY_SOURCE, source, SOURCE_MISSES_FREE + 1);
	if (appeal_id) {
		add_miss(tx, BY_NUMBER, appeal_id, began);
		wait = wait_of(tx, BY_NUMBER, appeal_id, MISSES_FREE + 1);
		*ret_wait = wait > *ret_wait ? wait : *ret_wait;
		/* Of numbers that are nobody's too, so that all take the same. */
		add_miss(tx, BY_CODE, appeal_id, 0);
	}
	req_keep(r);
	return *ret_wait ? CALLER_MUST_WAIT : CALLER_IS_UNKNOWN;
}

static bool token_fits(struct tx *tx, struct str token, uint64_t *ret_appeal_id)
{
	struct sql_caller_codes_by_token_row row = { 0 };

	if (!sql_caller_codes_by_token(tx, (struct sql_caller_codes_by_token){
			.token_tag = token_tag(tx_arena(tx), token), .now = clock_real() }, &row))
		return false;
	*ret_appeal_id = row.appeal_id;
	return true;
}

enum caller_verdict caller_check(struct req *r, const struct caller_proof *proof,
				 uint64_t *ret_appeal_id, int64_t *ret_wait)
{
	struct tx *tx = req_tx(r);
	struct arena *a = req_arena(r);
	uint64_t source = source_subject(a, req_peer(r));
	uint64_t id = proof->token.p ? 0 : appeal_id_of(proof->number);

	*ret_wait = wait_of(tx, BY_SOURCE, source, SOURCE_MISSES_FREE);
	if (*ret_wait)
		return CALLER_MUST_WAIT;
	if (proof->token.p) {
		if (token_fits(tx, proof->token, ret_appeal_id))
			return CALLER_IS_KNOWN;
		return count_miss(r, 0, source, ret_wait);
	}
	*ret_wait = id ? wait_of(tx, BY_NUMBER, id, MISSES_FREE) : 0;
	if (*ret_wait)
		return CALLER_MUST_WAIT;
	/* Both are looked at for every number, there or not. */
	bool is_right = crypto_same(caller_code(tx, id), proof->code);
	bool is_open = !is_worn(tx, id);

	if (id && is_right && is_open) {
		*ret_appeal_id = id;
		return CALLER_IS_KNOWN;
	}
	return count_miss(r, id, source, ret_wait);
}

/* ---- forgetting ---- */

bool caller_codes_prune(struct tx *tx)
{
	int64_t before = clock_real() - MISS_WINDOW;

	return sql_caller_codes_prune(tx, (struct sql_caller_codes_prune){
		       before, BY_CODE, PRUNED_AT_A_TIME }) +
	       sql_caller_codes_prune_nobodys(tx, (struct sql_caller_codes_prune_nobodys){
		       BY_CODE, before, PRUNED_AT_A_TIME }) >= PRUNED_AT_A_TIME;
}
