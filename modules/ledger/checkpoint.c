/*
 * Checkpoints. What is committed can be seen a moment before it is on disk, and what is not on
 * disk may be lost with the database's process; a signature of it would contradict the ledger
 * for ever. So a run notes how large the tree is, and only a later run has that much signed:
 * by then the note, and with it all before, was committed durably.
 */
#include "ledger/ledger.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "signer.h"

/* The signer is asked for the same once more, so that a database put back is found out even
 * when nothing happens. */
#define CONFIRM_EVERY CLOCK_MINUTE

/* How things stand, as this transaction sees them. */
struct standing {
	uint64_t size;		/* entries */
	uint64_t ready;		/* those that may be signed */
	uint64_t signed_size;	/* of the newest checkpoint, 0 */
	int64_t confirmed_at;
	struct str vkey;
};

static struct standing standing_of(struct tx *tx)
{
	struct sql_ledger_checkpoint_newest_row newest = { 0 };
	struct sql_ledger_standing_row row = { 0 };
	struct standing s = { .size = ledger_size(tx) };

	if (sql_ledger_standing(tx, &row)) {
		s.ready = row.ready_size < s.size ? row.ready_size : s.size;
		s.vkey = row.vkey;
	}
	if (sql_ledger_checkpoint_newest(tx, &newest)) {
		s.signed_size = newest.size;
		s.confirmed_at = newest.confirmed_at;
	}
	return s;
}

static bool is_confirmation_due(const struct standing *s)
{
	int64_t age = clock_real() - s->confirmed_at;

	return s->signed_size > 0 && (age >= CONFIRM_EVERY || age < 0);
}

bool ledger_is_unsigned(struct tx *tx)
{
	struct standing s = standing_of(tx);

	return s.size != s.ready || s.ready != s.signed_size || is_confirmation_due(&s);
}

/* The key that is kept, or the signer's at the very first. */
static bool find_key(struct tx *tx, struct standing *s, struct note_key *ret_key)
{
	struct arena *a = tx_arena(tx);
	bool is_first = s->vkey.n == 0;

	if (is_first && !signer_vkey(a, &s->vkey))
		return false;
	if (!note_key_parse(a, s->vkey, ret_key) || ret_key->algorithm != NOTE_ED25519 ||
	    !str_eq(ret_key->name, ledger_origin())) {
		signer_alarm("key_of_another_ledger", s->size);
		return false;
	}
	if (is_first)
		sql_ledger_vkey_set(tx, (struct sql_ledger_vkey_set){ .vkey = s->vkey });
	return true;
}

static bool ask(struct ledger_tree *tree, const struct checkpoint *wanted, uint64_t old_size,
		enum signer_verdict *ret_verdict, struct signer_answer *ret_answer)
{
	struct arena *a = tx_arena(tree->tx);
	struct merkle_proof proof;

	if (!merkle_consistency(&tree->source, old_size, wanted->size, &proof))
		return false;
	*ret_verdict = signer_sign(a, &(struct signer_question){
		.size = wanted->size,
		.root = { (const char *)wanted->root.v, SHA256_BYTES },
		.old_size = old_size,
		.proof = { (const char *)proof.v, proof.n * sizeof(proof.v[0]) },
	}, ret_answer);
	return true;
}

/* The signer may have signed what was then not stored: it says how far it is. */
static bool ask_twice(struct ledger_tree *tree, const struct checkpoint *wanted,
		      uint64_t old_size, struct signer_answer *ret_answer)
{
	enum signer_verdict verdict = SIGNER_AWAY;
	bool is_asked = ask(tree, wanted, old_size, &verdict, ret_answer);

	if (is_asked && verdict == SIGNER_ELSEWHERE)
		is_asked = ask(tree, wanted, ret_answer->size, &verdict, ret_answer);
	if (!is_asked && tx_ok(tree->tx))
		signer_alarm("tree_with_a_hole", wanted->size);
	return is_asked && verdict == SIGNER_SIGNED;
}

static bool is_as_wanted(struct arena *a, struct str bytes, const struct checkpoint *wanted,
			 const struct note_key *key)
{
	struct note note;

	if (note_parse(a, bytes, &note) && note_signed_by(a, &note, key) &&
	    str_eq(note.text, checkpoint_text(a, wanted)))
		return true;
	signer_alarm("signed_by_another_key", wanted->size);
	return false;
}

static void keep(struct tx *tx, const struct checkpoint *signed_one, uint64_t signed_before,
		 struct str note)
{
	int64_t now = clock_real();

	if (signed_one->size == signed_before)
		sql_ledger_checkpoint_confirm(tx, (struct sql_ledger_checkpoint_confirm){
			.size = signed_one->size, .at = now });
	else
		sql_ledger_checkpoint_add(tx, (struct sql_ledger_checkpoint_add){
			.size = signed_one->size, .at = now, .note = note,
			.root = arena_str(tx_arena(tx), (struct str){
				(const char *)signed_one->root.v, SHA256_BYTES }),
		});
	ledger_tell_webhooks(tx);
}

static void sign(struct tx *tx, struct standing *s)
{
	struct checkpoint wanted = { .origin = ledger_origin(), .size = s->ready };
	struct signer_answer answer;
	struct ledger_tree tree;
	struct note_key key;

	if (s->ready < s->signed_size) {
		signer_alarm("ledger_shrank", s->ready);
		return;
	}
	ledger_tree_open(&tree, tx);
	if (!merkle_root(&tree.source, wanted.size, &wanted.root)) {
		if (tx_ok(tx))
			signer_alarm("tree_with_a_hole", wanted.size);
		return;
	}
	if (find_key(tx, s, &key) && ask_twice(&tree, &wanted, s->signed_size, &answer) &&
	    is_as_wanted(tx_arena(tx), answer.note, &wanted, &key))
		keep(tx, &wanted, s->signed_size, answer.note);
}

bool ledger_sign(struct tx *tx)
{
	struct standing s = standing_of(tx);
	bool is_news = s.ready != s.signed_size || is_confirmation_due(&s);

	if (s.size != s.ready)
		sql_ledger_ready(tx, (struct sql_ledger_ready){ .size = s.size });
	if (is_news && s.ready > 0)
		sign(tx, &s);
	return s.size != s.ready && !is_news;
}
