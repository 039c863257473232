/*
 * Start and stop of the client library and of what this room keeps for the whole process.
 */
#include "store/store.h"

#include "must.h"
#include "store/process.h"

#include <mysql.h>
#include <stddef.h>

static const struct db_target *target;

void store_start(const struct db_target *t)
{
	must(target == NULL && t != NULL);
	target = t;
	must(mysql_library_init(0, NULL, NULL) == 0);
}

void store_target_set(const struct db_target *t)
{
	must(target != NULL && t != NULL);
	target = t;
}

void store_stop(void)
{
	must(target != NULL);
	sequences_stop();
	snapshot_stop();
	kept_stop();
	target = NULL;
	mysql_library_end();
}

const struct db_target *store_target(void)
{
	must(target != NULL);
	return target;
}

void store_thread_start(void)
{
	must(mysql_thread_init() == 0);
}

void store_thread_stop(void)
{
	mysql_thread_end();
}
