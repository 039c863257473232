/*
 * The byte-level guard of RFC 9112: reads what a client sends before the HTTP library does and
 * refuses everything that two parsers could read differently. A pure function over bytes: it
 * keeps no buffer and knows no socket, so the verdict does not depend on how input was cut.
 *
 * Let through: `METHOD SP origin-form SP HTTP/1.1`, CRLF only, token field names, values
 * without controls but TAB, exactly one Host, at most one Content-Length of 1-19 digits or one
 * `Transfer-Encoding: chunked`, chunks without extensions and trailers, no body on GET, HEAD
 * and DELETE, a length on POST and PUT, and the limits of bounds.h. The first violation ends
 * the connection: nothing behind it may be used.
 *
 * Threads: values.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "str.h"

enum guard_refusal {
	GUARD_FINE,
	GUARD_START_LINE,	/* not METHOD SP target SP HTTP/1.1 CRLF */
	GUARD_METHOD,		/* a token, but no method of ours */
	GUARD_TARGET,		/* not origin-form, a byte that may not stand there, bad %XX */
	GUARD_TARGET_LONG,
	GUARD_VERSION,
	GUARD_FIELD_NAME,	/* empty, not a token, folded line */
	GUARD_FIELD_VALUE,	/* control character, bare CR or LF */
	GUARD_HEADER_LONG,
	GUARD_FIELDS_MANY,
	GUARD_HOST,		/* missing, twice, or not host[:port] */
	GUARD_HOST_FOREIGN,	/* well-formed, but not one of ours */
	GUARD_LENGTH,		/* Content-Length twice or not 1-19 digits */
	GUARD_CODING,		/* Transfer-Encoding other than `chunked`, or twice */
	GUARD_BOTH,		/* Content-Length and Transfer-Encoding */
	GUARD_EXPECT,		/* other than 100-continue */
	GUARD_BODY_UNWANTED,	/* on GET, HEAD or DELETE */
	GUARD_LENGTH_MISSING,	/* on POST or PUT */
	GUARD_BODY_LONG,
	GUARD_CHUNK,		/* size, extension, line end or trailer */
	GUARD_REFUSALS
};

/* Longest name that is looked at: transfer-encoding. */
enum { GUARD_NAME_BYTES = 17, GUARD_HOSTS_MAX = 32, GUARD_PATHS_MAX = 8 };

/* What is allowed besides the grammar; outlives the guards that use it. */
struct guard_rules {
	const struct str *hosts;	/* lower case; `name` for any port, or `name:port` */
	size_t host_count;		/* 0: any valid host; at most GUARD_HOSTS_MAX */
	uint64_t body_max;
	const struct str *paths;	/* of PUT: beginnings of targets that take longer bodies; */
	size_t path_count;		/* at most GUARD_PATHS_MAX, one beginning none of another */
	uint64_t long_body_max;
};

/* State of one connection; all zero at its start. Callers read what is marked so. */
struct guard {
	uint64_t left;			/* of the body or the chunk */
	uint64_t body_bytes;		/* read: payload of this message so far */
	uint32_t message_bytes;		/* read: bytes of this message, with a refused one */
	uint32_t messages;		/* read: whole messages so far */
	uint32_t header_bytes;
	uint32_t hosts_alive;		/* bit i: hosts[i] still matches */
	uint16_t position;		/* within the name or value */
	uint8_t state;
	uint8_t method;
	uint8_t field;
	uint8_t fields;
	uint8_t digits;
	uint8_t seen;			/* framing fields of this message */
	uint8_t host_part;
	uint8_t refusal;		/* read: enum guard_refusal */
	uint8_t paths_alive;		/* bit i: paths[i] still matches */
	bool is_host_ours;
	bool is_long;			/* read: this message may have a body of long_body_max */
	char name[GUARD_NAME_BYTES + 1];
};

/*
 * Reads bytes up to the first violation and returns how many were fine: n, or the index of the
 * byte at which guard->refusal was set. Never call it again after a refusal.
 */
size_t guard_feed(struct guard *g, const struct guard_rules *rules, const char *bytes, size_t n)
	MUST_USE;
/* Between two messages: nothing of the next one has come. */
bool guard_is_between(const struct guard *g);
/* Within the start line or the fields. */
bool guard_is_in_header(const struct guard *g);

/* The answer to a refusal: status, stable code and a sentence. */
struct guard_answer {
	int status;
	const char *code;
	const char *detail;
};
const struct guard_answer *guard_answer(enum guard_refusal refusal);
