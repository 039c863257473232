/*
 * The ledger for those who check it: the newest checkpoint, proofs, and the signatures of
 * witnesses. Hashes tell nothing of what they stand for; an entry's bytes are for who may know
 * of its appeal.
 */
#include "ledger/ledger.h"

#include <inttypes.h>
#include <string.h>

#include "bounds.h"
#include "clock.h"
#include "matter.h"
#include "outbox.h"

static struct str hash_text(struct arena *a, const struct hash *hash)
{
	return encode_base64(a, (struct str){ (const char *)hash->v, SHA256_BYTES });
}

static void write_proof(struct json *j, struct arena *a, const struct merkle_proof *proof)
{
	json_array(j, "proof");
	for (uint32_t i = 0; i < proof->n; i++)
		json_str(j, NULL, hash_text(a, &proof->v[i]));
	json_close(j);
}

/* The newest checkpoint with what its witnesses signed; size 0 while there is none. */
struct head {
	uint64_t size;
	struct hash root;
	int64_t at;
	struct str note;
};

static struct head head_of(struct tx *tx)
{
	struct sql_ledger_checkpoint_newest_row row = { 0 };
	struct head head = { .note = STR_NONE };

	crypto_sha256(STR(""), head.root.v);
	if (!sql_ledger_checkpoint_newest(tx, &row) || row.root.n != SHA256_BYTES)
		return head;
	head.size = row.size;
	head.at = row.confirmed_at;
	head.note = ledger_note(tx, row.size, row.note);
	memcpy(head.root.v, row.root.p, SHA256_BYTES);
	return head;
}

void ledger_tell_webhooks(struct tx *tx)
{
	struct head head = head_of(tx);
	struct str value = head.note.p ? encode_base64(tx_arena(tx), head.note) : STR_NONE;

	if (value.p && value.n <= OUTBOX_HEADER_MAX)
		outbox_header_set(tx, "X-Ledger-Checkpoint", value);
}

/* ---- witnesses ---- */

/* The next of a list with commas and blanks between them; false at its end. */
static bool next_word(struct str *rest, struct str *ret_word)
{
	while (rest->n && (*rest->p == ',' || *rest->p == ' ')) {
		rest->p++;
		rest->n--;
	}
	*ret_word = (struct str){ rest->p, 0 };
	while (rest->n && *rest->p != ',' && *rest->p != ' ') {
		ret_word->n++;
		rest->p++;
		rest->n--;
	}
	return ret_word->n > 0;
}

struct cosignature_form {
	struct str checkpoint;
};

static const struct field cosignature_fields[] = {
	{ "checkpoint", FIELD_TEXT, offsetof(struct cosignature_form, checkpoint),
	  .required = true },
	{ 0 }
};

/* The line of one witness, if it signed. */
static bool keep_line(struct req *r, const struct note *note, uint64_t size, struct str vkey)
{
	const struct note_signature *signature;
	struct note_key key;

	if (!note_key_parse(req_arena(r), vkey, &key) || key.algorithm != NOTE_COSIGNATURE)
		return false;
	signature = note_signed_by(req_arena(r), note, &key);
	if (!signature)
		return false;
	sql_ledger_cosignature_put(req_tx(r), (struct sql_ledger_cosignature_put){
		.size = size, .at = clock_real(), .line = signature->line,
		.key_id = arena_str(req_arena(r), (struct str){ (const char *)key.id,
								NOTE_KEY_ID_BYTES }),
	});
	return true;
}

/* Complains unless the note is of a checkpoint of ours, to the letter. */
static bool read_cosigned(struct req *r, struct str text, struct note *ret_note,
			  uint64_t *ret_size)
{
	struct sql_ledger_checkpoint_of_row row = { 0 };
	struct arena *a = req_arena(r);
	struct checkpoint checkpoint;
	struct note ours;

	if (!note_parse(a, text, ret_note) ||
	    !checkpoint_parse(a, ret_note->text, &checkpoint)) {
		req_error(r, "#/checkpoint", "bad_note", "This is no signed checkpoint: origin, "
			  "size and root, an empty line, and lines of signatures.");
		return false;
	}
	*ret_size = checkpoint.size;
	if (sql_ledger_checkpoint_of(req_tx(r), (struct sql_ledger_checkpoint_of){
			.size = checkpoint.size }, &row) &&
	    note_parse(a, row.note, &ours) && str_eq(ours.text, ret_note->text))
		return true;
	req_error(r, "#/checkpoint", "unknown_checkpoint", "There is no such checkpoint in this "
		  "ledger; GET /api/v1/ledger/head has the newest.");
	return false;
}

