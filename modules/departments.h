/*
 * Departments as rows: read, added, changed and switched off, one by one or by a table of many.
 * What they must be is a rule of its own (rules/departments.h). A department is never removed,
 * and its code stays, since what was done stands under it.
 *
 * Everybody who changes the tree holds its one row (reference_tree) first, and judges the rows as
 * they are then, not the snapshot: two changes that are fine alone may close a circle together.
 */
#pragma once

#include "module.h"
#include "rules/departments.h"

/* All of them, sorted; takes_tasks as it is set, whether switched off or not. */
struct department *departments_read(struct tx *tx, struct arena *a, uint32_t *ret_count);
/* A row of the sample district. */
void department_insert(struct tx *tx, const struct department *d);

int department_command(const struct command_call *call);

struct reply departments_list(struct req *r);
struct reply departments_add(struct req *r);
struct reply departments_show(struct req *r);
struct reply departments_change(struct req *r);
struct reply departments_disable(struct req *r);
struct reply departments_enable(struct req *r);
struct reply department_table_show(struct req *r);
struct reply department_table_preview(struct req *r);
struct reply department_table_apply(struct req *r);
