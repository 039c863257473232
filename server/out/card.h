/*
 * Cards: what bots of groups are told, as one text that is kept with the message, and the pieces
 * their dialects make of it. Text that citizens wrote is never formatting: signs of Markdown are
 * escaped. What is too long is cut between two code points and ends in an ellipsis.
 *
 * Threads: values; any. Memory is the arena's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "outbox.h"
#include "str.h"

/* What outbox_card_body() wrote; false when it is nothing of the kind. Views into body. */
bool card_parse(struct str body, struct outbox_card *ret_card) MUST_USE;
/* The signs \ * _ [ ] ( ) < > # ` | ~ ! as themselves in Markdown. */
struct str card_escape(struct arena *a, struct str text);
/* At most `most` bytes (3 or more), whole code points, the last one an ellipsis if any was cut. */
struct str card_cut(struct arena *a, struct str text, size_t most);

/* One card as the dialects put it together: title without and with escaping, lines in Markdown. */
struct card_text {
	enum outbox_tone tone;
	struct str title;	/* plain, with the keyword before it */
	struct str markdown;	/* lines behind the title, at most `most` bytes */
	struct str link;	/* STR_NONE: none */
};
/*
 * Of one card, or of a digest of n: how many of each group, the worst tone, and a line with a link
 * for each as far as `most` bytes go.
 */
struct card_text card_text(struct arena *a, const struct outbox_card *cards, size_t n, size_t most);
