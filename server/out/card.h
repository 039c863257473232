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

enum {
	CARD_TITLE_MOST = 200,	/* bytes of a title, of every kind of message */
	DIGEST_MOST = 15,	/* cards of one digest: as many numbers as fit every dialect */
};

/* What outbox_card_body() wrote; false when it is nothing of the kind. Views into body. */
bool card_parse(struct str body, struct outbox_card *ret_card) MUST_USE;
/* The signs \ * _ [ ] ( ) < > # ` | ~ ! as themselves in Markdown. */
struct str card_escape(struct arena *a, struct str text);
/* At most `most` bytes (3 or more), whole code points, the last one an ellipsis if any was cut. */
struct str card_cut(struct arena *a, struct str text, size_t most);

/* One card as the dialects put it together: title without and with escaping, lines in Markdown. */
struct card_text {
	enum outbox_tone tone;
	struct str title;	/* plain, with the keyword in it, at most CARD_TITLE_MOST bytes */
	struct str markdown;	/* lines behind the title, at most `most` bytes */
	struct str link;	/* STR_NONE: none */
};
/*
 * Of one card, or of a digest of n: how many of each group, the worst tone, and a line for each with
 * the first line of its text, its title and its link, which share `most` bytes: titles are cut, then
 * links left out, and last of all lines.
 */
struct card_text card_text(struct arena *a, const struct outbox_card *cards, size_t n, size_t most);
