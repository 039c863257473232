/*
 * The guard against what a lenient parser takes and a strict one must not, each as one row of
 * a table; every row is fed whole, byte by byte, and cut in two at every place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bounds.h"
#include "net/guard.h"

#define HOST "Host: a.example\r\n"
#define GET "GET / HTTP/1.1\r\n"
#define POST "POST /x HTTP/1.1\r\n" HOST
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define BYTES(text) { text, sizeof(text) - 1 }
/* A second request, which must never be read as one of its own. */
#define SMUGGLED "GET /smuggled HTTP/1.1\r\n" HOST "\r\n"

struct row {
	const char *name;
	struct str input;
	enum guard_refusal refusal;
	uint32_t messages;	/* whole ones before the refusal or in all */
};

static const struct guard_rules any_host = { .body_max = 1000 };

static const struct row refused[] = {
	/* Framing. */
	{ "two equal Content-Length",
	  BYTES(POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"), GUARD_LENGTH, 0 },
	{ "two different Content-Length",
	  BYTES(POST "Content-Length: 0\r\nContent-Length: 44\r\n\r\n" SMUGGLED), GUARD_LENGTH, 0 },
	{ "signed length", BYTES(POST "Content-Length: +5\r\n\r\nhello"), GUARD_LENGTH, 0 },
	{ "negative length", BYTES(POST "Content-Length: -1\r\n\r\n"), GUARD_LENGTH, 0 },
	{ "hexadecimal length", BYTES(POST "Content-Length: 0x5\r\n\r\nhello"), GUARD_LENGTH, 0 },
	{ "length with letters", BYTES(POST "Content-Length: 5abc\r\n\r\nhello"), GUARD_LENGTH, 0 },
	{ "list of lengths", BYTES(POST "Content-Length: 5, 5\r\n\r\nhello"), GUARD_LENGTH, 0 },
	{ "two words as a length", BYTES(POST "Content-Length: 5 5\r\n\r\nhello"),
	  GUARD_FIELD_VALUE, 0 },
	{ "empty length", BYTES(POST "Content-Length:\r\n\r\n"), GUARD_LENGTH, 0 },
	{ "blank length", BYTES(POST "Content-Length:  \r\n\r\n"), GUARD_LENGTH, 0 },
	{ "tab before a length", BYTES(POST "Content-Length:\t5\r\n\r\nhello"), GUARD_LENGTH, 0 },
	{ "length of twenty digits", BYTES(POST "Content-Length: 00000000000000000005\r\n\r\n"),
	  GUARD_LENGTH, 0 },
	{ "length of 2^63", BYTES(POST "Content-Length: 9223372036854775808\r\n\r\n"),
	  GUARD_BODY_LONG, 0 },
	{ "length of nineteen nines", BYTES(POST "Content-Length: 9999999999999999999\r\n\r\n"),
	  GUARD_BODY_LONG, 0 },
	{ "one byte too long", BYTES(POST "Content-Length: 1001\r\n\r\n"), GUARD_BODY_LONG, 0 },
	{ "length before coding",
	  BYTES(POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	  GUARD_BOTH, 0 },
	{ "coding before length",
	  BYTES(POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
	  GUARD_BOTH, 0 },
	{ "unknown coding", BYTES(POST "Transfer-Encoding: xchunked\r\n\r\n" SMUGGLED),
	  GUARD_CODING, 0 },
	{ "two codings in one field", BYTES(POST "Transfer-Encoding: gzip, chunked\r\n\r\n"),
	  GUARD_CODING, 0 },
	{ "coding with a parameter", BYTES(POST "Transfer-Encoding: chunked;q=1\r\n\r\n"),
	  GUARD_CODING, 0 },
	{ "coding in capitals", BYTES(POST "Transfer-Encoding: Chunked\r\n\r\n"), GUARD_CODING, 0 },
	{ "coding with a gap", BYTES(POST "Transfer-Encoding: chunk ed\r\n\r\n"), GUARD_CODING, 0 },
	{ "coding cut short", BYTES(POST "Transfer-Encoding: chunke\r\n\r\n"), GUARD_CODING, 0 },
	{ "empty coding", BYTES(POST "Transfer-Encoding:\r\n\r\n"), GUARD_CODING, 0 },
	{ "two coding fields",
	  BYTES(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n"),
	  GUARD_CODING, 0 },
	{ "blank before the colon of a coding",
	  BYTES(POST "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\nhello"),
	  GUARD_FIELD_NAME, 0 },
	{ "folded coding", BYTES(POST "Transfer-Encoding:\r\n chunked\r\n\r\n"), GUARD_CODING, 0 },
	{ "coding in HTTP/1.0",
	  BYTES("POST /x HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	  GUARD_VERSION, 0 },
	{ "post without length", BYTES(POST "\r\n" SMUGGLED), GUARD_LENGTH_MISSING, 0 },
	{ "put without length", BYTES("PUT /x HTTP/1.1\r\n" HOST "\r\n"), GUARD_LENGTH_MISSING, 0 },
	{ "body on HEAD", BYTES("HEAD / HTTP/1.1\r\n" HOST "Content-Length: 44\r\n\r\n" SMUGGLED),
	  GUARD_BODY_UNWANTED, 0 },
	{ "body on GET", BYTES(GET HOST "Content-Length: 5\r\n\r\nhello"), GUARD_BODY_UNWANTED, 0 },
	{ "chunked body on GET", BYTES(GET HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	  GUARD_BODY_UNWANTED, 0 },
	{ "body on DELETE", BYTES("DELETE /x HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx"),
	  GUARD_BODY_UNWANTED, 0 },
	{ "unknown expectation",
	  BYTES(POST "Expect: 200-ok\r\nContent-Length: 0\r\n\r\n"), GUARD_EXPECT, 0 },
	{ "expectation cut short",
	  BYTES(POST "Expect: 100-con\r\nContent-Length: 0\r\n\r\n"), GUARD_EXPECT, 0 },
	{ "expectation and more",
	  BYTES(POST "Expect: 100-continue2\r\nContent-Length: 0\r\n\r\n"), GUARD_EXPECT, 0 },

	/* Chunks. */
	{ "chunk size 0x3", BYTES(CHUNKED "0x3\r\nabc\r\n0\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "chunk size +3", BYTES(CHUNKED "+3\r\nabc\r\n0\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "chunk size after a blank", BYTES(CHUNKED " 3\r\nabc\r\n0\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "chunk size before a blank", BYTES(CHUNKED "3 \r\nabc\r\n0\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "chunk size -0", BYTES(CHUNKED "-0\r\n\r\n" SMUGGLED), GUARD_CHUNK, 0 },
	{ "chunk size and junk", BYTES(CHUNKED "3 junk\r\nabc\r\n0\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "empty chunk size", BYTES(CHUNKED "\r\nabc\r\n0\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "chunk extension", BYTES(CHUNKED "3;a=b\r\nabc\r\n0\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "chunk extension and bare LF", BYTES(CHUNKED "3;a\nabc\r\n0\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "chunk size and bare LF", BYTES(CHUNKED "3\nabc\r\n0\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "chunk size and bare CR", BYTES(CHUNKED "3\rabc\r\n0\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "chunk without line end", BYTES(CHUNKED "3\r\nabc0\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "chunk and bare CR", BYTES(CHUNKED "3\r\nabc\r0\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "chunk and bare LF", BYTES(CHUNKED "3\r\nabc\n0\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "trailer", BYTES(CHUNKED "0\r\nX-A: b\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "last chunk and bare CR", BYTES(CHUNKED "0\r\n\r\r"), GUARD_CHUNK, 0 },
	{ "chunk of 16 f", BYTES(CHUNKED "ffffffffffffffff\r\n"), GUARD_BODY_LONG, 0 },
	{ "chunk of 2^63-1", BYTES(CHUNKED "7fffffffffffffff\r\n"), GUARD_BODY_LONG, 0 },
	{ "chunk size of 17 zeros", BYTES(CHUNKED "00000000000000000\r\n\r\n"), GUARD_CHUNK, 0 },
	{ "chunks over the limit together",
	  BYTES(CHUNKED "3\r\nabc\r\n3e6\r\n"), GUARD_BODY_LONG, 0 },

	/* Line ends, folding, NUL. */
	{ "bare LF after the request line", BYTES("GET / HTTP/1.1\n" HOST "\r\n"),
	  GUARD_VERSION, 0 },
	{ "bare LF after a field", BYTES(GET "Host: a.example\n\r\n"), GUARD_FIELD_VALUE, 0 },
	{ "bare LF at the end", BYTES(GET HOST "\n"), GUARD_FIELD_NAME, 0 },
	{ "bare LF everywhere", BYTES("GET / HTTP/1.1\nHost: a\n\n"), GUARD_VERSION, 0 },
	{ "bare CR after the request line", BYTES("GET / HTTP/1.1\r" HOST "\r\n"),
	  GUARD_START_LINE, 0 },
	{ "bare CR in a value", BYTES(GET HOST "X-A: b\rc\r\n\r\n"), GUARD_FIELD_VALUE, 0 },
	{ "bare CR at the end", BYTES(GET HOST "\rX"), GUARD_FIELD_VALUE, 0 },
	{ "folded by a blank", BYTES(GET HOST "X-A: b\r\n c\r\n\r\n"), GUARD_FIELD_NAME, 0 },
	{ "folded by a tab", BYTES(GET HOST "X-A: b\r\n\tc\r\n\r\n"), GUARD_FIELD_NAME, 0 },
	{ "folded first line", BYTES(GET " X-A: b\r\n" HOST "\r\n"), GUARD_FIELD_NAME, 0 },
	{ "NUL in a value", BYTES(GET HOST "X-A: b\0c\r\n\r\n"), GUARD_FIELD_VALUE, 0 },
	{ "NUL in a host", BYTES(GET "Host: a\0b\r\n\r\n"), GUARD_FIELD_VALUE, 0 },
	{ "NUL in a name", BYTES(GET HOST "X\0A: b\r\n\r\n"), GUARD_FIELD_NAME, 0 },
	{ "line that begins with NUL", BYTES(GET HOST "\0\r\n" SMUGGLED), GUARD_FIELD_NAME, 0 },
	{ "NUL in the request line", BYTES("GET /\0 HTTP/1.1\r\n" HOST "\r\n"), GUARD_TARGET, 0 },

	/* Names and values. */
	{ "empty name", BYTES(GET HOST ": b\r\n\r\n"), GUARD_FIELD_NAME, 0 },
	{ "blank in a name", BYTES(GET HOST "X A: b\r\n\r\n"), GUARD_FIELD_NAME, 0 },
	{ "control in a name", BYTES(GET HOST "X\x01: b\r\n\r\n"), GUARD_FIELD_NAME, 0 },
	{ "0xff in a name", BYTES(GET HOST "X\xff: b\r\n\r\n"), GUARD_FIELD_NAME, 0 },
	{ "line without a colon", BYTES(GET HOST "X-A\r\n\r\n"), GUARD_FIELD_NAME, 0 },
	{ "control in a value", BYTES(GET HOST "X-A: b\x01\r\n\r\n"), GUARD_FIELD_VALUE, 0 },
	{ "DEL in a value", BYTES(GET HOST "X-A: b\x7f\r\n\r\n"), GUARD_FIELD_VALUE, 0 },

	/* Host. */
	{ "no host", BYTES(GET "\r\n"), GUARD_HOST, 0 },
	{ "two hosts", BYTES(GET HOST HOST "\r\n"), GUARD_HOST, 0 },
	{ "empty host", BYTES(GET "Host:\r\n\r\n"), GUARD_HOST, 0 },
	{ "host with a path", BYTES(GET "Host: a/../<script>\r\n\r\n"), GUARD_HOST, 0 },
	{ "host with a user", BYTES(GET "Host: me@a.example\r\n\r\n"), GUARD_HOST, 0 },
	{ "host of two words", BYTES(GET "Host: a.example b\r\n\r\n"), GUARD_FIELD_VALUE, 0 },
	{ "host that begins with a colon", BYTES(GET "Host: :80\r\n\r\n"), GUARD_HOST, 0 },
	{ "port with letters", BYTES(GET "Host: a:8o\r\n\r\n"), GUARD_HOST, 0 },
	{ "port of six digits", BYTES(GET "Host: a:123456\r\n\r\n"), GUARD_HOST, 0 },
	{ "open bracket", BYTES(GET "Host: [::1\r\n\r\n"), GUARD_HOST, 0 },
	{ "letters in brackets", BYTES(GET "Host: [::x]\r\n\r\n"), GUARD_HOST, 0 },
	{ "text behind brackets", BYTES(GET "Host: [::1]a\r\n\r\n"), GUARD_HOST, 0 },

	/* Request line. */
	{ "absolute form", BYTES("GET http://b.example/ HTTP/1.1\r\n" HOST "\r\n"),
	  GUARD_TARGET, 0 },
	{ "asterisk form", BYTES("GET * HTTP/1.1\r\n" HOST "\r\n"), GUARD_TARGET, 0 },
	{ "no slash in front", BYTES("GET x HTTP/1.1\r\n" HOST "\r\n"), GUARD_TARGET, 0 },
	{ "two slashes in front", BYTES("GET //b.example/ HTTP/1.1\r\n" HOST "\r\n"),
	  GUARD_TARGET, 0 },
	{ "empty target", BYTES("GET  HTTP/1.1\r\n" HOST "\r\n"), GUARD_TARGET, 0 },
	{ "control in the target", BYTES("GET /\x01 HTTP/1.1\r\n" HOST "\r\n"), GUARD_TARGET, 0 },
	{ "0x80 in the target", BYTES("GET /\x80 HTTP/1.1\r\n" HOST "\r\n"), GUARD_TARGET, 0 },
	{ "0xff in the target", BYTES("GET /\xff HTTP/1.1\r\n" HOST "\r\n"), GUARD_TARGET, 0 },
	{ "DEL in the target", BYTES("GET /\x7f HTTP/1.1\r\n" HOST "\r\n"), GUARD_TARGET, 0 },
	{ "blank in the target", BYTES("GET /a b HTTP/1.1\r\n" HOST "\r\n"), GUARD_VERSION, 0 },
	{ "fragment", BYTES("GET /a#b HTTP/1.1\r\n" HOST "\r\n"), GUARD_TARGET, 0 },
	{ "%00 in the target", BYTES("GET /x%00y HTTP/1.1\r\n" HOST "\r\n"), GUARD_TARGET, 0 },
	{ "%00 in the query", BYTES("GET /x?a=%00 HTTP/1.1\r\n" HOST "\r\n"), GUARD_TARGET, 0 },
	{ "percent without digits", BYTES("GET /x%zz HTTP/1.1\r\n" HOST "\r\n"), GUARD_TARGET, 0 },
	{ "percent at the end", BYTES("GET /x% HTTP/1.1\r\n" HOST "\r\n"), GUARD_TARGET, 0 },
	{ "HTTP/1.0", BYTES("GET / HTTP/1.0\r\n" HOST "\r\n"), GUARD_VERSION, 0 },
	{ "HTTP/1.9", BYTES("GET / HTTP/1.9\r\n" HOST "\r\n"), GUARD_VERSION, 0 },
	{ "HTTP/01.1", BYTES("GET / HTTP/01.1\r\n" HOST "\r\n"), GUARD_VERSION, 0 },
	{ "HTTP/2.0", BYTES("GET / HTTP/2.0\r\n" HOST "\r\n"), GUARD_VERSION, 0 },
	{ "HTTP/1.1junk", BYTES("GET / HTTP/1.1junk\r\n" HOST "\r\n"), GUARD_VERSION, 0 },
	{ "small letters in the version", BYTES("GET / http/1.1\r\n" HOST "\r\n"),
	  GUARD_VERSION, 0 },
	{ "HTTP/0.9", BYTES("GET /\r\n"), GUARD_TARGET, 0 },
	{ "blank behind the version", BYTES("GET / HTTP/1.1 \r\n" HOST "\r\n"), GUARD_VERSION, 0 },
	{ "tab as separator", BYTES("GET\t/ HTTP/1.1\r\n" HOST "\r\n"), GUARD_START_LINE, 0 },
	{ "line end in front", BYTES("\r\nGET / HTTP/1.1\r\n" HOST "\r\n"), GUARD_START_LINE, 0 },
	{ "blank in front", BYTES(" GET / HTTP/1.1\r\n" HOST "\r\n"), GUARD_START_LINE, 0 },
	{ "TRACE", BYTES("TRACE / HTTP/1.1\r\n" HOST "\r\n"), GUARD_METHOD, 0 },
	{ "CONNECT", BYTES("CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n"), GUARD_METHOD, 0 },
	{ "small letters in the method", BYTES("get / HTTP/1.1\r\n" HOST "\r\n"), GUARD_METHOD, 0 },
	{ "method that begins like another", BYTES("GETS / HTTP/1.1\r\n" HOST "\r\n"),
	  GUARD_METHOD, 0 },
	{ "endless method", BYTES("AAAAAAAAAAAAAAAAAAAAAAAAAAAA"), GUARD_METHOD, 0 },

	/* Behind whole messages. */
	{ "second request is bad", BYTES(GET HOST "\r\nGET / HTTP/1.9\r\n\r\n"), GUARD_VERSION, 1 },
	{ "bytes behind a body", BYTES(POST "Content-Length: 1\r\n\r\nx\0"), GUARD_START_LINE, 1 },
	{ "limits count anew for each message",
	  BYTES(GET HOST "\r\n" POST "Content-Length: 2\r\n\r\nok" GET "\r\n"), GUARD_HOST, 2 },
};

static const struct row accepted[] = {
	{ "plain GET", BYTES(GET HOST "\r\n"), GUARD_FINE, 1 },
	{ "HEAD", BYTES("HEAD / HTTP/1.1\r\n" HOST "\r\n"), GUARD_FINE, 1 },
	{ "PUT", BYTES("PUT /x HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx"), GUARD_FINE, 1 },
	{ "DELETE", BYTES("DELETE /x HTTP/1.1\r\n" HOST "\r\n"), GUARD_FINE, 1 },
	{ "DELETE that says it has no body",
	  BYTES("DELETE /x HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"), GUARD_FINE, 1 },
	{ "GET that says it has no body", BYTES(GET HOST "Content-Length: 0\r\n\r\n"),
	  GUARD_FINE, 1 },
	{ "empty body", BYTES(POST "Content-Length: 0\r\n\r\n"), GUARD_FINE, 1 },
	{ "body", BYTES(POST "Content-Length: 5\r\n\r\nhello"), GUARD_FINE, 1 },
	{ "body of the longest", BYTES(POST "Content-Length: 1000\r\n\r\n"), GUARD_FINE, 0 },
	{ "body of anything", BYTES(POST "Content-Length: 5\r\n\r\n\0\r\n\r\n"), GUARD_FINE, 1 },
	{ "length with zeros in front", BYTES(POST "Content-Length: 0000000000000000005\r\n\r\nhello"),
	  GUARD_FINE, 1 },
	{ "length between blanks", BYTES(POST "Content-Length:  5  \r\n\r\nhello"), GUARD_FINE, 1 },
	{ "length without a blank", BYTES(POST "content-length:5\r\n\r\nhello"), GUARD_FINE, 1 },
	{ "chunks", BYTES(CHUNKED "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"), GUARD_FINE, 1 },
	{ "chunk sizes in both cases", BYTES(CHUNKED "0a\r\n0123456789\r\n000\r\n\r\n"),
	  GUARD_FINE, 1 },
	{ "no chunk", BYTES(CHUNKED "0\r\n\r\n"), GUARD_FINE, 1 },
	{ "expectation", BYTES(POST "Expect: 100-Continue\r\nContent-Length: 0\r\n\r\n"),
	  GUARD_FINE, 1 },
	{ "host and port", BYTES(GET "Host: a-b_c.example:8443\r\n\r\n"), GUARD_FINE, 1 },
	{ "host and empty port", BYTES(GET "Host: a:\r\n\r\n"), GUARD_FINE, 1 },
	{ "host in brackets", BYTES(GET "Host: [::ffff:1.2.3.4]:1\r\n\r\n"), GUARD_FINE, 1 },
	{ "host in brackets without port", BYTES(GET "Host: [fe80::1]\r\n\r\n"), GUARD_FINE, 1 },
	{ "empty value", BYTES(GET HOST "X-A:\r\n\r\n"), GUARD_FINE, 1 },
	{ "tab and high bytes in a value", BYTES(GET HOST "X-A: \tb\t\xe4\xb8\xad\r\n\r\n"),
	  GUARD_FINE, 1 },
	{ "blanks behind a value", BYTES(GET HOST "X-A: b  \r\n\r\n"), GUARD_FINE, 1 },
	{ "all token characters", BYTES(GET HOST "!#$%&'*+-.^_`|~09azAZ: b\r\n\r\n"),
	  GUARD_FINE, 1 },
	{ "names that begin like known ones",
	  BYTES(GET HOST "Hos: b\r\nHost2: b\r\nTransfer-Encodings: b\r\nContent-Lengthh: z\r\n\r\n"),
	  GUARD_FINE, 1 },
	{ "long target", BYTES("GET /a/%e4%B8%ad?x=[1]&y={2}|3+4 HTTP/1.1\r\n" HOST "\r\n"),
	  GUARD_FINE, 1 },
	{ "three in a row",
	  BYTES(GET HOST "\r\n" POST "Content-Length: 2\r\n\r\nok" CHUNKED "1\r\nx\r\n0\r\n\r\n"),
	  GUARD_FINE, 3 },
	{ "unfinished header", BYTES(GET "Ho"), GUARD_FINE, 0 },
	{ "unfinished body", BYTES(POST "Content-Length: 5\r\n\r\nhell"), GUARD_FINE, 0 },
};

struct verdict {
	size_t fine;
	enum guard_refusal refusal;
	uint32_t messages;
	uint32_t message_bytes;
};

/* Feeds pieces of `first` and then of `rest` bytes each. */
static struct verdict judge(const struct guard_rules *rules, struct str input, size_t first,
			    size_t rest)
{
	struct guard g = { 0 };
	size_t fed = 0, want = first;

	while (fed < input.n && !g.refusal) {
		size_t n = want < input.n - fed ? want : input.n - fed;
		/* A copy of its own size: reading past the piece is then seen. */
		char *piece = malloc(n);
		assert_non_null(piece);
		memcpy(piece, input.p + fed, n);
		size_t fine = guard_feed(&g, rules, piece, n);
		free(piece);
		assert_true(fine <= n);
		assert_int_equal(fine == n, !g.refusal);
		fed += fine;
		want = rest;
	}
	return (struct verdict){ fed, g.refusal, g.messages, g.message_bytes };
}

static void assert_same(const char *name, struct verdict a, struct verdict b)
{
	if (a.fine != b.fine || a.refusal != b.refusal || a.messages != b.messages ||
	    a.message_bytes != b.message_bytes)
		fail_msg("%s: %zu/%d/%u against %zu/%d/%u", name, a.fine, (int)a.refusal,
			 a.messages, b.fine, (int)b.refusal, b.messages);
}

static void check_row(const struct row *row)
{
	struct verdict whole = judge(&any_host, row->input, row->input.n, 1);

	if (whole.refusal != row->refusal || whole.messages != row->messages)
		fail_msg("%s: refusal %d after %u messages at byte %zu", row->name,
			 (int)whole.refusal, whole.messages, whole.fine);
	assert_same(row->name, whole, judge(&any_host, row->input, 1, 1));
	for (size_t cut = 1; cut < row->input.n; cut++)
		assert_same(row->name, whole, judge(&any_host, row->input, cut, row->input.n));
}

static void what_two_parsers_read_differently_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_count(refused); i++)
		check_row(&refused[i]);
}

static void what_the_standard_says_plainly_is_let_through(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_count(accepted); i++)
		check_row(&accepted[i]);
}

static void nothing_of_a_refused_message_is_let_through_as_another(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_count(refused); i++) {
		struct verdict v = judge(&any_host, refused[i].input, 7, 3);

		assert_int_equal(v.messages, refused[i].messages);
		assert_true(v.message_bytes > 0 && v.message_bytes <= v.fine + 1);
	}
}

/* ---- bounds ---- */

static struct str repeat(struct buf *b, const char *head, const char *piece, size_t n,
			 const char *tail)
{
	buf_init(b, MIB(1));
	buf_add(b, str_of(head));
	for (size_t i = 0; i < n; i++)
		buf_add(b, str_of(piece));
	buf_add(b, str_of(tail));
	return buf_str(b);
}

static void assert_refusal(struct str input, enum guard_refusal refusal)
{
	struct verdict v = judge(&any_host, input, input.n, 1);

	assert_int_equal(v.refusal, refusal);
	assert_same("bound", v, judge(&any_host, input, 1, 1));
}

static void a_target_may_have_4096_bytes(void **state)
{
	struct buf b;

	(void)state;
	assert_refusal(repeat(&b, "GET /", "a", 4095, " HTTP/1.1\r\n" HOST "\r\n"), GUARD_FINE);
	buf_free(&b);
	assert_refusal(repeat(&b, "GET /", "a", 4096, " HTTP/1.1\r\n" HOST "\r\n"),
		       GUARD_TARGET_LONG);
	buf_free(&b);
	assert_refusal(repeat(&b, "GET /aaa", "%41", 1365, " HTTP/1.1\r\n" HOST "\r\n"),
		       GUARD_TARGET_LONG);
	buf_free(&b);
	assert_refusal(repeat(&b, "GET /a", "%41", 1365, " HTTP/1.1\r\n" HOST "\r\n"),
		       GUARD_TARGET_LONG);
	buf_free(&b);
	assert_refusal(repeat(&b, "GET /", "%41", 1365, " HTTP/1.1\r\n" HOST "\r\n"), GUARD_FINE);
	buf_free(&b);
}

static void a_header_may_have_100_fields(void **state)
{
	struct buf b;

	(void)state;
	assert_refusal(repeat(&b, GET HOST, "X: y\r\n", 99, "\r\n"), GUARD_FINE);
	buf_free(&b);
	assert_refusal(repeat(&b, GET HOST, "X: y\r\n", 100, "\r\n"), GUARD_FIELDS_MANY);
	buf_free(&b);
}

static void a_header_may_have_16_kib(void **state)
{
	size_t others = strlen(GET HOST "X: \r\n\r\n");
	struct buf b;

	(void)state;
	assert_refusal(repeat(&b, GET HOST "X: ", "y", LIMIT_HEADER_BYTES - others, "\r\n\r\n"),
		       GUARD_FINE);
	buf_free(&b);
	assert_refusal(repeat(&b, GET HOST "X: ", "y", LIMIT_HEADER_BYTES - others + 1,
			      "\r\n\r\n"), GUARD_HEADER_LONG);
	buf_free(&b);
	assert_refusal(repeat(&b, GET HOST, "y", LIMIT_HEADER_BYTES, ""), GUARD_HEADER_LONG);
	buf_free(&b);
}

static void a_host_may_have_255_bytes(void **state)
{
	struct buf b;

	(void)state;
	assert_refusal(repeat(&b, GET "Host: ", "h", 255, "\r\n\r\n"), GUARD_FINE);
	buf_free(&b);
	assert_refusal(repeat(&b, GET "Host: ", "h", 256, "\r\n\r\n"), GUARD_HOST);
	buf_free(&b);
}

/* ---- hosts of our own ---- */

static void only_allowed_hosts_are_served_when_there_is_a_list(void **state)
{
	static const struct str hosts[] = {
		{ "a.example", 9 }, { "b.example:8443", 14 }, { "[::1]", 5 },
	};
	static const struct guard_rules rules = {
		.hosts = hosts, .host_count = array_count(hosts), .body_max = 10,
	};
	static const struct { const char *host; bool is_ours; } rows[] = {
		{ "a.example", true }, { "A.Example", true }, { "a.example:1", true },
		{ "b.example:8443", true }, { "b.example", false }, { "b.example:8444", false },
		{ "[::1]:8443", true }, { "[::1]", true }, { "[::2]", false },
		{ "a.example.evil", false }, { "aa.example", false }, { "a.exampl", false },
		{ "a.exampl:1", false }, { "b.example:84433", false },
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < array_count(rows); i++) {
		snprintf(text, sizeof(text), GET "Host: %s\r\n\r\n", rows[i].host);
		struct verdict v = judge(&rules, str_of(text), 5, 3);

		if ((v.refusal == GUARD_FINE) != rows[i].is_ours)
			fail_msg("%s: %d", rows[i].host, (int)v.refusal);
		if (!rows[i].is_ours)
			assert_int_equal(v.refusal, GUARD_HOST_FOREIGN);
	}
}

static void the_list_of_hosts_is_asked_for_every_message(void **state)
{
	static const struct str hosts[] = { { "a", 1 } };
	static const struct guard_rules rules = { .hosts = hosts, .host_count = 1 };
	struct str two = STR(GET "Host: a\r\n\r\n" GET "Host: b\r\n\r\n");
	struct verdict v = judge(&rules, two, two.n, 1);

	(void)state;
	assert_int_equal(v.messages, 1);
	assert_int_equal(v.refusal, GUARD_HOST_FOREIGN);
}

/* ---- paths of long bodies ---- */

static const struct str long_paths[] = { { "/up/", 4 }, { "/other/long/", 12 } };
static const struct guard_rules long_rules = {
	.body_max = 10, .paths = long_paths, .path_count = 2, .long_body_max = 20,
};

static void only_a_put_below_its_path_has_a_long_body(void **state)
{
	static const struct { const char *start; bool is_long; } rows[] = {
		{ "PUT /up/", true }, { "PUT /up/x", true }, { "PUT /other/long/x", true },
		{ "PUT /up/%2e%2e/x", true }, { "POST /up/x", false }, { "PUT /up", false },
		{ "PUT /u", false }, { "PUT /uq/x", false }, { "PUT /%75p/x", false },
		{ "PUT /up%2fx", false }, { "PUT /x/up/x", false }, { "PUT /other/up/x", false },
		{ "PUT /", false }, { "PUT /Up/x", false }, { "PUT /other/long?/", false },
	};
	static const char *const bodies[] = {
		"Content-Length: 20\r\n\r\n12345678901234567890",
		"Transfer-Encoding: chunked\r\n\r\na\r\n1234567890\r\na\r\n1234567890\r\n0\r\n\r\n",
	};
	static const char *const longer[] = {
		"Content-Length: 21\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n15\r\n",
	};
	char text[300];

	(void)state;
	for (size_t i = 0; i < array_count(rows); i++)
		for (size_t k = 0; k < array_count(bodies); k++) {
			snprintf(text, sizeof(text), "%s HTTP/1.1\r\n" HOST "%s", rows[i].start,
				 bodies[k]);
			struct verdict v = judge(&long_rules, str_of(text), 5, 3);

			if (v.refusal != (rows[i].is_long ? GUARD_FINE : GUARD_BODY_LONG))
				fail_msg("%s: %d", text, (int)v.refusal);
			snprintf(text, sizeof(text), "%s HTTP/1.1\r\n" HOST "%s", rows[i].start,
				 longer[k]);
			v = judge(&long_rules, str_of(text), 5, 3);
			assert_int_equal(v.refusal, GUARD_BODY_LONG);
		}
}

static void the_next_message_is_short_again(void **state)
{
	struct str two = STR("PUT /up/x HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"
			     "PUT /x HTTP/1.1\r\n" HOST "Content-Length: 11\r\n\r\n");
	struct verdict v = judge(&long_rules, two, two.n, 1);

	(void)state;
	assert_int_equal(v.messages, 1);
	assert_int_equal(v.refusal, GUARD_BODY_LONG);
}

/* ---- what the connection asks ---- */

static void the_guard_knows_which_part_it_is_in(void **state)
{
	struct guard g = { 0 };

	(void)state;
	assert_true(guard_is_between(&g));
	assert_false(guard_is_in_header(&g));
	assert_int_equal(guard_feed(&g, &any_host, "POST", 4), 4);
	assert_false(guard_is_between(&g));
	assert_true(guard_is_in_header(&g));
	struct str head = STR(" /x HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n");
	assert_int_equal(guard_feed(&g, &any_host, head.p, head.n), head.n);
	assert_false(guard_is_in_header(&g));
	assert_false(guard_is_between(&g));
	assert_int_equal(guard_feed(&g, &any_host, "x", 1), 1);
	assert_int_equal(g.body_bytes, 1);
	assert_int_equal(g.message_bytes, 4 + head.n + 1);
	assert_int_equal(guard_feed(&g, &any_host, "y", 1), 1);
	assert_true(guard_is_between(&g));
	assert_int_equal(g.message_bytes, 0);
}

static void every_refusal_has_an_answer_that_closes(void **state)
{
	(void)state;
	for (int i = GUARD_FINE + 1; i < GUARD_REFUSALS; i++) {
		const struct guard_answer *answer = guard_answer((enum guard_refusal)i);

		assert_in_range(answer->status, 400, 599);
		assert_true(strlen(answer->code) > 0 && strlen(answer->detail) > 0);
		/* They go into a JSON text as they are. */
		assert_null(strpbrk(answer->detail, "\"\\\n"));
	}
}

static void a_connection_costs_little(void **state)
{
	(void)state;
	assert_true(sizeof(struct guard) <= 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_two_parsers_read_differently_is_refused),
		cmocka_unit_test(what_the_standard_says_plainly_is_let_through),
		cmocka_unit_test(nothing_of_a_refused_message_is_let_through_as_another),
		cmocka_unit_test(a_target_may_have_4096_bytes),
		cmocka_unit_test(a_header_may_have_100_fields),
		cmocka_unit_test(a_header_may_have_16_kib),
		cmocka_unit_test(a_host_may_have_255_bytes),
		cmocka_unit_test(only_allowed_hosts_are_served_when_there_is_a_list),
		cmocka_unit_test(the_list_of_hosts_is_asked_for_every_message),
		cmocka_unit_test(only_a_put_below_its_path_has_a_long_body),
		cmocka_unit_test(the_next_message_is_short_again),
		cmocka_unit_test(the_guard_knows_which_part_it_is_in),
		cmocka_unit_test(every_refusal_has_an_answer_that_closes),
		cmocka_unit_test(a_connection_costs_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
