#include "net/by_descriptor.h"

#include <stdlib.h>
#include <string.h>

#include "must.h"

static struct {
	void **of;
	size_t size;
} table;

void by_descriptor_put(int fd, void *p)
{
	size_t size = table.size ? table.size : 64;

	must(fd >= 0);
	while (size <= (size_t)fd)
		size *= 2;
	if (size != table.size) {
		void **grown = realloc(table.of, size * sizeof(*grown));

		must(grown);
		memset(grown + table.size, 0, (size - table.size) * sizeof(*grown));
		table.of = grown;
		table.size = size;
	}
	must(!table.of[fd]);
	table.of[fd] = p;
}

void *by_descriptor(int fd)
{
	must(fd >= 0 && (size_t)fd < table.size);
	return table.of[fd];
}

void by_descriptor_clear(int fd)
{
	table.of[fd] = NULL;
}

void by_descriptor_free(void)
{
	free(table.of);
	memset(&table, 0, sizeof(table));
}