static struct reply cosignatures_add(struct req *r)
{
	struct str rest = setting_str("ledger_witnesses"), vkey;
	struct cosignature_form form;
	uint64_t size = 0;
	struct note note;
	uint32_t n = 0;

	if (!req_form(r, cosignature_fields, &form) ||
	    !read_cosigned(r, form.checkpoint, &note, &size))
		return reply_invalid(r);
	while (next_word(&rest, &vkey))
		n += keep_line(r, &note, size, vkey);
	if (n == 0) {
		req_error(r, "#/checkpoint", "no_witness", "No line below it is a valid "
			  "cosignature of a witness that the setting ledger_witnesses names.");
		return reply_invalid(r);
	}
	ledger_tell_webhooks(req_tx(r));
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_u64(j, "size", size);
	json_u64(j, "cosignatures", n);
	json_close(j);
	return reply_ok(r);
}

/* ---- head ---- */

static struct reply head_show(struct req *r)
{
	struct str rest = setting_str("ledger_witnesses"), vkey;
	struct arena *a = req_arena(r);
	struct head head = head_of(req_tx(r));
	struct str log_key = ledger_vkey(req_tx(r));
	struct note_key receipts = receipt_key(a);
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_str(j, "origin", ledger_origin());
	json_u64(j, "size", head.size);
	json_str(j, "root", hash_text(a, &head.root));
	json_str(j, "checkpoint", head.note);
	json_time(j, "at", head.at);
	json_object(j, "keys");
	json_str(j, "checkpoint", log_key.n ? log_key : STR_NONE);
	json_str(j, "receipt", note_key_text(a, &receipts));
	json_array(j, "witnesses");
	while (next_word(&rest, &vkey))
		json_str(j, NULL, vkey);
	json_close(j);
	json_close(j);
	json_close(j);
	return reply_ok(r);
}

/* ---- proofs ---- */

/* A parameter that is a number; absent leaves *ret. False after a complaint. */
static bool query_number(struct req *r, const char *name, uint64_t *ret)
{
	struct str text = req_query(r, name);

	if (!text.p || str_to_u64(text, ret))
		return true;
	req_error(r, arena_printf(req_arena(r), "#/query/%s", name).p, "bad_number",
		  "%s is a whole number.", name);
	return false;
}

/* Which entry is asked for. */
struct wanted {
	uint64_t position, size;
	struct head head;
};

static struct reply reply_later(struct req *r, const char *what)
{
	reply_header(r, "Retry-After", "2");
	return reply_problem(r, 409, "not_in_the_tree_yet", "%s; ask again in a few seconds.",
			     what);
}

/* By the event of an appeal: who may not know of it is told that there is none. */
static bool find_event(struct req *r, struct wanted *w, struct reply *ret_reply)
{
	uint64_t id = appeal_id_of(req_query(r, "appeal")), seq = 1;
	struct sql_ledger_position_row row = { 0 };
	struct matter m;

	if (!query_number(r, "event", &seq)) {
		*ret_reply = reply_invalid(r);
		return false;
	}
	if (!matter_read(req_tx(r), id, &m) || !req_sees(r, &m) ||
	    seq == 0 || seq > m.appeal.version) {
		*ret_reply = reply_missing(r);
		return false;
	}
	if (!sql_ledger_position(req_tx(r), (struct sql_ledger_position){
			.kind = ENTRY_EVENT, .subject = id, .number = seq }, &row)) {
		*ret_reply = reply_later(r, "The event has no position yet");
		return false;
	}
	w->position = row.position;
	return true;
}

static bool check_wanted(struct req *r, const struct wanted *w)
{
	if (w->size > ledger_size(req_tx(r)))
		req_error(r, "#/query/size", "too_large", "The ledger is not that large yet.");
	else if (w->position >= w->size)
		req_error(r, "#/query/seq", "too_large",
			  "Position %" PRIu64 " is not in a tree of %" PRIu64 " entries.",
			  w->position, w->size);
	return !req_has_errors(r);
}

static bool find_wanted(struct req *r, struct wanted *w, struct reply *ret_reply)
{
	bool is_by_event = req_query(r, "appeal").p != NULL;

	*w = (struct wanted){ .head = head_of(req_tx(r)) };
	w->size = w->head.size;
	if (is_by_event == (req_query(r, "seq").p != NULL)) {
		req_error(r, "#/query/seq", "missing", "Name an entry by seq, its position, or "
			  "by appeal and event.");
		*ret_reply = reply_invalid(r);
		return false;
	}
	if (is_by_event && !find_event(r, w, ret_reply))
		return false;
	bool is_read = query_number(r, "seq", &w->position) && query_number(r, "size", &w->size);

	if (is_read && !req_query(r, "size").p && w->position >= w->size &&
	    w->position < ledger_size(req_tx(r))) {
		*ret_reply = reply_later(r, "The entry is under no checkpoint yet");
		return false;
	}
	if (is_read && check_wanted(r, w))
		return true;
	*ret_reply = reply_invalid(r);
	return false;
}

