/*
 * Compiler attributes under one name each. The code must also compile where an attribute is
 * unknown, so nothing may depend on one for its meaning.
 */
#pragma once

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))
#define NO_RETURN _Noreturn
#define UNUSED __attribute__((unused))

#define array_count(a) (sizeof(a) / sizeof((a)[0]))
