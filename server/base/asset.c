/*
 * Files inside the binary. The table is made at build by embed.awk, which prints what stands
 * between the includes and the look-up.
 */
#include "module.h"

#include <stddef.h>

#include "assets.inc"

const struct asset *asset_find(struct str path)
{
	for (const struct asset *a = asset_table; a->path; a++)
		if (str_is(path, a->path))
			return a;
	return NULL;
}
