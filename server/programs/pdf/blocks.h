/*
 * The blocks of a document, each drawn from the pen downwards over as many pages as it takes.
 * Their form stands in main.c. A block that is not as it says there ends the program (fail.h).
 *
 * Threads: one.
 */
#pragma once

#include <jansson.h>

#include "pdf/page.h"

void block_draw(struct page *p, const json_t *block);

/* ---- between the files of the blocks ---- */

/* The text of a member; "" when it is absent or null. Fails on anything but text. */
const char *text_of(const json_t *object, const char *name);
enum ink ink_of(const json_t *object, enum ink fallback);

void table_draw(struct page *p, const json_t *table);
void form_draw(struct page *p, const json_t *rows);
void bars_draw(struct page *p, const json_t *bars);
void qr_draw(struct page *p, const char *words, const char *caption);
