/* Reading the file that describes a gateway. */
#include "out/gateway.h"

#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "must.h"

enum { NAMES_SEEN = 64 };

struct reading {
	struct arena *arena;
	struct gateway *gateway;
	bool (*read_file)(struct arena *a, struct str path, struct str *ret_text);
	struct str seen[NAMES_SEEN];	/* names that may not come again */
	size_t seen_n;
	uint32_t line;
	char *why;
	size_t why_size;
};

static bool complain(const struct reading *r, const char *what)
{
	snprintf(r->why, r->why_size, "line %u: %s", r->line, what);
	return false;
}

static struct str trimmed(struct str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.n--;
	}
	while (s.n && strchr(" \t\r", s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Takes the word up to a blank off the text. */
static struct str take_word(struct str *text)
{
	size_t n = 0;

	while (n < text->n && text->p[n] != ' ')
		n++;
	struct str word = { text->p, n };
	*text = trimmed((struct str){ text->p + n, text->n - n });
	return word;
}

/* A pointer is compared as a C string later. */
static struct str pointer_of(struct arena *a, struct str text)
{
	return arena_str(a, text);
}

static bool unquote(struct str *text)
{
	if (text->n >= 2 && text->p[0] == '"' && text->p[text->n - 1] == '"') {
		*text = (struct str){ text->p + 1, text->n - 2 };
		return true;
	}
	return false;
}

static bool read_condition(struct reading *r, struct str text, struct gateway_condition *ret)
{
	struct str what = take_word(&text), how = take_word(&text);
	bool is_quoted = unquote(&text), is_equal = str_is(how, "==");

	*ret = (struct gateway_condition){ .wanted = text };
	if (str_starts(what, STR("json:/")) && is_equal && is_quoted) {
		ret->test = TEST_JSON;
		ret->pointer = pointer_of(r->arena, (struct str){ what.p + 5, what.n - 5 });
	} else if (str_is(what, "status") && is_equal && text.n && !is_quoted) {
		ret->test = TEST_STATUS;
	} else if (str_is(what, "text") && is_equal && is_quoted) {
		ret->test = TEST_TEXT;
	} else if (str_is(what, "text") && str_is(how, "starts") && is_quoted) {
		ret->test = TEST_TEXT_STARTS;
	} else {
		return complain(r, "write a condition as json:/pointer == \"text\", status == 200, "
				"text == \"...\" or text starts \"...\"");
	}
	return true;
}

static bool read_wait(struct reading *r, struct str text)
{
	struct str seconds = take_word(&text);
	uint64_t n;

	if (!str_to_u64(seconds, &n) || n == 0 || n > 86400)
		return complain(r, "begin with a number of seconds, at most 86400");
	r->gateway->wait_seconds = (int64_t)n;
	return read_condition(r, text, &r->gateway->wait);
}

static bool read_name(struct reading *r, struct str name, struct str value, bool is_file)
{
	struct gateway *g = r->gateway;

	if (name.n == 0 || g->name_n == GATEWAY_NAMES)
		return complain(r, "too many values, or one without a name");
	for (uint32_t i = 0; i < g->name_n; i++)
		if (str_eq(name, g->names[i].name))
			return complain(r, "there is a value of this name already");
	if (is_file && !r->read_file(r->arena, value, &value))
		return complain(r, "this file cannot be read, or others may read it too");
	g->names[g->name_n++] = (struct gateway_name){ name, value };
	return true;
}

static bool read_header(struct reading *r, struct str value)
{
	struct gateway *g = r->gateway;

	if (g->header_n == GATEWAY_HEADERS || !value.n || !memchr(value.p, ':', value.n))
		return complain(r, "at most 8 lines `header = Name: value`");
	g->headers[g->header_n++] = value;
	return true;
}

static bool read_message_id(struct reading *r, struct str value)
{
	struct gateway *g = r->gateway;

	if (g->message_id_n == GATEWAY_IDS)
		return complain(r, "at most 4 places for the message's id");
	g->message_id[g->message_id_n++] = pointer_of(r->arena, value);
	return true;
}

static bool read_refused(struct reading *r, struct str value)
{
	struct gateway *g = r->gateway;

	if (g->refused_n == GATEWAY_REFUSALS)
		return complain(r, "at most 4 lines that say what is refused");
	return read_condition(r, value, &g->refused[g->refused_n++]);
}

/* Of two lines of one name one would be lost without a word. */
static bool is_first(struct reading *r, struct str name)
{
	if (str_is(name, "header") || str_is(name, "message_id") || str_is(name, "refused"))
		return true;
	for (size_t i = 0; i < r->seen_n; i++)
		if (str_eq(name, r->seen[i]))
			return complain(r, "this name stands in an earlier line already; keep one of "
					   "the two");
	if (r->seen_n == NAMES_SEEN)
		return complain(r, "too many lines");
	r->seen[r->seen_n++] = name;
	return true;
}

static bool read_method(struct reading *r, struct str value)
{
	r->gateway->is_get = str_is(value, "GET");
	return r->gateway->is_get || str_is(value, "POST") ||
	       complain(r, "method is POST or GET");
}

static bool read_text(struct reading *r, struct str name, struct str value)
{
	struct gateway *g = r->gateway;
	const struct {
		const char *name;
		struct str *text;
	} texts[] = {
		{ "url", &g->url }, { "content_type", &g->content_type }, { "body", &g->body },
		{ "callback_answer", &g->callback_answer },
		{ "report.items", &g->report.items }, { "report.id", &g->report.id },
		{ "report.state", &g->report.state },
		{ "report.delivered", &g->report.delivered },
		{ "reply.items", &g->reply.items }, { "reply.id", &g->reply.id },
		{ "reply.mobile", &g->reply.mobile }, { "reply.content", &g->reply.content },
	};

	for (size_t i = 0; i < array_count(texts); i++)
		if (str_is(name, texts[i].name)) {
			*texts[i].text = arena_str(r->arena, value);
			return true;
		}
	return complain(r, "there is no such name");
}

static bool read_line(struct reading *r, struct str name, struct str value)
{
	struct gateway *g = r->gateway;

	if (str_starts(name, STR("set.")))
		return read_name(r, (struct str){ name.p + 4, name.n - 4 }, value, false);
	if (str_starts(name, STR("secret.")))
		return read_name(r, (struct str){ name.p + 7, name.n - 7 }, value, true);
	if (str_is(name, "callback_token"))
		return r->read_file(r->arena, value, &g->callback_token) ||
		       complain(r, "this file cannot be read, or others may read it too");
	if (str_is(name, "header"))
		return read_header(r, value);
	if (str_is(name, "method"))
		return read_method(r, value);
	if (str_is(name, "message_id"))
		return read_message_id(r, value);
	if (str_is(name, "taken"))
		return read_condition(r, value, &g->taken);
	if (str_is(name, "refused"))
		return read_refused(r, value);
	return str_is(name, "wait") ? read_wait(r, value) : read_text(r, name, value);
}

/* Every template is tried with a message, so that a wrong name is told at the start. */
static bool try_templates(struct reading *r)
{
	static const struct gateway_message sample = {
		.mobile = { "13800000000", 11 }, .content = { "x", 1 },
		.params_json = { "{}", 2 }, .request_id = { "r", 1 }, .now = 1,
	};
	const struct gateway *g = r->gateway;
	struct str out;

	if (!gateway_render(r->arena, g, g->url, &sample, &out, r->why, r->why_size) ||
	    !gateway_render(r->arena, g, g->body, &sample, &out, r->why, r->why_size))
		return false;
	for (uint32_t i = 0; i < g->header_n; i++)
		if (!gateway_render(r->arena, g, g->headers[i], &sample, &out, r->why,
				    r->why_size))
			return false;
	return true;
}

bool gateway_parse(struct arena *a, struct str text,
		   bool (*read_file)(struct arena *a, struct str path, struct str *ret_text),
		   struct gateway *ret_gateway, char *why, size_t why_size)
{
	struct reading r = {
		.arena = a, .gateway = ret_gateway, .read_file = read_file, .why = why,
		.why_size = why_size,
	};

	*ret_gateway = (struct gateway){ .content_type = STR("application/json") };
	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;
		struct str line = trimmed((struct str){ text.p, n });
		const char *equals = line.n ? memchr(line.p, '=', line.n) : NULL;

		r.line++;
		text.p += n + (end != NULL);
		text.n -= n + (end != NULL);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (!equals)
			return complain(&r, "write name = value");
		struct str name = trimmed((struct str){ line.p, (size_t)(equals - line.p) });

		if (!is_first(&r, name) || !read_line(&r, name, trimmed((struct str){ equals + 1,
				line.n - (size_t)(equals - line.p) - 1 })))
			return false;
	}
	if (!ret_gateway->url.n || ret_gateway->taken.test == TEST_NONE) {
		snprintf(why, why_size, "url and taken have to be there");
		return false;
	}
	return try_templates(&r);
}
