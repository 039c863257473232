/*
 * Which category an appeal may be of, by the words in it: the keywords that the table of
 * categories gives each (their own names too), and what appeals alike were of. A proposal that
 * says why; a person decides.
 *
 * A category is proposed when a word of its own stands in the text, or when at least
 * SUGGEST_ALIKE_LEAST appeals alike were of it. Longer words say more; words of the categories
 * above add to what is proposed, and propose nothing below them. The same text, table and appeals
 * give the same proposals.
 *
 * Values only: no clock, no transaction, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "rules/reference.h"
#include "str.h"

enum {
	SUGGEST_MOST = 3,
	SUGGEST_WORDS_MOST = 8,		/* that are named as the reason */
	SUGGEST_ALIKE_LEAST = 2,
};

/* An appeal alike: what it was of, and who leads it; department STR_NONE where nobody does. */
struct suggest_alike {
	struct str category, department;
};

struct suggestion {
	const struct category *category;
	bool is_by_words;		/* else by appeals alike alone */
	struct str words[SUGGEST_WORDS_MOST];	/* as the table has them, the longest first */
	uint32_t word_count;
	uint32_t score;
	uint32_t alike;			/* appeals alike of this category */
};

/* Best first; of equals the lower code. Their number. Memory is the arena's. */
uint32_t suggest(struct arena *a, const struct reference *reference, struct str text,
		 const struct suggest_alike *alike, uint32_t alike_count,
		 struct suggestion out[SUGGEST_MOST]);
/* How many of the appeals alike are of the category and led by the department. */
uint32_t suggest_handled(const struct suggest_alike *alike, uint32_t n, struct str category,
			 struct str department);

/* "words.020301", "alike.020301": what is counted as shown and accepted. */
struct str suggest_rule(struct arena *a, bool is_by_words, struct str category);
/* The category of such a name; false where it is none. */
bool suggest_rule_read(struct str rule, struct str *ret_category) MUST_USE;
