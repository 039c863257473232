/*
 * Who administers: one administrator for all, or the three that a classified protection scheme
 * wants apart (三员分立): of the system, of security, and of audit. They exclude each other,
 * as an account or key has one role.
 */
#include "module.h"
#include "words.h"

static const char *const arrangement_names[] = { "one", "separated", NULL };

static const struct setting settings[] = {
	{ "administrators", SETTING_CHOICE, "one", .choices = arrangement_names,
	  .help = "one: the role admin administers all. separated: it can neither sign in nor use "
		  "a key, and the roles system, security and audit take its place." },
	{ 0 }
};

uint32_t roles_refused(void)
{
	return str_is(setting_str("administrators"), "separated") ? ROLE_ADMIN : 0;
}

const struct module administrators_module = {
	.name = "administrators",
	.purpose = "Says whether one administrator does all, or three share the work.",
	.settings = settings,
};
