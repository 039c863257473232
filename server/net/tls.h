/*
 * TLS of the server: 1.2 and 1.3, ECDHE with AEAD suites only (RFC 9325), the server's order,
 * no renegotiation, stateless session tickets.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"

struct ssl_ctx_st;

/*
 * A context for accepting connections from PEM files; the certificate file may hold a chain.
 * NULL with a sentence in `why` when the files cannot be used.
 */
struct ssl_ctx_st *tls_server_new(const char *certificate_file, const char *key_file, char *why,
				  size_t why_size) MUST_USE;
/*
 * Reads the files again, for connections made from now on; those that are open keep theirs. False
 * with a sentence in `why` when they cannot be used: then nothing changes.
 */
bool tls_server_renew(struct ssl_ctx_st *context, const char *certificate_file,
		      const char *key_file, char *why, size_t why_size) MUST_USE;
/* When the certificate that connections are made with from now on ends. Not while it is renewed. */
int64_t tls_server_ends_at(struct ssl_ctx_st *context);
void tls_server_free(struct ssl_ctx_st *context);

/*
 * For a demo: makes DIR/tls/{ca.pem,server.pem,server.key}, a CA for ten years and under it a
 * certificate for 825 days (the longest that browsers accept) for localhost, 127.0.0.1, ::1
 * and `address` (an IP address or NULL). Keeps what is there unless it ends within 30 days or
 * lacks the address. The key of the CA is never stored. False with a sentence in `why`.
 */
bool tls_demo_make(const char *dir, const char *address, char *why, size_t why_size) MUST_USE;
