/* What the server itself needs to know of this room; its calls are in print.h and sheet.h. */
#pragma once

#include "setting.h"

extern const struct setting documents_settings[];
