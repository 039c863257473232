/*
 * The authorities that receivers' certificates are checked against: one store for all
 * connections, loaded on first use (parsing the system's bundle takes about 20 ms, and curl
 * would do it again for every endpoint).
 *
 * Threads: loop thread.
 */
#pragma once

#include <openssl/ssl.h>
#include <stdbool.h>

#include "attr.h"

/* ca_file "": the system's. False, logged, when nothing can be read; then nobody is trusted. */
bool trust_give(SSL_CTX *context, const char *ca_file) MUST_USE;
void trust_free(void);
