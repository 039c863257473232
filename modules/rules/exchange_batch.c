/*
 * Batches of messages as files that a stick or a gateway carries from one network to the other.
 */
#include "rules/exchange.h"

#include <inttypes.h>
#include <string.h>

#include "bounds.h"

#define FORMAT "liandong-exchange/1\n"
static const struct str format = { FORMAT, sizeof(FORMAT) - 1 };

static struct str hash_of(struct arena *a, struct str bytes)
{
	uint8_t hash[SHA256_BYTES];

	crypto_sha256(bytes, hash);
	return encode_hex(a, (struct str){ (const char *)hash, sizeof(hash) });
}

/* ---- writing ---- */

static void write_list(struct json *j, const char *key, const struct str_list *list)
{
	json_array(j, key);
	for (size_t i = 0; i < list->n; i++)
		json_str(j, NULL, list->v[i]);
	json_close(j);
}

struct str exchange_batch_note(struct arena *a, struct exchange_batch *batch,
			       const struct str *messages, size_t n)
{
	struct str *lines = arena_array_of(a, struct str, n ? n : 1);
	struct buf out;
	struct json j;

	for (size_t i = 0; i < n; i++)
		lines[i] = hash_of(a, messages[i]);
	batch->lines = (struct str_list){ lines, n };
	buf_init(&out, LIMIT_NOTE_BYTES);
	buf_add(&out, format);
	json_init(&j, &out);
	json_object(&j, NULL);
	json_str(&j, "sender", batch->sender);
	json_str(&j, "receiver", batch->receiver);
	json_i64(&j, "batch", batch->number);
	json_str(&j, "previous", batch->previous);
	json_i64(&j, "received", batch->received);
	write_list(&j, "missing", &batch->missing);
	if (batch->refused.n)
		write_list(&j, "refused", &batch->refused);
	json_time(&j, "made_at", batch->made_at);
	write_list(&j, "lines", &batch->lines);
	json_close(&j);
	buf_add_byte(&out, '\n');
	struct str text = arena_str(a, buf_str(&out));
	buf_free(&out);
	batch->digest = hash_of(a, text);
	return text;
}