static bool may_see(struct req *r, const struct entry *entry)
{
	struct matter m;

	/* When somebody did something is guessed from few choices, and a digest confirms it. */
	if (entry->kind == ENTRY_ACT)
		return req_actor(r)->role & ROLES_AUDIT;
	return entry->kind != ENTRY_EVENT ||
	       (matter_read(req_tx(r), entry->subject, &m) && req_sees(r, &m));
}

/* What is stored does not fit together: proofs cannot be made, and somebody has to look. */
static struct reply reply_broken(struct req *r)
{
	return reply_problem(r, 500, "ledger_damaged", "The stored ledger does not fit together; "
			     "liandong ledger dump shows where.");
}

static struct reply proof_show(struct req *r)
{
	struct arena *a = req_arena(r);
	struct merkle_proof proof;
	struct hash leaf, root;
	struct ledger_tree tree;
	struct entry entry;
	struct reply reply;
	struct wanted w;
	struct str bytes;

	if (!find_wanted(r, &w, &reply))
		return reply;
	ledger_tree_open(&tree, req_tx(r));
	if (!ledger_entry(req_tx(r), w.position, &entry, &bytes, &leaf) ||
	    !merkle_root(&tree.source, w.size, &root) ||
	    !merkle_inclusion(&tree.source, w.position, w.size, &proof))
		return reply_broken(r);

	struct json *j = req_json(r);

	json_object(j, NULL);
	json_u64(j, "seq", w.position);
	json_u64(j, "size", w.size);
	json_str(j, "leaf", hash_text(a, &leaf));
	json_str(j, "entry", may_see(r, &entry) ? encode_base64(a, bytes) : STR_NONE);
	json_str(j, "root", hash_text(a, &root));
	write_proof(j, a, &proof);
	json_str(j, "checkpoint", w.head.note);
	json_close(j);
	return reply_ok(r);
}

static struct reply consistency_show(struct req *r)
{
	uint64_t from = 0, to = 0;
	struct merkle_proof proof;
	struct ledger_tree tree;

	if (!req_query(r, "from").p || !req_query(r, "to").p)
		req_error(r, "#/query/from", "missing", "Name both sizes, from and to.");
	else if (query_number(r, "from", &from) && query_number(r, "to", &to) &&
		 (from > to || to > ledger_size(req_tx(r))))
		req_error(r, "#/query/to", "out_of_range", "from is at most to, and to at most "
			  "the size of the ledger.");
	if (req_has_errors(r))
		return reply_invalid(r);
	ledger_tree_open(&tree, req_tx(r));
	if (!merkle_consistency(&tree.source, from, to, &proof))
		return reply_broken(r);

	struct json *j = req_json(r);

	json_object(j, NULL);
	json_u64(j, "from", from);
	json_u64(j, "to", to);
	write_proof(j, req_arena(r), &proof);
	json_close(j);
	return reply_ok(r);
}

static struct reply checkpoints_list(struct req *r)
{
	struct sql_ledger_checkpoints_row row = { 0 };
	uint64_t last = 0;
	struct page page;
	uint32_t n = 0;

	if (!req_page(r, &page))
		return reply_invalid(r);
	struct rows *rows = sql_ledger_checkpoints(req_tx(r), (struct sql_ledger_checkpoints){
		.below = page.is_continued ? page.key1 : UINT64_MAX, .n = page.limit + 1,
	});
	struct json *j = req_json(r);

	page_open(r);
	while (sql_ledger_checkpoints_next(rows, &row) && n++ < page.limit) {
		json_object(j, NULL);
		json_u64(j, "size", row.size);
		json_time(j, "at", row.signed_at);
		json_str(j, "checkpoint", arena_printf(req_arena(r), "%.*s%.*s",
						       STR_ARG(row.note), STR_ARG(row.lines)));
		json_close(j);
		last = row.size;
	}
	page_close(r, n > page.limit, last, 0);
	return reply_ok(r);
}

const struct route ledger_routes[] = {
	{ ROUTE(head_show) },
	{ ROUTE(proof_show), .query = "seq appeal event size" },
	{ ROUTE(consistency_show), .query = "from to" },
	{ ROUTE(checkpoints_list), .query = "limit cursor" },
	{ ROUTE(cosignatures_add) },
	{ 0 }
};
