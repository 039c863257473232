/*
 * How a name and a phone number are shown to everyone: enough to recognise a case by, too
 * little to call by. The clear value leaves only through a reveal, with a purpose on record.
 */
#pragma once

#include "arena.h"
#include "str.h"

/* The first character, then one asterisk for each further one: 王**; of a single character
 * only an asterisk. Absent stays absent. */
struct str mask_name(struct arena *a, struct str name);
/* First three and last four of at least nine characters, else the last two: 138****1111. */
struct str mask_phone(struct arena *a, struct str phone);
/* Digits and a leading + only, so that one number has one blind index. */
struct str phone_normal(struct arena *a, struct str phone);

/*
 * Text for where no number may stand: of every run of at least seven digits, also full-width or
 * Chinese ones, with at most one blank, dash, dot or bracket between two of them, all but the
 * first three digits become asterisks.
 */
struct str mask_digits(struct arena *a, struct str text);
