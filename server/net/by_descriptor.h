/*
 * What belongs to a descriptor: a table by its number, which grows with the highest.
 *
 * Threads: loop thread only.
 */
#pragma once

/* Nothing may belong to it yet. */
void by_descriptor_put(int fd, void *p);
void *by_descriptor(int fd);
void by_descriptor_clear(int fd);
void by_descriptor_free(void);
