/*
 * Codes that a camera reads (QR, ISO/IEC 18004), as rows of modules: whoever shows one draws it.
 *
 * Threads: workers. Memory is the arena's.
 */
#pragma once

#include <stddef.h>

#include "arena.h"
#include "str.h"

/*
 * One string a row, of '1' for dark and '0' for light, with the light border of four modules that a
 * reader wants. Gives the number of rows; 0 when the text is too long for any code.
 */
size_t qr_rows(struct arena *a, struct str text, const struct str **ret_rows);
