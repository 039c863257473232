/*
 * About what an actor may ask a route: its role's cell in the access table (module.h). A value
 * only, so that pure rules may be given it.
 */
#pragma once

enum relation {
	RELATION_NONE,	/* nothing: it is refused before a handler runs; also of who is nobody */
	RELATION_OWN,	/* what is its own, by the rules of its role; else reply_missing() */
	RELATION_TREE,	/* what stands below the unit it belongs to; else reply_missing() */
	RELATION_ALL,	/* everything behind the route */
};
