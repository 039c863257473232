/*
 * What http_start() reads from the settings: where to listen, as whom, for which names, for
 * how many. Complaints go to stderr and name the setting.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "net/guard.h"
#include "str.h"

struct evconnlistener;
struct ssl_ctx_st;

/* Fills the hosts of the rules; they live as long as the process. */
bool listen_hosts(struct guard_rules *ret_rules) MUST_USE;
/* *ret_tls is NULL where TLS is switched off. */
bool listen_tls(struct ssl_ctx_st **ret_tls) MUST_USE;
/* Reads the files again, for connections from now on. False, after a complaint, when they cannot
 * be used: then nothing changes. Loop thread. */
bool listen_tls_renew(void) MUST_USE;
/* Bound and listening, not yet accepting; the real address lives as long as the process. */
struct evconnlistener *listen_open(struct str *ret_address) MUST_USE;
/* Most connections at a time, below the limit of open files. */
size_t listen_cap(void);
