/*
 * Numbers by which a person is identified: of a resident card (GB 11643-1999: 17 digits and a
 * check character by ISO 7064 MOD 11-2), or of a passport or permit.
 */
#pragma once

#include <stdbool.h>

#include "arena.h"
#include "str.h"

/* Blanks and dashes out, letters large: so one number has one form. Absent stays absent. */
struct str id_number_normal(struct arena *a, struct str text);
/*
 * Of a normal form. 18 characters of which 17 are digits must be a resident card with a date
 * that exists and the right check character; else 5 to 17 letters and digits, a letter first.
 */
bool id_number_is_valid(struct str number);
