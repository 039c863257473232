/* The token of the PBX: its setting, and reading it at the start. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "cti.h"
#include "setting.h"

extern const struct setting cti_settings[];
/* Before any other thread; false with a sentence in `why` when the file cannot be used. */
bool cti_start(char *why, size_t why_size) MUST_USE;
