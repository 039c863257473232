/*
 * Telling the service manager how we are (the protocol of sd_notify(3): a datagram to the socket
 * named by NOTIFY_SOCKET). Without a manager nothing happens.
 *
 * Threads: any, but notify_start().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Opens the way while the socket can still be reached, and forgets the variables. */
void notify_start(void);
/*
 * A listening socket that the manager opened for us under this name (FileDescriptorName=), or -1.
 * The caller owns it.
 */
int notify_socket(const char *name);
/* Lines as in "READY=1". */
void notify(const char *state);
/* How often the manager wants to hear of us, in microseconds; 0: not at all. */
int64_t notify_watchdog(void);
