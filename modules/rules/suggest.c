#include "rules/suggest.h"

#include <string.h>

#include "rules/gram.h"

enum {
	WEIGHT_OWN = 10,	/* a character of a word of the category */
	WEIGHT_ABOVE = 3,	/* of one above it */
	WEIGHT_ALIKE = 6,	/* an appeal alike */
	ALIKE_COUNTED = 10,
	WORD_LEAST = 2,		/* characters: one alone says nothing */
	LEVELS_MOST = 4,
	LISTED_MOST = 32,	/* words of one category that are looked for */
};

static const char by_words[] = "words.", by_alike[] = "alike.";

static bool contains(struct str text, struct str word)
{
	return memmem(text.p ? text.p : "", text.n, word.p, word.n) != NULL;
}

/* A word within one that is counted already says the same thing once more. */
static bool is_within_another(const struct suggestion *s, struct str word)
{
	for (uint32_t i = 0; i < s->word_count; i++)
		if (contains(s->words[i], word))
			return true;
	return false;
}

static void keep_word(struct suggestion *s, struct str word)
{
	uint32_t at = s->word_count;

	while (at && s->words[at - 1].n < word.n)
		at--;
	if (at == SUGGEST_WORDS_MOST)
		return;
	if (s->word_count < SUGGEST_WORDS_MOST)
		s->word_count++;
	memmove(s->words + at + 1, s->words + at,
		(s->word_count - at - 1) * sizeof(*s->words));
	s->words[at] = word;
}

/* Characters of the word where it stands in the text and was not counted. */
static uint32_t count_word(struct arena *a, struct str normal, struct str word,
			   struct suggestion *s)
{
	struct str form = gram_normal(a, word);
	size_t characters = str_code_points(form);

	if (characters == SIZE_MAX || characters < WORD_LEAST || !contains(normal, form) ||
	    is_within_another(s, word))
		return 0;
	keep_word(s, word);
	return (uint32_t)characters;
}

/* The category's name and keywords, the longest first. */
static uint32_t list_words(const struct category *c, struct str out[LISTED_MOST])
{
	struct str rest = c->keywords, word = c->name;
	uint32_t n = 0;

	for (;;) {
		uint32_t at = n++;

		for (; at && out[at - 1].n < word.n; at--)
			out[at] = out[at - 1];
		out[at] = word;
		if (!rest.n || n == LISTED_MOST)
			return n;
		word = str_trim(str_take(&rest, ','));
	}
}

static uint32_t count_words(struct arena *a, struct str normal, const struct category *c,
			    struct suggestion *s)
{
	struct str words[LISTED_MOST];
	uint32_t n = list_words(c, words), characters = 0;

	for (uint32_t i = 0; i < n; i++)
		characters += count_word(a, normal, words[i], s);
	return characters;
}

static struct suggestion judge(struct arena *a, const struct reference *ref, struct str normal,
			       const struct category *c, uint32_t alike)
{
	struct suggestion s = { .category = c, .alike = alike };
	uint32_t own = count_words(a, normal, c, &s);
	const struct category *above = c;

	s.is_by_words = own > 0;
	if (!own && alike < SUGGEST_ALIKE_LEAST)
		return s;
	s.score = own * WEIGHT_OWN +
		  (alike < ALIKE_COUNTED ? alike : ALIKE_COUNTED) * WEIGHT_ALIKE;
	for (int level = 0; level < LEVELS_MOST; level++) {
		above = reference_category(ref, above->parent);
		if (!above)
			break;
		s.score += count_words(a, normal, above, &s) * WEIGHT_ABOVE;
	}
	return s;
}

static void keep_best(struct suggestion out[SUGGEST_MOST], uint32_t *n,
		      const struct suggestion *s)
{
	uint32_t at = *n;

	while (at && out[at - 1].score < s->score)
		at--;
	if (at == SUGGEST_MOST)
		return;
	if (*n < SUGGEST_MOST)
		(*n)++;
	memmove(out + at + 1, out + at, (*n - at - 1) * sizeof(*out));
	out[at] = *s;
}

static uint32_t count_alike(const struct suggest_alike *alike, uint32_t n, struct str category)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < n; i++)
		count += str_eq(alike[i].category, category);
	return count;
}

uint32_t suggest(struct arena *a, const struct reference *ref, struct str text,
		 const struct suggest_alike *alike, uint32_t alike_count,
		 struct suggestion out[SUGGEST_MOST])
{
	struct str normal = gram_normal(a, text);
	uint32_t n = 0;

	/* The table is in order of codes: of equals the lower one stays in front. */
	for (uint32_t i = 0; i < ref->category_count; i++) {
		const struct category *c = &ref->categories[i];
		struct suggestion s;

		/* What stands at the top is a heading: nothing is registered under it. */
		if (str_is_empty(c->parent))
			continue;
		s = judge(a, ref, normal, c, count_alike(alike, alike_count, c->code));
		if (s.score)
			keep_best(out, &n, &s);
	}
	return n;
}

uint32_t suggest_handled(const struct suggest_alike *alike, uint32_t n, struct str category,
			 struct str department)
{
	uint32_t count = 0;

	for (uint32_t i = 0; department.p && i < n; i++)
		count += str_eq(alike[i].category, category) &&
			 str_eq(alike[i].department, department);
	return count;
}

struct str suggest_rule(struct arena *a, bool is_by_words, struct str category)
{
	return arena_printf(a, "%s%.*s", is_by_words ? by_words : by_alike, STR_ARG(category));
}

bool suggest_rule_read(struct str rule, struct str *ret_category)
{
	struct str words = str_of(by_words), alike = str_of(by_alike);

	if (!str_starts(rule, words) && !str_starts(rule, alike))
		return false;
	*ret_category = (struct str){ rule.p + words.n, rule.n - words.n };
	return str_is_code(*ret_category, 16);
}
