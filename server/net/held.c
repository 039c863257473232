#include "net/held.h"

#include "bounds.h"

enum { HELD_BYTES_MOST = 64 * 1024 * 1024 };

static size_t held_all, held_long;

void held_add(struct held *h, size_t n, bool is_long)
{
	if (is_long && !h->is_long) {
		h->is_long = true;
		held_long += h->bytes;
	}
	h->bytes += (uint32_t)n;
	held_all += n;
	if (h->is_long)
		held_long += n;
}

void held_release(struct held *h)
{
	held_all -= h->bytes;
	if (h->is_long)
		held_long -= h->bytes;
	*h = (struct held){ 0 };
}

bool held_is_crowded(const struct held *h)
{
	return (held_all > HELD_BYTES_MOST && h->bytes > LIMIT_HEADER_BYTES) ||
	       (held_long > LIMIT_FILES_HELD_BYTES && h->is_long);
}
