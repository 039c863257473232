/* How the program ends early: one sentence on standard error, status 1. */
#pragma once

#include "attr.h"

NO_RETURN void fail(const char *sentence, ...) PRINTF_LIKE(1, 2);
