#include "rules/sight.h"

static bool is_own(const struct sight *s)
{
	switch (s->role) {
	case ROLE_INTAKE:
		return s->is_registrar;
	case ROLE_DEPARTMENT:
		return s->has_task && !s->is_accused;
	case ROLE_LEADER:
	case ROLE_CONTACT:
		return s->keeps_contact && !s->is_secret;
	default:
		return false;
	}
}

bool sight_allows(const struct sight *s)
{
	if (s->relation == RELATION_ALL)
		return true;
	if (s->relation == RELATION_TREE)
		return s->has_task_below && !s->is_recused;
	return s->relation == RELATION_OWN && is_own(s);
}

bool sight_shows(enum shown_field field, uint32_t role, bool is_of_unit, bool is_secret)
{
	const struct field_row *row = &field_rows[field];
	uint32_t roles = is_of_unit ? row->unit_always : row->always;

	if (!is_secret)
		roles |= is_of_unit ? row->unit_open : row->open;
	return role & roles;
}
