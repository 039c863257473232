/* What became of a proposal of category and department (suggestions.c). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "str.h"
#include "tx.h"

/* With the registration of the appeal: reads nothing. The rule is one of suggest_rule_read(). */
void suggestion_keep(struct tx *tx, uint64_t appeal_id, struct str rule, bool is_accepted);
