/*
 * What the catalogue makes of an appeal, for who dispatches and for who wants to know before:
 * one piece of code, so that what is foretold is what is done.
 */
#pragma once

#include "domain.h"

/*
 * The lead's task as the catalogue gives it to an appeal of this category, area, content class
 * and urgency at `at`; its id is that of the appeal's first task. False where it gives none: no
 * row, the row's department is accused or stands below the accused, or its class has no limits
 * of its own.
 */
bool dispatch_expected(const struct reference *reference, const struct appeal *appeal, int64_t at,
		       struct task *ret_task) MUST_USE;
