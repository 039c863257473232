/*
 * The files of sql/migrations inside the binary. The table is made at build by sql/embed.awk:
 *
 *	awk -f sql/embed.awk FILES > build/gen/migrations.c
 *
 * in rising order of numbers, ended by a row without a name.
 */
#pragma once

#include <stdint.h>

#include "str.h"

struct migration {
	uint32_t number;
	const char *name;	/* "0001_server" */
	struct str text;
};

extern const struct migration migrations[];
