#include "out/card.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "bounds.h"
#include "must.h"

enum { CARD_LINES = 5 };	/* tone, keyword, group, title, link; the text behind them */

/* One line: what would begin another becomes a blank. */
static void put_line(struct buf *out, struct str line)
{
	for (size_t i = 0; i < line.n; i++)
		buf_add_byte(out, line.p[i] == '\n' || line.p[i] == '\r' ? ' ' : line.p[i]);
	buf_add_byte(out, '\n');
}

struct str outbox_card_body(struct arena *a, const struct outbox_card *card)
{
	static const char *const tones[] = { "plain", "soon", "late" };
	struct buf out;

	buf_init(&out, LIMIT_BODY_BYTES);
	put_line(&out, str_of(tones[card->tone]));
	put_line(&out, card->keyword);
	put_line(&out, card->group);
	put_line(&out, card->title);
	put_line(&out, card->link);
	buf_add(&out, card->text);
	must(!out.overflow);
	struct str body = arena_str(a, buf_str(&out));
	buf_free(&out);
	return body;
}

bool card_parse(struct str body, struct outbox_card *ret_card)
{
	static const char *const tones[] = { "plain", "soon", "late", NULL };
	struct str lines[CARD_LINES];

	for (size_t i = 0; i < CARD_LINES; i++) {
		const char *end = body.n ? memchr(body.p, '\n', body.n) : NULL;

		if (!end)
			return false;
		lines[i] = (struct str){ body.p, (size_t)(end - body.p) };
		body = (struct str){ end + 1, body.n - lines[i].n - 1 };
	}
	int tone = str_index(lines[0], tones);

	*ret_card = (struct outbox_card){
		.tone = (enum outbox_tone)tone, .keyword = lines[1], .group = lines[2],
		.title = lines[3], .link = lines[4], .text = body,
	};
	return tone >= 0;
}

struct str card_escape(struct arena *a, struct str text)
{
	char *out = arena_alloc(a, 2 * text.n + 1), *at = out;

	for (size_t i = 0; i < text.n; i++) {
		if (strchr("\\*_[]()<>#`|~!", text.p[i]) && text.p[i])
			*at++ = '\\';
		*at++ = text.p[i];
	}
	return (struct str){ out, (size_t)(at - out) };
}

struct str card_cut(struct arena *a, struct str text, size_t most)
{
	static const struct str ellipsis = { "…", 3 };
	uint32_t point;
	size_t n = 0;

	must(most >= ellipsis.n);
	if (text.n <= most)
		return text;
	for (size_t step; n < text.n; n += step) {
		step = utf8_next(text.p + n, text.n - n, &point);
		/* Bytes that are no text are cut off with all behind them. */
		if (step == 0 || n + step > most - ellipsis.n)
			break;
	}
	/* A sign may not lose what it escapes. */
	size_t signs = 0;

	while (signs < n && text.p[n - 1 - signs] == '\\')
		signs++;
	n -= signs % 2;
	return arena_printf(a, "%.*s…", (int)n, text.p);
}

/* ---- single and many ---- */

/* A title of its bound. The keyword has to stand in what is left of it, not in what was cut off. */
static struct str title_of(struct arena *a, struct str keyword, struct str title)
{
	struct str cut = card_cut(a, title, CARD_TITLE_MOST);

	if (keyword.n == 0 || (cut.n >= keyword.n && memmem(cut.p, cut.n, keyword.p, keyword.n)))
		return cut;
	return card_cut(a, arena_printf(a, "%.*s %.*s", STR_ARG(keyword), STR_ARG(title)),
			CARD_TITLE_MOST);
}

static struct card_text one_text(struct arena *a, const struct outbox_card *card, size_t most)
{
	return (struct card_text){
		.tone = card->tone,
		.title = title_of(a, card->keyword, card->title),
		.markdown = card_cut(a, card_escape(a, card->text), most),
		.link = card->link.n ? card->link : STR_NONE,
	};
}

static bool is_counted(const struct outbox_card *cards, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (str_eq(cards[i].group, cards[at].group))
			return true;
	return false;
}

static struct str count_groups(struct arena *a, const struct outbox_card *cards, size_t n)
{
	struct str title = STR("");

	for (size_t i = 0; i < n; i++) {
		size_t count = 0;

		if (is_counted(cards, i))
			continue;
		for (size_t k = i; k < n; k++)
			count += str_eq(cards[i].group, cards[k].group);
		title = arena_printf(a, "%.*s%s%.*s %zu 件", STR_ARG(title), title.n ? "，" : "",
				     STR_ARG(cards[i].group), count);
	}
	return title;
}

/*
 * A line of at most `most` bytes: the number, by which everybody finds the task, then the title as
 * far as it goes, as a link if there is one and room for it.
 */
static struct str line_of(struct arena *a, const struct outbox_card *card, size_t most)
{
	enum { NUMBER_MOST = 60, TITLE_MOST = 90, TITLE_LEAST = 6, PLAIN = 3, LINKED = 7 };
	struct str text = card->text;
	struct str number = card_cut(a, card_escape(a, str_take(&text, '\n')), NUMBER_MOST);
	size_t frame = number.n + (number.n > 0) + PLAIN;
	bool has_link = card->link.n &&
			frame - PLAIN + LINKED + card->link.n + TITLE_LEAST <= most;

	if (has_link)
		frame += LINKED - PLAIN + card->link.n;
	size_t room = frame + TITLE_LEAST > most ? 0 : most - frame;
	struct str title = room == 0 ? STR("") :
		card_cut(a, card_escape(a, card->title), room < TITLE_MOST ? room : TITLE_MOST);
	struct str said = arena_printf(a, "%.*s%s%.*s", STR_ARG(number),
				       number.n && title.n ? " " : "", STR_ARG(title));

	return has_link ? arena_printf(a, "- [%.*s](%.*s)\n", STR_ARG(said), STR_ARG(card->link)) :
			  arena_printf(a, "- %.*s\n", STR_ARG(said));
}

/* A line is whole or left out: half a link leads nowhere. */
static struct str list_lines(struct arena *a, const struct outbox_card *cards, size_t n,
			     size_t most)
{
	enum { REST = 40 };
	struct str text = STR("");

	must(most > REST);
	for (size_t i = 0; i < n; i++) {
		struct str line = line_of(a, &cards[i], (most - REST) / n);

		if (text.n + line.n + REST > most)
			return arena_printf(a, "%.*s- 另有 %zu 件", STR_ARG(text), n - i);
		text = arena_printf(a, "%.*s%.*s", STR_ARG(text), STR_ARG(line));
	}
	return text;
}

struct card_text card_text(struct arena *a, const struct outbox_card *cards, size_t n, size_t most)
{
	enum outbox_tone tone = OUTBOX_PLAIN;

	must(n > 0);
	if (n == 1)
		return one_text(a, cards, most);
	for (size_t i = 0; i < n; i++)
		tone = cards[i].tone > tone ? cards[i].tone : tone;
	return (struct card_text){
		.tone = tone,
		.title = title_of(a, cards[0].keyword, count_groups(a, cards, n)),
		.markdown = list_lines(a, cards, n, most),
		.link = STR_NONE,
	};
}
