/*
 * Taking a person out of a text that somebody typed: what the vault knew of that person, and
 * whatever looks like a number by which somebody is called or identified.
 */
#pragma once

#include "arena.h"
#include "str.h"

enum { REDACT_DIGITS_LEAST = 7, REDACT_WORD_BYTES_LEAST = 4 };

/*
 * Each of the n words wherever it stands (shorter ones and absent ones are passed over: a single
 * character would hit others), and each run of digits, of ASCII or full width, with single
 * blanks or dashes between, is replaced by as many asterisks as it has characters. The text
 * itself when nothing is found.
 */
struct str redact(struct arena *a, struct str text, const struct str *words, size_t n);
