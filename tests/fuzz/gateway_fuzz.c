/*
 * Any bytes as the file of a gateway and as its answer, a zero byte between them: a file is refused
 * with a sentence or gives a body, the same each time, and every answer means something.
 */
#include "must.h"
#include "out/gateway.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

static bool read_secret(struct arena *a, struct str path, struct str *ret_text)
{
	(void)a;
	*ret_text = STR("secret");
	return path.n > 0 && path.p[0] == '/';
}

static void check_answer(struct arena *a, const struct gateway *g, struct str answer)
{
	bool is_taken = gateway_holds(a, &g->taken, 200, answer);
	bool is_again = gateway_holds(a, &g->taken, 200, answer);

	must(is_taken == is_again);
	must(g->refused_n <= GATEWAY_REFUSALS);
	for (uint32_t i = 0; i < g->refused_n; i++)
		must(!gateway_holds(a, &g->refused[i], 200, answer) ||
		     g->refused[i].test != TEST_NONE);
}

static void check_message(struct arena *a, const struct gateway *g)
{
	const struct gateway_message message = {
		.mobile = STR("13800001111"), .content = STR("\"},{\"a\":\"\\\n"),
		.params_json = STR("{}"), .request_id = STR("1"), .now = 1772413200000000,
	};
	struct str body, again;
	char why[200] = "";

	if (!gateway_render(a, g, g->body, &message, &body, why, sizeof(why))) {
		must(why[0]);
		return;
	}
	must(gateway_render(a, g, g->body, &message, &again, why, sizeof(why)));
	must(str_eq(body, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct arena *a = arena_new(1 << 24);
	const uint8_t *zero = n ? memchr(input, 0, n) : NULL;
	size_t file_n = zero ? (size_t)(zero - input) : n;
	struct str text = arena_str(a, (struct str){ n ? (const char *)input : "", file_n });
	struct str answer = zero ? (struct str){ (const char *)zero + 1, n - file_n - 1 } : STR("{}");
	struct gateway g;
	char why[200] = "";

	if (gateway_parse(a, text, read_secret, &g, why, sizeof(why))) {
		check_message(a, &g);
		check_answer(a, &g, answer);
	} else {
		must(why[0]);
	}
	arena_free(a);
	return 0;
}
