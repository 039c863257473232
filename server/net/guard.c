/*
 * One small function per state, chosen by a table; each takes one byte and names the next
 * state. Body bytes are skipped in bulk. Where the RFC lets a recipient be generous, this one
 * is not: generosity in front of a second parser is how requests are smuggled.
 */
#include "net/guard.h"

#include <string.h>

#include "bounds.h"
#include "must.h"

enum state {
	AT_START,
	AT_METHOD,
	AT_TARGET_SLASH,
	AT_TARGET,
	AT_TARGET_HEX,
	AT_VERSION,
	AT_LINE_LF,
	AT_NAME_OR_END,
	AT_NAME,
	AT_VALUE_BLANK,
	AT_VALUE,
	AT_VALUE_TAIL,
	AT_VALUE_LF,
	AT_END_LF,
	AT_BODY,
	AT_CHUNK_SIZE,
	AT_CHUNK_SIZE_LF,
	AT_CHUNK_BYTES,
	AT_CHUNK_CR,
	AT_CHUNK_LF,
	AT_LAST_CR,
	AT_LAST_LF,
	AT_REFUSED,
	STATES
};

enum field { FIELD_OTHER, FIELD_HOST, FIELD_LENGTH, FIELD_CODING, FIELD_EXPECT };
enum seen { SEEN_HOST = 1, SEEN_LENGTH = 2, SEEN_CODING = 4 };
enum host_part { HOST_EMPTY, HOST_NAME, HOST_BRACKET, HOST_BRACKET_END, HOST_PORT };

struct method_row {
	const char *name;
	bool has_body;
};

enum { METHOD_PUT_ROW = 3 };

static const struct method_row methods[] = {
	{ "GET", false }, { "HEAD", false }, { "POST", true }, [METHOD_PUT_ROW] = { "PUT", true },
	{ "DELETE", false },
};

static const struct guard_answer answers[GUARD_REFUSALS] = {
	[GUARD_START_LINE] = { 400, "bad_request_line", "The request line is malformed." },
	[GUARD_METHOD] = { 501, "unknown_method", "This method is not known here." },
	[GUARD_TARGET] = { 400, "bad_target", "The request target is malformed." },
	[GUARD_TARGET_LONG] = { 400, "target_too_long", "The request target is too long." },
	[GUARD_VERSION] = { 400, "bad_version", "Only HTTP/1.1 is spoken here." },
	[GUARD_FIELD_NAME] = { 400, "bad_field_name", "A header field name is malformed." },
	[GUARD_FIELD_VALUE] = { 400, "bad_field_value", "A header field value is malformed." },
	[GUARD_HEADER_LONG] = { 400, "header_too_long", "The header is too long." },
	[GUARD_FIELDS_MANY] = { 400, "too_many_fields", "There are too many header fields." },
	[GUARD_HOST] = { 400, "bad_host", "Exactly one well-formed Host is needed." },
	[GUARD_HOST_FOREIGN] = { 400, "foreign_host", "This host is not served here." },
	[GUARD_LENGTH] = { 400, "bad_length", "Content-Length must stand once, in digits." },
	[GUARD_CODING] = { 400, "bad_coding", "Transfer-Encoding may only be `chunked`." },
	[GUARD_BOTH] = { 400, "two_lengths",
		"Content-Length and Transfer-Encoding exclude each other." },
	[GUARD_EXPECT] = { 417, "bad_expectation", "Only 100-continue can be expected." },
	[GUARD_BODY_UNWANTED] = { 400, "unwanted_body", "This method takes no body." },
	[GUARD_LENGTH_MISSING] = { 411, "length_required", "Content-Length is needed." },
	[GUARD_BODY_LONG] = { 413, "body_too_long", "The body is too long." },
	[GUARD_CHUNK] = { 400, "bad_chunk", "The chunked body is malformed." },
};

const struct guard_answer *guard_answer(enum guard_refusal refusal)
{
	must(refusal > GUARD_FINE && refusal < GUARD_REFUSALS);
	return &answers[refusal];
}

bool guard_is_between(const struct guard *g)
{
	return g->state == AT_START;
}

bool guard_is_in_header(const struct guard *g)
{
	return g->state > AT_START && g->state < AT_BODY;
}

