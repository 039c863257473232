/*
 * Decimals are int64_t millionths everywhere: in forms, in rows and in JSON. This one value
 * means that there is none.
 */
#pragma once

#include <stdint.h>

#define JSON_NO_DECIMAL INT64_MIN
