/*
 * Looking for viruses in bytes that somebody sent, by ClamAV's daemon (clamd, command INSTREAM) over
 * its unix socket: setting clamd_socket, empty for none. Nothing of the scanner runs in this process.
 *
 * Threads: workers; a call blocks for at most LIMIT_SCAN_SECONDS.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "str.h"

enum scan_answer {
	SCAN_CLEAN,
	SCAN_FOUND,	/* something; its name is logged */
	SCAN_AWAY,	/* no answer, or none that says so: ask again later; logged once */
};

/* Whether there is a scanner by the settings. */
bool virus_scan_is_on(void);
enum scan_answer virus_scan(struct str bytes) MUST_USE;
