/*
 * Any bytes for a dump, a receipt, a checkpoint or a proof, by the first one: what is read
 * lies inside of the input, and everything ends with a status.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "verify/json_proof.h"
#include "verify/ledger.h"
#include "verify/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

static void read_dump(const uint8_t *input, size_t n, FILE *out)
{
	struct ledger_question question = { 0 };
	FILE *dump = fmemopen((void *)(uintptr_t)input, n, "r");

	if (!dump)
		abort();
	int status = ledger_verify(dump, &question, out);
	if (status < STATUS_GOOD || status > STATUS_UNREADABLE)
		abort();
	fclose(dump);
}

static void read_checkpoint(struct text text)
{
	struct checkpoint checkpoint;
	struct note note;
	struct key key;

	(void)key_parse(text, &key);
	if (!note_parse(text, &note) || !checkpoint_parse(&note, &checkpoint))
		return;
	if (checkpoint.origin.p != text.p || checkpoint.origin.n > text.n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	FILE *out = fopen("/dev/null", "we");
	struct text text = { (const char *)input + 1, n - 1 };
	struct findings findings = { .out = out };
	struct consistency consistency;
	struct receipt receipt;

	if (!out)
		abort();
	if (n > 1 && input[0] == 'r')
		(void)receipt_parse(text, &receipt, &findings);
	else if (n > 1 && input[0] == 'c')
		read_checkpoint(text);
	else if (n > 1 && input[0] == 'p')
		(void)consistency_parse(text, &consistency);
	else if (n > 0)
		read_dump(input, n, out);
	fclose(out);
	return 0;
}
