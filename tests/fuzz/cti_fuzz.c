/*
 * Any bytes as what a telephone exchange pushes, read as a form and as JSON: refused, or a call
 * whose texts are short, plain and valid, the same each time.
 */
#include "cti.h"
#include "must.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

static void check_text(struct str text, size_t most)
{
	must(text.n <= most && (text.p || !text.n));
	must(str_code_points(text) != SIZE_MAX);
	for (size_t i = 0; i < text.n; i++)
		must((unsigned char)text.p[i] >= ' ' && text.p[i] != 0x7f);
}

static void check_event(const struct cti_event *e)
{
	const struct str texts[] = { e->from, e->to, e->queue, e->answering_number, e->cause };

	must(e->kind <= CTI_HANGUP && (e->direction == CTI_IN || e->direction == CTI_OUT));
	must(e->call_id.n > 0 && e->user_count <= CTI_USERS_MAX);
	check_text(e->call_id, CTI_CALL_ID_BYTES);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		check_text(texts[i], CTI_TEXT_BYTES);
	for (size_t i = 0; i < e->user_count; i++)
		check_text(e->users[i], CTI_TEXT_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	static const char *const types[] = { "application/json", NULL };
	struct arena *a = arena_new(1 << 24);
	struct str body = arena_str(a, (struct str){ n ? (const char *)input : "", n });

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct cti_event one, again;
		enum cti_fault fault = cti_read(a, str_of(types[i]), body, &one);

		must(fault == cti_read(a, str_of(types[i]), body, &again));
		if (fault != CTI_FINE)
			continue;
		check_event(&one);
		must(one.kind == again.kind && str_eq(one.call_id, again.call_id) &&
		     one.user_count == again.user_count);
	}
	arena_free(a);
	return 0;
}
