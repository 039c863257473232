/*
 * Slices of a file's bytes, and strict reading of what stands in them: one number, hash or
 * base64 text has one spelling, so that a changed byte never reads as the same value.
 *
 * Ownership: a slice points into bytes that somebody else keeps. Threads: values.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	const char *p;
	size_t n;
};

struct text text_of(const char *s);
bool text_is(struct text text, const char *s);
bool text_same(struct text a, struct text b);
int text_compare(struct text a, struct text b);
bool text_starts(struct text text, const char *s);

/* Takes the part before the first `at` off `rest`, and `at` with it; false without one. */
bool text_cut(struct text *rest, char at, struct text *part);
/* Fields between `at`; returns how many there are, and fills in the first `room` of them. */
size_t text_split(struct text line, char at, struct text *fields, size_t room);

/* Decimal without sign (i64: or with '-'), blanks or leading zeros. */
bool text_u64(struct text text, uint64_t *ret);
bool text_i64(struct text text, int64_t *ret);
/* Exactly n bytes in lower-case hexadecimal. */
bool text_hex(struct text text, uint8_t *out, size_t n);
/* RFC 4648, section 4, padded; false too when more than `room` bytes would come out. */
bool text_base64(struct text text, uint8_t *out, size_t room, size_t *ret_n);

/* Room for the base64 text of n bytes and its end. */
#define BASE64_ROOM(n) (((n) + 2) / 3 * 4 + 1)
char *base64_write(const uint8_t *bytes, size_t n, char *out);
/* 2 * n characters and the end. */
char *hex_write(const uint8_t *bytes, size_t n, char *out);

/*
 * The slice as it may be shown on a terminal: what is not printable ASCII or UTF-8 becomes '?',
 * and a long one is cut. `out` has SHOWN_BYTES.
 */
enum { SHOWN_BYTES = 96 };
char *text_show(struct text text, char *out);
#define SHOWN(text) text_show((text), (char[SHOWN_BYTES]){ 0 })

/* RFC 3339 with the offset +08:00; `out` has MOMENT_BYTES. Microseconds UTC. */
enum { MOMENT_BYTES = 48 };
char *moment_show(int64_t at, char *out);
#define MOMENT(at) moment_show((at), (char[MOMENT_BYTES]){ 0 })
/* Microseconds UTC of 00:00 at UTC+8 of the first day of a month, 1970 to 9999. */
int64_t month_begin(int year, int month);
