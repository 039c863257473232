/* Any bytes as a block: a reading ends, and what it gives can be written and read again. */
#include "must.h"
#include "rules/posting.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

static void check_list(const struct posting *list, uint32_t gram)
{
	static uint16_t ordinals[POSTING_DOCS_MAX], again[POSTING_DOCS_MAX];
	struct posting_block block = { .used = 0 };
	struct posting back;
	bool is_damaged;
	uint32_t n = posting_ordinals(list, ordinals);

	must(n == list->n && posting_add(&block, list->docs, gram, ordinals, n));
	struct str bytes = { (const char *)block.bytes, block.used };
	must(posting_find(bytes, gram, list->docs, gram, &back, &is_damaged));
	must(posting_ordinals(&back, again) == n);
	must(memcmp(ordinals, again, n * sizeof(again[0])) == 0);
	must(posting_keep(list, again, n) == n);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	static uint64_t ids[256];
	uint32_t docs = n > 1 ? (uint32_t)(input[0] | input[1] << 8) + 1 : 1;
	struct str bytes = { (const char *)input, n };
	struct posting list;

	if (n > 2)
		bytes = (struct str){ (const char *)input + 2, n - 2 };
	struct posting_reader r = posting_open(bytes, 7, docs);
	while (posting_next(&r, &list))
		check_list(&list, r.gram);
	for (uint32_t count = 0; count < 256; count += 51)
		if (posting_unpack_ids(bytes, ids, count))
			for (uint32_t i = 1; i < count; i++)
				must(ids[i] > ids[i - 1]);
	return 0;
}
