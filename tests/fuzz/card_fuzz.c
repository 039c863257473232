/*
 * Any bytes as a card, as a title and as a bot's answer: cuts stay below their bound and are text
 * where the whole was, no long run of digits is left, and every answer means something.
 */
#include "must.h"
#include "out/card.h"
#include "out/dialect.h"
#include "rules/mask.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

static size_t longest_run(struct str text)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < text.n; i++) {
		run = text.p[i] >= '0' && text.p[i] <= '9' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static void check_texts(struct arena *a, struct str text)
{
	bool is_text = str_code_points(text) != SIZE_MAX;
	struct str escaped = card_escape(a, text), masked = mask_digits(a, text);

	for (size_t most = 3; most < 64; most += 7) {
		struct str cut = card_cut(a, escaped, most);

		must(cut.n <= most);
		must(!is_text || str_code_points(cut) != SIZE_MAX);
	}
	must(masked.n <= text.n && longest_run(masked) < 7);
	must(!is_text || str_code_points(masked) != SIZE_MAX);
	must(str_eq(mask_digits(a, masked), masked));
}

static void check_card(struct arena *a, struct str body)
{
	struct outbox_card cards[2];

	if (!card_parse(body, &cards[0]))
		return;
	struct str again = outbox_card_body(a, &cards[0]);

	must(card_parse(again, &cards[1]) && str_eq(cards[0].text, cards[1].text));
	must(card_text(a, cards, 1, 300).markdown.n <= 300);
	must(card_text(a, cards, 2, 300).markdown.n <= 300);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	static const struct dialect *const all[] = {
		&dialect_signed, &dialect_wecom, &dialect_dingtalk, &dialect_feishu,
	};
	struct arena *a = arena_new(1 << 26);
	struct str bytes = { n ? (const char *)input : "", n };

	check_texts(a, bytes);
	check_card(a, bytes);
	for (size_t i = 0; i < array_count(all); i++)
		must(all[i]->judge(a, 200, bytes).kind <= VERDICT_REFUSED);
	arena_free(a);
	return 0;
}
