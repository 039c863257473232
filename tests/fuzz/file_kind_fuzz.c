/*
 * Any bytes as a file: what is found is one of the kinds, an image has a size within bounds, and
 * what is taken stays refused with bytes behind it where its kind has an end.
 */
#include "rules/file_kind.h"

#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

static bool has_end(enum file_kind kind)
{
	return kind == FILE_PNG || kind == FILE_WEBP || kind == FILE_DOCX || kind == FILE_XLSX ||
	       kind == FILE_WAV;
}

static void check_image(const struct file_look *look)
{
	bool is_image = look->kind >= FILE_JPEG && look->kind <= FILE_HEIC;

	must((uint64_t)look->width * look->height <= LIMIT_FILE_PIXELS);
	must(look->fault != FILE_FINE || is_image == (look->width > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct file_look look = file_look((struct str){ (const char *)input, n });

	must(look.kind > FILE_UNKNOWN && look.kind < FILE_KINDS && look.fault < FILE_FAULTS);
	check_image(&look);
	if (look.fault != FILE_FINE || !has_end(look.kind))
		return 0;
	char *more = malloc(n + 2);

	must(more);
	memcpy(more, input, n);
	memcpy(more + n, "xy", 2);
	look = file_look((struct str){ more, n + 2 });
	must(look.fault != FILE_FINE);
	free(more);
	return 0;
}
