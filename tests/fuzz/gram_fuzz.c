/* Any bytes as a text: what is asked of it is in it, and nothing grows beyond its bound. */
#include "must.h"
#include "rules/gram.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

static bool has(const uint32_t *grams, uint32_t n, uint32_t gram)
{
	for (uint32_t i = 0; i < n; i++)
		if (grams[i] == gram)
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct arena *a = arena_new(1u << 28);
	struct str text = { (const char *)input, n };
	struct str normal = gram_normal(a, text);
	uint32_t *grams = arena_array_of(a, uint32_t, gram_bound(normal) + 1);
	uint32_t count = gram_text(normal, grams);
	struct gram_query q = gram_query(a, text);

	must(normal.n <= n && count <= gram_bound(normal));
	must(gram_matches(&q, normal));
	for (uint32_t i = 0; i < q.gram_count; i++)
		must(has(grams, count, q.grams[i]));
	must(gram_likeness(a, text, text) == (count ? 1000 : 0));
	arena_free(a);
	return 0;
}
