/*
 * Any bytes to the guard: the verdict does not depend on how they were cut, and what is let
 * through has the same framing for a naive second parser that looks for blank lines.
 */
#include "must.h"
#include "net/guard.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct guard_rules rules = { .body_max = 5000 };

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

struct outcome {
	size_t fine;
	struct guard guard;
};

static struct outcome feed(const char *bytes, size_t n, size_t piece)
{
	struct outcome o = { 0 };

	while (o.fine < n && !o.guard.refusal) {
		size_t part = piece < n - o.fine ? piece : n - o.fine;

		o.fine += guard_feed(&o.guard, &rules, bytes + o.fine, part);
	}
	return o;
}

static void must_agree(struct outcome a, struct outcome b)
{
	must(a.fine == b.fine);
	must(a.guard.refusal == b.guard.refusal);
	must(a.guard.messages == b.guard.messages);
	must(a.guard.message_bytes == b.guard.message_bytes);
	must(a.guard.body_bytes == b.guard.body_bytes);
}

/* ---- the second parser ---- */

static const char *find(const char *from, const char *end, const char *what)
{
	return memmem(from, (size_t)(end - from), what, strlen(what));
}

/* Value of the only field of this name, or NULL. */
static char *field(const char *head, const char *head_end, const char *name)
{
	char *value = NULL;
	size_t length = strlen(name);

	for (const char *line = find(head, head_end, "\r\n"); line && line < head_end;) {
		const char *next = find(line + 2, head_end, "\r\n");
		const char *end = next ? next : head_end;

		line += 2;
		must(memchr(line, ':', (size_t)(end - line)));
		if ((size_t)(end - line) > length && line[length] == ':' &&
		    strncasecmp(line, name, length) == 0) {
			must(!value);
			value = strndup(line + length + 1, (size_t)(end - line) - length - 1);
		}
		line = next;
	}
	return value;
}

/* End of a chunked body. */
static const char *chunks_end(const char *at, const char *end)
{
	for (;;) {
		const char *line = find(at, end, "\r\n");
		must(line);
		size_t size = strtoul(at, NULL, 16);
		at = line + 2 + size + 2;
		must(at <= end && at[-2] == '\r' && at[-1] == '\n');
		if (size == 0)
			return at;
	}
}

/* One message from the front of what the guard let through; its end. */
static const char *message_end(const char *message, const char *end)
{
	const char *blank = find(message, end, "\r\n\r\n");

	must(blank);
	must(!memchr(message, '\0', (size_t)(blank - message)));
	const char *line_end = find(message, end, "\r\n");
	must(line_end && line_end - message > 12);
	must(memcmp(line_end - 9, " HTTP/1.1", 9) == 0);
	char *host = field(message, blank, "host");
	char *length = field(message, blank, "content-length");
	char *coding = field(message, blank, "transfer-encoding");
	must(host && host[strspn(host, " ")] != '\0');
	must(!length || !coding);
	const char *body = blank + 4;
	const char *message_ends = coding ? chunks_end(body, end) :
			    length ? body + strtoull(length, NULL, 10) : body;
	must(message_ends <= end);
	free(host);
	free(length);
	free(coding);
	return message_ends;
}

/* The end of message number `count`, found by feeding one byte at a time. */
static size_t guard_end(const char *bytes, size_t n, uint32_t count)
{
	struct guard g = { 0 };
	size_t fed = 0;

	while (fed < n && g.messages < count)
		fed += guard_feed(&g, &rules, bytes + fed, 1);
	return fed;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	/* A copy with its own end: the second parser works on text. */
	char *bytes = malloc(n + 1);

	must(bytes);
	if (n > 0)
		memcpy(bytes, input, n);
	bytes[n] = '\0';
	struct outcome whole = feed(bytes, n, n ? n : 1);
	must_agree(whole, feed(bytes, n, 1));
	must_agree(whole, feed(bytes, n, 2 + (n ? input[0] : 0) % 61));
	if (whole.guard.refusal)
		must(guard_answer((enum guard_refusal)whole.guard.refusal)->status >= 400);
	const char *at = bytes;
	for (uint32_t i = 1; i <= whole.guard.messages && i <= 8; i++) {
		at = message_end(at, bytes + whole.fine);
		must((size_t)(at - bytes) == guard_end(bytes, n, i));
	}
	free(bytes);
	return 0;
}
