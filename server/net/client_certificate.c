/*
 * The CA and its lists are one store, replaced as a whole when the file of lists changes;
 * contexts and later judgements share it.
 */
#include "net/client_certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "clock.h"
#include "crypto.h"
#include "log.h"
#include "must.h"

enum { LOOK_EVERY = CLOCK_SECOND, JUDGE_EVERY = CLOCK_MINUTE };

static struct {
	SSL_CTX *context;		/* NULL: nobody is asked */
	X509_STORE *store;
	const char *ca_file, *crl_file;
	struct stat seen;		/* of crl_file */
	int64_t looked_at;
	int64_t changed_at;		/* of the store; clock_monotonic() */
} asking;

/* ---- the store ---- */

static int add_lists(X509_STORE *store, const char *path)
{
	FILE *f = fopen(path, "re");
	X509_CRL *list;
	int n = 0;

	while (f && (list = PEM_read_X509_CRL(f, NULL, NULL, NULL))) {
		n += X509_STORE_add_crl(store, list) == 1;
		X509_CRL_free(list);
	}
	ERR_clear_error();
	if (f)
		fclose(f);
	return n;
}

/* NULL with a sentence in `why`. */
static X509_STORE *store_make(const char *ca_file, const char *crl_file, char *why,
			      size_t why_size)
{
	X509_STORE *store = X509_STORE_new();

	must(store);
	if (X509_STORE_load_file(store, ca_file) != 1) {
		snprintf(why, why_size, "%s: holds no certificate in PEM", ca_file);
	} else if (crl_file && add_lists(store, crl_file) == 0) {
		snprintf(why, why_size, "%s: holds no revocation list in PEM", crl_file);
	} else {
		X509_STORE_set_purpose(store, X509_PURPOSE_SSL_CLIENT);
		if (crl_file)
			X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK |
						    X509_V_FLAG_CRL_CHECK_ALL);
		return store;
	}
	ERR_clear_error();
	X509_STORE_free(store);
	return NULL;
}

static void store_use(X509_STORE *store)
{
	X509_STORE_free(asking.store);
	asking.store = store;
	asking.changed_at = clock_monotonic();
	must(SSL_CTX_set1_verify_cert_store(asking.context, store) == 1);
}

bool client_certificate_ask(struct ssl_ctx_st *context, const char *ca_file, const char *crl_file,
			    char *why, size_t why_size)
{
	X509_STORE *store = store_make(ca_file, crl_file, why, why_size);
	STACK_OF(X509_NAME) *names = store ? SSL_load_client_CA_file(ca_file) : NULL;

	if (!names) {
		X509_STORE_free(store);
		return false;
	}
	asking.context = context;
	asking.ca_file = ca_file;
	asking.crl_file = crl_file;
	if (crl_file && stat(crl_file, &asking.seen) != 0)
		memset(&asking.seen, 0, sizeof(asking.seen));
	SSL_CTX_set_client_CA_list(context, names);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
	must(SSL_CTX_set_num_tickets(context, 0) == 1);
	store_use(store);
	return true;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

void client_certificate_refresh(void)
{
	int64_t now = clock_monotonic();
	struct stat is;
	char why[500];

	if (!asking.crl_file || now - asking.looked_at < LOOK_EVERY)
		return;
	asking.looked_at = now;
	if (stat(asking.crl_file, &is) != 0 || is_same_file(&is, &asking.seen))
		return;
	asking.seen = is;
	X509_STORE *store = store_make(asking.ca_file, asking.crl_file, why, sizeof(why));

	if (!store) {
		log_error("http", "revocation_lists_unreadable", "why=%s", log_quote(str_of(why)));
		return;
	}
	store_use(store);
	log_info("http", "revocation_lists", "file=%s", log_quote(str_of(asking.crl_file)));
}

void client_certificate_stop(void)
{
	X509_STORE_free(asking.store);
	memset(&asking, 0, sizeof(asking));
}

/* ---- the peer ---- */

static bool is_good(X509 *certificate, STACK_OF(X509) *chain)
{
	X509_STORE_CTX *judging = X509_STORE_CTX_new();

	must(judging && X509_STORE_CTX_init(judging, asking.store, certificate, chain) == 1);
	bool is_fine = X509_verify_cert(judging) == 1;
	X509_STORE_CTX_free(judging);
	ERR_clear_error();
	return is_fine;
}

static bool hash_key(const X509 *certificate, uint8_t ret_spki[SPKI_BYTES])
{
	unsigned char *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);

	if (n <= 0)
		return false;
	crypto_sha256((struct str){ (const char *)der, (size_t)n }, ret_spki);
	OPENSSL_free(der);
	return true;
}

bool client_certificate_peer(struct ssl_st *ssl, int64_t *judged_at, uint8_t ret_spki[SPKI_BYTES])
{
	X509 *certificate = SSL_get0_peer_certificate(ssl);
	int64_t now = clock_monotonic();

	client_certificate_refresh();
	if (!certificate)
		return false;
	if (*judged_at <= asking.changed_at || now - *judged_at >= JUDGE_EVERY) {
		if (!is_good(certificate, SSL_get_peer_cert_chain(ssl)))
			return false;
		*judged_at = now;
	}
	return hash_key(certificate, ret_spki);
}

bool client_certificate_spki(struct arena *a, struct str field, uint8_t ret_spki[SPKI_BYTES])
{
	struct str der;

	if (field.n < 3 || field.p[0] != ':' || field.p[field.n - 1] != ':' ||
	    !decode_base64(a, (struct str){ field.p + 1, field.n - 2 }, &der))
		return false;
	const unsigned char *at = (const unsigned char *)der.p;
	X509 *certificate = d2i_X509(NULL, &at, (long)der.n);
	bool is_read = certificate && at == (const unsigned char *)der.p + der.n &&
		       hash_key(certificate, ret_spki);

	X509_free(certificate);
	ERR_clear_error();
	return is_read;
}
