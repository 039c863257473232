/* The gateway in force: read once before the engine starts. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "out/gateway.h"
#include "setting.h"

extern const struct setting sms_settings[];

/* Reads the file of the settings; none is fine. False with a sentence. */
bool sms_start(char *why, size_t why_size) MUST_USE;
/* NULL when there is none. */
const struct gateway *sms_gateway(void);
