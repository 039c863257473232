/*
 * What the process gives up, so that whoever makes it run a wrong instruction gains little: memory
 * images from its first line on, files and ports once all is open.
 *
 * Threads: the main one, before it starts others.
 */
#pragma once

#include <stdbool.h>

/*
 * First thing of every command: no image of the memory on disk (it would hold keys and
 * identities), none for other processes of the user, no rights gained by starting programs.
 */
void hardening_begin(void);

/*
 * Once the listener and the first database connection are open. From here on the process reads
 * the system's libraries and resolver files, the folders of its own files, and /proc; it writes
 * below the spool directory alone, starts liandong-pdf alone, and listens at no further port.
 * A kernel without Landlock, or with an old one, costs a warning and nothing else.
 *
 * demo_folder: of a demo, which may besides write there and start the system's programs; the
 * threads that keep its database and its signer alive were started before and are not bound.
 * NULL for the real service.
 */
void hardening_confine(const char *config_file, const char *demo_folder);
