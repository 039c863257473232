/*
 * Where whoever finds a weakness may tell of it: /.well-known/security.txt (RFC 9116).
 *
 * Threads: the loop's and any worker.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "module.h"
#include "setting.h"

extern const struct setting security_settings[];

/* What their table cannot say of the settings; false with a sentence in `why`. */
bool security_settings_check(char *why, size_t why_size) MUST_USE;
/* 404 where no contact is set. */
struct reply security_txt_show(struct req *r);
