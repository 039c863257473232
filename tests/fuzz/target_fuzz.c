/* Any target: what is decoded is UTF-8 without controls, and encoding it again decodes to it. */
#include "must.h"
#include "net/target.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

static void must_be_text(struct str s)
{
	must(str_code_points(s) != SIZE_MAX);
	for (size_t i = 0; i < s.n; i++)
		must((unsigned char)s.p[i] >= ' ' && s.p[i] != 0x7f);
}

static void must_come_back(struct arena *a, struct str s, bool is_query)
{
	char *encoded = arena_alloc(a, s.n * 3 + 1);
	struct str back;

	for (size_t i = 0; i < s.n; i++)
		snprintf(encoded + i * 3, 4, "%%%02X", (unsigned)(unsigned char)s.p[i]);
	must(target_decode(a, (struct str){ encoded, s.n * 3 }, is_query, &back));
	must(str_eq(s, back));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct arena *a = arena_new(1u << 24);
	struct str text = { (const char *)input, n }, path, query_text, decoded;
	struct query query;

	target_split(text, &path, &query_text);
	must(path.n + query_text.n + (query_text.p != NULL) == n);
	if (target_decode(a, path, false, &decoded)) {
		must_be_text(decoded);
		must_come_back(a, decoded, false);
	}
	if (query_parse(a, query_text, &query)) {
		must(query.n <= QUERY_PARAMS_MAX);
		for (size_t i = 0; i < query.n; i++) {
			must_be_text(query.params[i].name);
			must_be_text(query.params[i].value);
			must_come_back(a, query.params[i].value, true);
		}
	}
	arena_free(a);
	return 0;
}
