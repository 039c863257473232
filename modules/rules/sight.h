/*
 * Who may know of an appeal, and which of its fields are shown to whom. Values in, values out:
 * the facts are gathered by matter.h, the rights stand in access.tsv and fields.tsv.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "fields.h"
#include "relation.h"
#include "words.h"

/* What is so between a reader and an appeal. Facts that the relation does not ask for may be
 * left out. */
struct sight {
	enum relation relation;	/* the reader's cell of the route */
	uint32_t role;		/* of the reader, one bit */
	bool is_registrar;	/* registered it */
	bool has_task;		/* the reader's own department has, or had, a task of it */
	bool is_accused;	/* the reader's own department is who is complained about */
	bool has_task_below;	/* the reader's unit, or one below it, has a task of it */
	bool is_recused;	/* that unit is who is complained about, or stands below it */
	bool keeps_contact;	/* the reader keeps contact with the enterprise it is about */
	bool is_secret;		/* the caller wishes secrecy */
};

/*
 * Whether the reader may know of it. Own is to an intake what it registered, to a department
 * what it has a task of unless it is accused, to who keeps contact with an enterprise what is
 * about that unless the caller wishes secrecy, and nothing to any other role.
 */
bool sight_allows(const struct sight *s);

/* Made from fields.tsv: masks of roles, for those of the whole and those of a unit. */
struct field_row {
	const char *name;
	uint32_t always, open;
	uint32_t unit_always, unit_open;
};
extern const struct field_row field_rows[];	/* by enum shown_field */

/* Whether the field is shown to a reader of this role; is_secret is of the caller. */
bool sight_shows(enum shown_field field, uint32_t role, bool is_of_unit, bool is_secret);
