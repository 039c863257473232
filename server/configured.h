/*
 * The service that a configuration file names: its settings, its database and its account there.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "store/store.h"

/*
 * Reads the settings and makes a target of them, which lives as long as the process. Refused,
 * with a complaint: a secret that others may read, and a database on another machine without
 * `database_ca_file`.
 */
bool configured_load(const char *config, struct db_target *ret_target) MUST_USE;
/* `liandong grants`: prints what gives the account of the settings its rights. */
int configured_grants(const char *config, const char *host);
/* Whether that account has exactly these rights; complains of each difference. */
bool configured_rights_hold(const struct db_target *target) MUST_USE;
