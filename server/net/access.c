#include "net/access.h"

#include "net/route.h"

static bool is_of_unit(const struct actor *actor)
{
	return (actor->role & unit_roles) && actor->unit.n > 0;
}

enum relation access_relation(const struct access *row, const struct actor *actor)
{
	if (row->is_public)
		return RELATION_NONE;
	if (is_of_unit(actor))
		return actor->role & row->tree_roles ? RELATION_TREE : RELATION_NONE;
	if (actor->role & row->all_roles)
		return RELATION_ALL;
	return actor->role & row->own_roles ? RELATION_OWN : RELATION_NONE;
}

enum access_verdict access_verdict(const struct access *row, const struct actor *actor)
{
	if (row->is_public)
		return ACCESS_GRANTED;
	if (access_relation(row, actor) == RELATION_NONE)
		return actor->role & (row->all_roles | row->own_roles) ? ACCESS_OF_THE_WHOLE :
									 ACCESS_OF_OTHERS;
	return row->is_staff_only && actor->is_outsourced ? ACCESS_OF_STAFF : ACCESS_GRANTED;
}

const char *access_flaw(const struct access *row)
{
	if (row->is_staff_only && row->is_public)
		return "a staff-only route that asks for nobody's role refuses nobody";
	if (row->tree_roles & ~unit_roles)
		return "a role of this route belongs to no unit";
	if (row->all_roles & row->own_roles)
		return "a role sees all or its own, not both";
	return NULL;
}

/* How many routes of the modules stand on this row. */
static size_t takers_of(const struct access *row, const struct module *const *list)
{
	size_t n = 0;

	for (const struct module *const *m = list; *m; m++)
		for (const struct route *route = (*m)->routes; route && route->access; route++)
			n += route->access == row;
	return n;
}

static bool stands_in_table(const struct access *row, const struct access *table)
{
	for (const struct access *known = table; known->path; known++)
		if (known == row)
			return true;
	return false;
}

bool access_is_taken_up(const struct access *table, const struct module *const *list,
			FILE *complaints)
{
	bool is_fine = true;

	for (const struct access *row = table; row->path; row++) {
		size_t n = takers_of(row, list);

		if (n == 1)
			continue;
		fprintf(complaints, "%s: %s %s: %zu routes take up its row of the access "
			"table\n", row->name, method_name(row->method), row->path, n);
		is_fine = false;
	}
	for (const struct module *const *m = list; *m; m++)
		for (const struct route *route = (*m)->routes; route && route->access; route++) {
			if (stands_in_table(route->access, table))
				continue;
			fprintf(complaints, "%s: %s %s: its row is not of the access table\n",
				(*m)->name, method_name(route->access->method),
				route->access->path);
			is_fine = false;
		}
	return is_fine;
}