/* ---- bytes ---- */

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The value of a hexadecimal digit, 16 for anything else. */
static unsigned hex_value(unsigned char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10u;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10u;
	return 16;
}

/* tchar of RFC 9110, section 5.6.2. */
static bool is_token(unsigned char c)
{
	return is_digit(c) || is_letter(c) || (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static char lower(unsigned char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* ---- verdicts ---- */

static enum state refuse(struct guard *g, enum guard_refusal refusal)
{
	g->refusal = (uint8_t)refusal;
	return AT_REFUSED;
}

static enum state end_message(struct guard *g)
{
	uint32_t messages = g->messages + 1;

	*g = (struct guard){ .messages = messages };
	return AT_START;
}

/* ---- start line ---- */

static enum state method_byte(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	(void)rules;
	if (c == ' ' && g->position > 0) {
		for (size_t i = 0; i < array_count(methods); i++)
			if (strcmp(g->name, methods[i].name) == 0) {
				g->method = (uint8_t)i;
				g->position = 0;
				return AT_TARGET_SLASH;
			}
		return refuse(g, GUARD_METHOD);
	}
	if (!is_token(c))
		return refuse(g, GUARD_START_LINE);
	if (g->position == GUARD_NAME_BYTES)
		return refuse(g, GUARD_METHOD);
	g->name[g->position++] = (char)c;
	return AT_METHOD;
}

/*
 * The byte at g->position of the target: which paths of long bodies it may still become. Only one
 * spelling counts, so that an encoded one has the ordinary bound.
 */
static void narrow_paths(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	for (size_t i = 0; i < rules->path_count; i++) {
		struct str path = rules->paths[i];

		if (g->position < path.n && path.p[g->position] != (char)c)
			g->paths_alive &= (uint8_t)~(1u << i);
		else if (g->position + 1u == path.n && g->paths_alive >> i & 1)
			g->is_long = g->method == METHOD_PUT_ROW;
	}
}

static enum state target_slash(struct guard *g, const struct guard_rules *rules,
			       unsigned char c)
{
	g->position = 0;
	g->paths_alive = UINT8_MAX;
	narrow_paths(g, rules, c);
	g->position = 1;
	return c == '/' ? AT_TARGET : refuse(g, GUARD_TARGET);
}

static enum state target_byte(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	if (c == ' ') {
		g->position = 0;
		return AT_VERSION;
	}
	if (c <= ' ' || c >= 0x7f || strchr("\"#<>\\", c))
		return refuse(g, GUARD_TARGET);
	/* A second slash at the front reads as the host of another URI in some parsers. */
	if (c == '/' && g->position == 1)
		return refuse(g, GUARD_TARGET);
	narrow_paths(g, rules, c);
	if (++g->position > LIMIT_TARGET_BYTES)
		return refuse(g, GUARD_TARGET_LONG);
	g->digits = 0;
	g->left = 0;
	return c == '%' ? AT_TARGET_HEX : AT_TARGET;
}

/* Two digits behind a percent sign, %00 excepted: it ends a C string in the middle. */
static enum state target_hex(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	unsigned value = hex_value(c);

	if (value > 15)
		return refuse(g, GUARD_TARGET);
	narrow_paths(g, rules, c);
	if (++g->position > LIMIT_TARGET_BYTES)
		return refuse(g, GUARD_TARGET_LONG);
	g->left = g->left * 16 + value;
	if (++g->digits < 2)
		return AT_TARGET_HEX;
	return g->left == 0 ? refuse(g, GUARD_TARGET) : AT_TARGET;
}

static enum state version_byte(struct guard *g, const struct guard_rules *rules,
			       unsigned char c)
{
	static const char expected[] = "HTTP/1.1\r";

	(void)rules;
	if (c != (unsigned char)expected[g->position])
		return refuse(g, GUARD_VERSION);
	g->position++;
	return expected[g->position] == '\0' ? AT_LINE_LF : AT_VERSION;
}

static enum state line_lf(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	(void)rules;
	return c == '\n' ? AT_NAME_OR_END : refuse(g, GUARD_START_LINE);
}

/* ---- fields ---- */

static enum state name_byte(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	static const char *const names[] = {
		[FIELD_HOST] = "host", [FIELD_LENGTH] = "content-length",
		[FIELD_CODING] = "transfer-encoding", [FIELD_EXPECT] = "expect",
	};

	(void)rules;
	if (is_token(c)) {
		if (g->position < GUARD_NAME_BYTES)
			g->name[g->position] = lower(c);
		g->position++;
		return AT_NAME;
	}
	if (c != ':' || g->position == 0)
		return refuse(g, GUARD_FIELD_NAME);
	g->field = FIELD_OTHER;
	if (g->position <= GUARD_NAME_BYTES) {
		g->name[g->position] = '\0';
		for (uint8_t i = FIELD_HOST; i < array_count(names); i++)
			if (strcmp(g->name, names[i]) == 0)
				g->field = i;
	}
	g->position = 0;
	return AT_VALUE_BLANK;
}

static enum state name_or_end(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	if (c == '\r')
		return AT_END_LF;
	if (g->fields == LIMIT_HEADER_FIELDS)
		return refuse(g, GUARD_FIELDS_MANY);
	g->fields++;
	g->position = 0;
	return name_byte(g, rules, c);
}

static bool is_first(struct guard *g, enum seen field)
{
	bool was_seen = g->seen & field;

	g->seen |= (uint8_t)field;
	return !was_seen;
}

/* At the first byte of a value, or its CR: what may stand in a message once. */
static enum guard_refusal begin_value(struct guard *g)
{
	switch (g->field) {
	case FIELD_HOST:
		g->host_part = HOST_EMPTY;
		g->hosts_alive = UINT32_MAX;
		return is_first(g, SEEN_HOST) ? GUARD_FINE : GUARD_HOST;
	case FIELD_LENGTH:
		g->left = 0;
		if (g->seen & SEEN_CODING)
			return GUARD_BOTH;
		return is_first(g, SEEN_LENGTH) ? GUARD_FINE : GUARD_LENGTH;
	case FIELD_CODING:
		if (g->seen & SEEN_LENGTH)
			return GUARD_BOTH;
		return is_first(g, SEEN_CODING) ? GUARD_FINE : GUARD_CODING;
	default:
		return GUARD_FINE;
	}
}

static void narrow_hosts(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	for (size_t i = 0; i < rules->host_count; i++) {
		struct str host = rules->hosts[i];
		bool is_alive = g->position < host.n && host.p[g->position] == lower(c);

		if (!is_alive)
			g->hosts_alive &= ~(UINT32_C(1) << i);
	}
}

/* Latches a match of all that has been read: the end of the host, or of host and port. */
static void latch_host(struct guard *g, const struct guard_rules *rules)
{
	for (size_t i = 0; i < rules->host_count; i++)
		if (rules->hosts[i].n == g->position && g->hosts_alive >> i & 1)
			g->is_host_ours = true;
}

/* uri-host [ ":" port ] of RFC 9110, section 7.2, names in ASCII. */
static enum guard_refusal host_byte(struct guard *g, const struct guard_rules *rules,
				    unsigned char c)
{
	bool is_name = is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_';

	if (g->position == 255)
		return GUARD_HOST;
	switch (g->host_part) {
	case HOST_EMPTY:
		if (!is_name && c != '[')
			return GUARD_HOST;
		g->host_part = c == '[' ? HOST_BRACKET : HOST_NAME;
		break;
	case HOST_BRACKET:
		if (c == ']')
			g->host_part = HOST_BRACKET_END;
		else if (hex_value(c) > 15 && c != ':' && c != '.')
			return GUARD_HOST;
		break;
	case HOST_PORT:
		if (!is_digit(c) || ++g->digits > 5)
			return GUARD_HOST;
		break;
	default:
		if (c != ':' && (!is_name || g->host_part == HOST_BRACKET_END))
			return GUARD_HOST;
		if (c != ':')
			break;
		latch_host(g, rules);
		g->host_part = HOST_PORT;
		g->digits = 0;
	}
	narrow_hosts(g, rules, c);
	return GUARD_FINE;
}

/* One byte of a value that is looked at. */
static enum guard_refusal value_byte_of(struct guard *g, const struct guard_rules *rules,
					unsigned char c)
{
	static const char chunked[] = "chunked";
	static const char expected[] = "100-continue";

	switch (g->field) {
	case FIELD_HOST:
		return host_byte(g, rules, c);
	case FIELD_LENGTH:
		if (!is_digit(c) || g->position == 19)
			return GUARD_LENGTH;
		g->left = g->left * 10 + hex_value(c);
		return GUARD_FINE;
	case FIELD_CODING:
		if (g->position >= sizeof(chunked) - 1 ||
		    c != (unsigned char)chunked[g->position])
			return GUARD_CODING;
		return GUARD_FINE;
	default:
		if (g->position >= sizeof(expected) - 1 || lower(c) != expected[g->position])
			return GUARD_EXPECT;
		return GUARD_FINE;
	}
}

/* Whether a value that ends here is whole. */
static enum guard_refusal end_value(struct guard *g, const struct guard_rules *rules)
{
	switch (g->field) {
	case FIELD_HOST:
		if (g->host_part == HOST_EMPTY || g->host_part == HOST_BRACKET)
			return GUARD_HOST;
		latch_host(g, rules);
		return rules->host_count == 0 || g->is_host_ours ? GUARD_FINE :
								   GUARD_HOST_FOREIGN;
	case FIELD_LENGTH:
		return g->position > 0 ? GUARD_FINE : GUARD_LENGTH;
	case FIELD_CODING:
		return g->position == strlen("chunked") ? GUARD_FINE : GUARD_CODING;
	case FIELD_EXPECT:
		return g->position == strlen("100-continue") ? GUARD_FINE : GUARD_EXPECT;
	default:
		return GUARD_FINE;
	}
}

static enum state value_end(struct guard *g, const struct guard_rules *rules)
{
	enum guard_refusal refusal = end_value(g, rules);

	return refusal == GUARD_FINE ? AT_VALUE_LF : refuse(g, refusal);
}

static bool is_value_byte(unsigned char c)
{
	return (c >= ' ' && c != 0x7f) || c == '\t';
}

static enum state value_byte(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	enum guard_refusal refusal;

	if (c == '\r')
		return value_end(g, rules);
	if (!is_value_byte(c))
		return refuse(g, GUARD_FIELD_VALUE);
	if (g->field == FIELD_OTHER)
		return AT_VALUE;
	/* Blanks behind a value that frames the message are nothing but blanks. */
	if (c == ' ') {
		refusal = end_value(g, rules);
		return refusal == GUARD_FINE ? AT_VALUE_TAIL : refuse(g, refusal);
	}
	refusal = value_byte_of(g, rules, c);
	if (refusal != GUARD_FINE)
		return refuse(g, refusal);
	g->position++;
	return AT_VALUE;
}

static enum state value_blank(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	if (c == ' ')
		return AT_VALUE_BLANK;
	enum guard_refusal refusal = begin_value(g);
	if (refusal != GUARD_FINE)
		return refuse(g, refusal);
	return value_byte(g, rules, c);
}

static enum state value_tail(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	(void)rules;
	if (c == ' ')
		return AT_VALUE_TAIL;
	return c == '\r' ? AT_VALUE_LF : refuse(g, GUARD_FIELD_VALUE);
}

static enum state value_lf(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	(void)rules;
	return c == '\n' ? AT_NAME_OR_END : refuse(g, GUARD_FIELD_VALUE);
}

static uint64_t body_max(const struct guard *g, const struct guard_rules *rules)
{
	return g->is_long ? rules->long_body_max : rules->body_max;
}

/* The end of the header: what the fields say together. */
static enum state end_lf(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	bool has_body = methods[g->method].has_body;
	bool is_chunked = g->seen & SEEN_CODING;

	if (c != '\n')
		return refuse(g, GUARD_FIELD_VALUE);
	if (!(g->seen & SEEN_HOST))
		return refuse(g, GUARD_HOST);
	if (!(g->seen & SEEN_LENGTH))
		g->left = 0;
	if (!has_body && (is_chunked || g->left > 0))
		return refuse(g, GUARD_BODY_UNWANTED);
	if (has_body && !is_chunked && !(g->seen & SEEN_LENGTH))
		return refuse(g, GUARD_LENGTH_MISSING);
	if (is_chunked) {
		g->digits = 0;
		return AT_CHUNK_SIZE;
	}
	if (g->left > body_max(g, rules))
		return refuse(g, GUARD_BODY_LONG);
	return g->left > 0 ? AT_BODY : end_message(g);
}

/* ---- chunks ---- */

static enum state chunk_size(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	unsigned value = hex_value(c);

	if (c == '\r' && g->digits > 0)
		return AT_CHUNK_SIZE_LF;
	if (value > 15 || g->digits == 16)
		return refuse(g, GUARD_CHUNK);
	g->digits++;
	g->left = g->left * 16 + value;
	return g->left > body_max(g, rules) - g->body_bytes ? refuse(g, GUARD_BODY_LONG) :
							      AT_CHUNK_SIZE;
}

static enum state chunk_size_lf(struct guard *g, const struct guard_rules *rules,
				unsigned char c)
{
	(void)rules;
	if (c != '\n')
		return refuse(g, GUARD_CHUNK);
	return g->left > 0 ? AT_CHUNK_BYTES : AT_LAST_CR;
}

static enum state chunk_cr(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	(void)rules;
	return c == '\r' ? AT_CHUNK_LF : refuse(g, GUARD_CHUNK);
}

static enum state chunk_lf(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	(void)rules;
	g->digits = 0;
	g->left = 0;
	return c == '\n' ? AT_CHUNK_SIZE : refuse(g, GUARD_CHUNK);
}

static enum state last_cr(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	(void)rules;
	return c == '\r' ? AT_LAST_LF : refuse(g, GUARD_CHUNK);
}

static enum state last_lf(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	(void)rules;
	return c == '\n' ? end_message(g) : refuse(g, GUARD_CHUNK);
}

/* ---- driver ---- */

typedef enum state (*state_fn)(struct guard *g, const struct guard_rules *rules,
			       unsigned char c);

/* AT_BODY and AT_CHUNK_BYTES are skipped in bulk, AT_REFUSED is never left. */
static const state_fn steps[STATES] = {
	[AT_START] = method_byte,
	[AT_METHOD] = method_byte,
	[AT_TARGET_SLASH] = target_slash,
	[AT_TARGET] = target_byte,
	[AT_TARGET_HEX] = target_hex,
	[AT_VERSION] = version_byte,
	[AT_LINE_LF] = line_lf,
	[AT_NAME_OR_END] = name_or_end,
	[AT_NAME] = name_byte,
	[AT_VALUE_BLANK] = value_blank,
	[AT_VALUE] = value_byte,
	[AT_VALUE_TAIL] = value_tail,
	[AT_VALUE_LF] = value_lf,
	[AT_END_LF] = end_lf,
	[AT_CHUNK_SIZE] = chunk_size,
	[AT_CHUNK_SIZE_LF] = chunk_size_lf,
	[AT_CHUNK_CR] = chunk_cr,
	[AT_CHUNK_LF] = chunk_lf,
	[AT_LAST_CR] = last_cr,
	[AT_LAST_LF] = last_lf,
};

/* Skips body bytes; returns how many of n belong to the body or the chunk. */
static size_t skip_body(struct guard *g, size_t n)
{
	size_t taken = g->left < n ? (size_t)g->left : n;

	g->left -= taken;
	g->body_bytes += taken;
	g->message_bytes += (uint32_t)taken;
	if (g->left > 0)
		return taken;
	if (g->state == AT_BODY)
		g->state = (uint8_t)end_message(g);
	else
		g->state = AT_CHUNK_CR;
	return taken;
}

/* One byte of framing; false when it is refused. */
static bool step(struct guard *g, const struct guard_rules *rules, unsigned char c)
{
	bool is_header = g->state < AT_BODY;

	g->message_bytes++;
	if (is_header && g->header_bytes == LIMIT_HEADER_BYTES) {
		g->state = (uint8_t)refuse(g, GUARD_HEADER_LONG);
		return false;
	}
	g->header_bytes += is_header;
	g->state = (uint8_t)steps[g->state](g, rules, c);
	return g->state != AT_REFUSED;
}

size_t guard_feed(struct guard *g, const struct guard_rules *rules, const char *bytes, size_t n)
{
	size_t i = 0;

	must(g->state != AT_REFUSED && rules->host_count <= GUARD_HOSTS_MAX &&
	     rules->path_count <= GUARD_PATHS_MAX);
	while (i < n) {
		if (g->state == AT_BODY || g->state == AT_CHUNK_BYTES) {
			i += skip_body(g, n - i);
			continue;
		}
		if (!step(g, rules, (unsigned char)bytes[i]))
			return i;
		i++;
	}
	return i;
}
