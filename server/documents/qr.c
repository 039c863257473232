#include "qr.h"

#include <qrencode.h>
#include <string.h>

enum { QUIET = 4 };	/* empty modules around, ISO/IEC 18004 */

size_t qr_rows(struct arena *a, struct str text, const struct str **ret_rows)
{
	char *words = arena_alloc(a, text.n + 1);

	memcpy(words, text.p, text.n);
	words[text.n] = '\0';
	QRcode *code = QRcode_encodeString8bit(words, 0, QR_ECLEVEL_M);
	if (!code)
		return 0;
	size_t width = (size_t)code->width, side = width + 2 * QUIET;
	struct str *rows = arena_alloc(a, side * sizeof(*rows));

	for (size_t y = 0; y < side; y++) {
		char *row = arena_alloc(a, side);

		memset(row, '0', side);
		for (size_t x = 0; y >= QUIET && y < side - QUIET && x < width; x++)
			row[x + QUIET] = code->data[(y - QUIET) * width + x] & 1 ? '1' : '0';
		rows[y] = (struct str){ row, side };
	}
	QRcode_free(code);
	*ret_rows = rows;
	return side;
}
