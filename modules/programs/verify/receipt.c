/*
 * A receipt: what the server promised when it took an appeal.
 */
#include "verify/receipt.h"

#include <inttypes.h>
#include <string.h>

#include "verify/ledger.h"

static bool is_digits(struct text text, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	return true;
}

/* 2026-03-02T09:00:00[.ffffff](Z|+hh:mm), RFC 3339, section 5.6. */
static bool is_moment(struct text text)
{
	static const char form[] = "0000-00-00T00:00:00";
	size_t at = sizeof(form) - 1;

	if (text.n < at)
		return false;
	for (size_t i = 0; i < at; i++)
		if (form[i] == '0' ? !is_digits(text, i, 1) : text.p[i] != form[i])
			return false;
	if (at < text.n && text.p[at] == '.')
		for (at++; at < text.n && is_digits(text, at, 1);)
			at++;
	if (text.n - at == 1)
		return text.p[at] == 'Z';
	return text.n - at == 6 && (text.p[at] == '+' || text.p[at] == '-') &&
	       is_digits(text, at + 1, 2) && text.p[at + 3] == ':' &&
	       is_digits(text, at + 4, 2);
}

static bool wrong(struct findings *findings, const char *what)
{
	finding(findings, "receipt: %s", what);
	return false;
}

bool receipt_parse(struct text file, struct receipt *ret, struct findings *findings)
{
	struct text rest, first, entry, seconds;
	uint8_t bytes[ENTRY_BYTES];
	size_t n;

	if (!note_parse(file, &ret->note))
		return wrong(findings, "the file is no signed note");
	rest = ret->note.text;
	if (!text_cut(&rest, '\n', &first) || !text_is(first, RECEIPT_FIRST_LINE) ||
	    !text_cut(&rest, '\n', &ret->origin) || !text_cut(&rest, '\n', &ret->reference) ||
	    !text_cut(&rest, '\n', &ret->received_at) || !text_cut(&rest, '\n', &entry) ||
	    !text_cut(&rest, '\n', &seconds) || rest.n)
		return wrong(findings, "the note does not have the six lines of a receipt");
	if (!is_moment(ret->received_at))
		return wrong(findings, "the fourth line is no moment");
	if (!text_base64(entry, bytes, sizeof(bytes), &n) ||
	    !entry_parse(bytes, n, &ret->entry))
		return wrong(findings, "the fifth line is no entry of a ledger");
	if (!text_u64(seconds, &ret->seconds))
		return wrong(findings, "the sixth line is no number of seconds");
	if (ret->entry.kind != ENTRY_EVENT || ret->entry.number != 1)
		return wrong(findings, "its entry is not the first event of an appeal");
	if (ret->entry.subject == 0 || appeal_parse(ret->reference) != ret->entry.subject)
		return wrong(findings, "its entry is of another appeal than its reference");
	return true;
}

static void check_signature(const struct receipt *receipt, const struct key *key,
			    struct findings *findings, FILE *out)
{
	struct text name = key->name;
	const char *suffix = "/receipt";
	size_t n = strlen(suffix);

	if (name.n <= n || !text_same((struct text){ name.p, name.n - n }, receipt->origin) ||
	    memcmp(name.p + name.n - n, suffix, n) != 0)
		finding(findings, "receipt: it is of %s, the key of %s", SHOWN(receipt->origin),
			SHOWN(name));
	if (note_signing(&receipt->note, key, NULL) != SIGNING_GOOD)
		finding(findings, "receipt: no good signature by the key of %s", SHOWN(name));
	else
		fprintf(out, "OK signature of %s\n", SHOWN(name));
}

static void tell_place(const struct wanted *wanted, const struct receipt *receipt,
		       struct findings *findings, FILE *out)
{
	if (!wanted->is_found) {
		finding(findings, "receipt: the entry of %s is not in the ledger, where it had "
			"to be %" PRIu64 " seconds after it was received",
			SHOWN(receipt->reference), receipt->seconds);
		return;
	}
	fprintf(out, "OK entry: in the ledger at position %" PRIu64 "\n", wanted->position);
	if (wanted->is_covered)
		fprintf(out, "   first signed by the checkpoint of size %" PRIu64 ", made %s\n",
			wanted->covered_size, MOMENT(wanted->covered_at));
}

int receipt_verify(struct text file, const char *vkey, FILE *dump, FILE *out)
{
	struct findings findings = { .out = out };
	struct ledger_question question = { 0 };
	struct wanted wanted = { 0 };
	struct receipt receipt;
	struct key key;
	bool has_key = vkey && key_parse(text_of(vkey), &key);
	int status = STATUS_GOOD;

	if ((vkey && !has_key) || (!vkey && !dump)) {
		fputs("a receipt needs --key VKEY, the log's key for receipts, or --ledger "
		      "DUMP.\n", stderr);
		return STATUS_UNREADABLE;
	}
	if (!receipt_parse(file, &receipt, &findings))
		return STATUS_UNREADABLE;
	fprintf(out, "receipt of %s, received %s, by %s\n", SHOWN(receipt.reference),
		SHOWN(receipt.received_at), SHOWN(receipt.origin));
	if (dump) {
		wanted.entry = receipt.entry;
		question.wanted = &wanted;
		status = ledger_verify(dump, &question, out);
		if (status == STATUS_UNREADABLE)
			return status;
		tell_place(&wanted, &receipt, &findings, out);
	}
	if (!has_key && question.has_receipt_key) {
		key = question.receipt_key;
		has_key = true;
		fputs("   the key for receipts was taken from the dump; give one from "
		      "elsewhere by --key\n", out);
	}
	if (has_key)
		check_signature(&receipt, &key, &findings, out);
	else
		finding(&findings, "receipt: there is no key to check its signature with");
	return findings.count ? STATUS_WRONG : status;
}
