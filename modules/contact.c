#include "contact.h"

#include "words.h"

#include "contact_sql.h"

struct str contact_login(struct tx *tx, const struct actor *actor)
{
	struct sql_contact_login_row row = { 0 };

	if (!(actor->role & (ROLE_LEADER | ROLE_CONTACT)))
		return STR_NONE;
	if (actor->kind == ACTOR_KEY)
		return actor->role & ROLE_CONTACT ? actor->unit : STR_NONE;
	if (!sql_contact_login(tx, (struct sql_contact_login){ actor->id }, &row))
		return STR_NONE;
	return row.login;
}

bool contact_keeps(struct tx *tx, const struct actor *actor, struct str uscc)
{
	struct sql_contact_keeps_row row = { 0 };
	struct str login = contact_login(tx, actor);

	return login.n && uscc.n &&
	       sql_contact_keeps(tx, (struct sql_contact_keeps){ .uscc = uscc, .login = login },
				 &row) && row.n > 0;
}
