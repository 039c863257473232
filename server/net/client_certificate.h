/*
 * Client certificates (mTLS): of a listener of our own, or told by a proxy.
 *
 * The listener takes certificates of one private CA alone (mtls_ca_file), valid now, for TLS
 * clients, and not in the revocation lists (mtls_crl_file: one of each CA of the chain). The
 * file of lists is looked at once a second; a list that has run out refuses everybody, as
 * what is not known to be valid is not. A connection that was accepted earlier is judged
 * again when the lists changed, and once a minute. No session is resumed: a resumed one would
 * not be judged.
 *
 * Threads: loop thread; the functions over bytes: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "attr.h"
#include "str.h"

struct ssl_ctx_st;
struct ssl_st;

enum { SPKI_BYTES = 32 };	/* SHA-256 of the public key as DER */

/*
 * Makes a context of tls_server_new() ask for certificates. Paths live as long as the context;
 * crl_file may be NULL. False with a sentence in `why`.
 */
bool client_certificate_ask(struct ssl_ctx_st *context, const char *ca_file, const char *crl_file,
			    char *why, size_t why_size) MUST_USE;
/* Takes over a changed file of lists; one that cannot be read leaves the old ones in force. */
void client_certificate_refresh(void);
/*
 * The hash of the peer's public key; false when its certificate is not good any more.
 * *judged_at is the connection's own, 0 at first.
 */
bool client_certificate_peer(struct ssl_st *ssl, int64_t *judged_at,
			     uint8_t ret_spki[SPKI_BYTES]) MUST_USE;
void client_certificate_stop(void);

/*
 * The same of a field Client-Cert (RFC 9440): the certificate as DER in base64 between colons.
 * Whether it is good was judged by the proxy.
 */
bool client_certificate_spki(struct arena *a, struct str field, uint8_t ret_spki[SPKI_BYTES])
	MUST_USE;
