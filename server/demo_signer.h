/*
 * The signer of a demo, as its supervised child: a process of its own, started as root under a
 * system user of its own. Its folder is DIR/signer.
 */
#pragma once

#include "base/child.h"

/* Where it is asked; before the settings are read. */
void demo_signer_settings(const char *dir);
/* NULL, after a warning, when its program is not there: then nothing is signed. */
struct child *demo_signer_start(const char *dir);
/* NULL is allowed. */
void demo_signer_stop(struct child *signer);
