/*
 * The demo: a whole service in one folder, with a private database, a certificate, keys and
 * the sample district of the modules. DIR/access.json tells how to get in.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"

struct demo_call {
	const char *dir;
	const char *listen;		/* "127.0.0.1:8443" */
	const char *test_clock;		/* RFC 3339 or NULL */
	bool is_empty;			/* without samples of daily work */
};

/* Runs until SIGTERM; the exit status. */
int demo_run(const struct demo_call *call);
/* For a command on a demo's folder, while it runs or not: opens database, keys and clock. */
bool demo_attach(const char *dir) MUST_USE;
void demo_detach(void);
