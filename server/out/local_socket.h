/*
 * Talking to a program of this machine over a unix socket, with a deadline (clock_monotonic()) for
 * the whole.
 *
 * Threads: workers; each call blocks until its deadline at most.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "str.h"

/* Does not block afterwards; -1 when nobody answers there. Paths of any length. */
int local_socket_connect(const char *path);
/* Until POLLIN or POLLOUT; false when the time is over. */
bool local_socket_wait(int fd, short what, int64_t deadline);
bool local_socket_send(int fd, struct str bytes, int64_t deadline) MUST_USE;