struct str exchange_batch_text(struct arena *a, struct str note, const struct note_key *key,
			       const uint8_t signature[SIGN_BYTES], const struct str *messages,
			       size_t n)
{
	struct str line = note_line(a, key, (struct str){ (const char *)signature, SIGN_BYTES });
	struct buf out;

	buf_init(&out, LIMIT_EXCHANGE_BYTES + LIMIT_NOTE_BYTES);
	buf_add(&out, note_write(a, note, line));
	buf_add_byte(&out, '\n');
	for (size_t i = 0; i < n; i++) {
		buf_add(&out, messages[i]);
		buf_add_byte(&out, '\n');
	}
	struct str text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

/* ---- reading ---- */

#define AT(member) offsetof(struct exchange_batch, member)
static const struct field head_fields[] = {
	{ "sender", FIELD_CODE, AT(sender), .required = true },
	{ "receiver", FIELD_CODE, AT(receiver), .required = true },
	{ "batch", FIELD_INT, AT(number), .required = true, .min = 1, .max = INT32_MAX },
	{ "previous", FIELD_CODE, AT(previous), .required = true, .max = EXCHANGE_HEX },
	{ "received", FIELD_INT, AT(received), .required = true, .min = 0, .max = INT32_MAX },
	{ "missing", FIELD_CODES, AT(missing), .max = EXCHANGE_MISSING_MAX },
	{ "refused", FIELD_LINES, AT(refused), .max = EXCHANGE_REFUSED_MAX },
	{ "made_at", FIELD_TIME, AT(made_at), .required = true },
	{ "lines", FIELD_LINES, AT(lines), .max = LIMIT_EXCHANGE_MESSAGES },
	{ 0 }
};
#undef AT

static bool fault(struct exchange_fault *ret, size_t line, struct str why)
{
	*ret = (struct exchange_fault){ line, why };
	return false;
}

/* What a form found first, as one sentence. */
static struct str first_error(const struct field_errors *errors)
{
	const struct field_error *e = errors->first;

	return e ? arena_printf(errors->arena, "%.*s: %.*s", STR_ARG(e->pointer),
				STR_ARG(e->detail)) : STR("It is no JSON object.");
}

/* The offset behind the next empty line, from `at` on; 0: there is none. */
static size_t behind_empty_line(struct str file, size_t at)
{
	for (size_t i = at; i + 1 < file.n; i++)
		if (file.p[i] == '\n' && file.p[i + 1] == '\n')
			return i + 2;
	return 0;
}

static bool read_head(struct arena *a, struct str file, const struct note_key *key,
		      struct exchange_batch *b, struct exchange_fault *ret_fault, size_t *ret_body)
{
	struct field_errors errors = { .arena = a };
	size_t signatures = behind_empty_line(file, 0);
	size_t body = signatures ? behind_empty_line(file, signatures) : 0;
	struct note note;

	if (!str_starts(file, format))
		return fault(ret_fault, 1, STR("This is no batch: it begins with "
					       "liandong-exchange/1."));
	if (!body && signatures && file.p[file.n - 1] == '\n')
		return fault(ret_fault, 4, STR("The file ends behind the signature: an empty "
					       "line and the messages are missing."));
	if (!body || !note_parse(a, (struct str){ file.p, body - 1 }, &note))
		return fault(ret_fault, 2, STR("Head and signature are not whole: the file was "
					       "cut, or is no batch."));
	if (!note_signed_by(a, &note, key))
		return fault(ret_fault, 4, STR("The signature is not by the sender's registered "
					       "key, or the head was changed."));
	struct str head = { note.text.p + format.n, note.text.n - format.n };

	if (!form_parse(head, head_fields, b, &errors))
		return fault(ret_fault, 2, first_error(&errors));
	b->digest = hash_of(a, note.text);
	*ret_body = body;
	return true;
}

static bool read_line(struct arena *a, struct exchange_batch *b, size_t i, size_t line,
		      struct exchange_fault *ret_fault)
{
	struct field_errors errors = { .arena = a };
	struct exchange_message *m = &b->messages[i];

	if (!str_eq(hash_of(a, b->texts[i]), b->lines.v[i]))
		return fault(ret_fault, line, STR("This message was changed after it was "
						  "signed."));
	if (form_parse(b->texts[i], exchange_message_fields, m, &errors))
		exchange_message_check(m, "#", &errors);
	if (errors.n || errors.malformed)
		return fault(ret_fault, line, first_error(&errors));
	if (!str_eq(m->sender, b->sender))
		return fault(ret_fault, line, STR("#/sender: is not that of the batch."));
	return true;
}

enum { FIRST_MESSAGE_LINE = 6 };

bool exchange_batch_read(struct arena *a, struct str file, const struct note_key *key,
			 struct exchange_batch *b, struct exchange_fault *ret_fault)
{
	size_t at, i;

	*b = (struct exchange_batch){ .number = 0 };
	if (file.n > LIMIT_EXCHANGE_BYTES + LIMIT_NOTE_BYTES)
		return fault(ret_fault, 1, STR("The file is too large for a batch."));
	if (!read_head(a, file, key, b, ret_fault, &at))
		return false;
	b->messages = arena_array_of(a, struct exchange_message, b->lines.n + 1);
	b->texts = arena_array_of(a, struct str, b->lines.n + 1);
	for (i = 0; i < b->lines.n; i++) {
		const char *end = at < file.n ? memchr(file.p + at, '\n', file.n - at) : NULL;

		if (!end)
			return fault(ret_fault, FIRST_MESSAGE_LINE + i, arena_printf(a,
				"The file was cut: it has %zu of %zu messages.", i, b->lines.n));
		b->texts[i] = (struct str){ file.p + at, (size_t)(end - file.p) - at };
		at += b->texts[i].n + 1;
		if (!read_line(a, b, i, FIRST_MESSAGE_LINE + i, ret_fault))
			return false;
	}
	if (at != file.n)
		return fault(ret_fault, FIRST_MESSAGE_LINE + i,
			     STR("There is more in the file than was signed."));
	return true;
}
