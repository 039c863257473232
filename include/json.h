/*
 * Writes JSON straight into a buf, without a tree (RFC 8259, UTF-8). Keys are given inside
 * objects and NULL inside arrays and at the top; a mismatch or an unbalanced close is our bug
 * and aborts. Strings must be valid UTF-8: bytes that are not become U+FFFD, so that what is
 * written always parses.
 *
 * Threads: one writer, one thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "decimal.h"
#include "str.h"

enum { JSON_DEPTH_MAX = 32 };

struct json {
	struct buf *out;
	uint32_t depth;
	bool first[JSON_DEPTH_MAX + 1];
	char closer[JSON_DEPTH_MAX + 1];
};

void json_init(struct json *j, struct buf *out);
/*
 * Three names are also jansson's, whose own calls would end up here if these were symbols of
 * the program; so they are called differently at link time. No C file includes both headers.
 */
void json_object(struct json *j, const char *key) __asm__("json_write_object");
void json_array(struct json *j, const char *key) __asm__("json_write_array");
/* Closes the innermost object or array. */
void json_close(struct json *j);
/* An absent str is written as null. */
void json_str(struct json *j, const char *key, struct str value);
void json_text(struct json *j, const char *key, const char *value);
void json_u64(struct json *j, const char *key, uint64_t value);
void json_i64(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key) __asm__("json_write_null");
/* Microseconds UTC as RFC 3339 in +08:00, milliseconds where they are not zero; 0 is null. */
void json_time(struct json *j, const char *key, int64_t at);
/* Millionths as a plain decimal number; JSON_NO_DECIMAL is null. */
void json_decimal(struct json *j, const char *key, int64_t millionths);
/* Text that is already JSON, trusted to be one value. */
void json_raw(struct json *j, const char *key, struct str value);
/* True when every object and array is closed: the document is whole. */
bool json_whole(const struct json *j);
