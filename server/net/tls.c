/*
 * The accepting side. Buffers are released while a connection is idle: thousands of idle
 * consoles cost half of what they otherwise would.
 */
#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "must.h"

static const char suites_tls12[] =
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
static const char suites_tls13[] =
	"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

/* Only HTTP/1.1 is spoken; a client that offers nothing known goes on without ALPN. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_n,
			   const unsigned char *in, unsigned in_n, void *arg)
{
	static const unsigned char http11[] = "\x08http/1.1";
	unsigned char *chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_n, http11, sizeof(http11) - 1, in, in_n) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_NOACK;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static void set_policy(SSL_CTX *context)
{
	static const unsigned char session_context[] = "liandong";
	char groups[] = "X25519:P-256:P-384";

	must(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION));
	must(SSL_CTX_set_cipher_list(context, suites_tls12));
	must(SSL_CTX_set_ciphersuites(context, suites_tls13));
	must(SSL_CTX_set1_groups_list(context, groups));
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
				     SSL_OP_CIPHER_SERVER_PREFERENCE |
				     SSL_OP_PRIORITIZE_CHACHA |
				     SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	/* Tickets carry the state, so the server keeps none. */
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	must(SSL_CTX_set_session_id_context(context, session_context,
					    sizeof(session_context) - 1));
	SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
}

/* Of a file that cannot be opened the system says why, of one that is no PEM the library. */
static const char *reason(void)
{
	unsigned long first = ERR_peek_error();

	if (ERR_SYSTEM_ERROR(first))
		return strerrordesc_np(ERR_GET_REASON(first));
	return ERR_reason_error_string(ERR_peek_last_error());
}

/* False with a sentence in `why`. */
static bool use_files(SSL_CTX *context, const char *certificate_file, const char *key_file,
		      char *why, size_t why_size)
{
	const char *failed = NULL;

	if (SSL_CTX_use_certificate_chain_file(context, certificate_file) != 1)
		failed = certificate_file;
	else if (SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) != 1)
		failed = key_file;
	if (!failed && SSL_CTX_check_private_key(context) == 1)
		return true;
	if (failed)
		snprintf(why, why_size, "%s: not a readable PEM file: %s", failed,
			 reason());
	else
		snprintf(why, why_size, "%s: this key is not the one of %s", key_file,
			 certificate_file);
	ERR_clear_error();
	return false;
}

struct ssl_ctx_st *tls_server_new(const char *certificate_file, const char *key_file, char *why,
				  size_t why_size)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	must(context);
	set_policy(context);
	if (use_files(context, certificate_file, key_file, why, why_size))
		return context;
	SSL_CTX_free(context);
	return NULL;
}

bool tls_server_renew(struct ssl_ctx_st *context, const char *certificate_file,
		      const char *key_file, char *why, size_t why_size)
{
	struct ssl_ctx_st *trial = tls_server_new(certificate_file, key_file, why, why_size);

	if (!trial)
		return false;
	SSL_CTX_free(trial);
	return use_files(context, certificate_file, key_file, why, why_size);
}

int64_t tls_server_ends_at(struct ssl_ctx_st *context)
{
	const X509 *certificate = SSL_CTX_get0_certificate(context);
	int days = 0, seconds = 0;

	if (!certificate || ASN1_TIME_diff(&days, &seconds, NULL,
					   X509_get0_notAfter(certificate)) != 1)
		return 0;
	return clock_real() / CLOCK_SECOND * CLOCK_SECOND + days * CLOCK_DAY +
	       seconds * CLOCK_SECOND;
}

void tls_server_free(struct ssl_ctx_st *context)
{
	SSL_CTX_free(context);
}
