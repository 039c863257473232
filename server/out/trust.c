/* One certificate store, shared by reference with every TLS context. */
#include "out/trust.h"

#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "must.h"

static X509_STORE *store;
static char loaded_file[1024];

static bool load(const char *ca_file)
{
	trust_free();
	store = X509_STORE_new();
	must(store);
	int is_read = ca_file[0] ? X509_STORE_load_file(store, ca_file) :
				   X509_STORE_set_default_paths(store);
	if (!is_read) {
		log_error("outbox", "no_authorities", "file=%s", log_quote(str_of(ca_file)));
		trust_free();
		return false;
	}
	snprintf(loaded_file, sizeof(loaded_file), "%s", ca_file);
	return true;
}

bool trust_give(SSL_CTX *context, const char *ca_file)
{
	if ((!store || strcmp(loaded_file, ca_file) != 0) && !load(ca_file))
		return false;
	SSL_CTX_set1_cert_store(context, store);
	return true;
}

void trust_free(void)
{
	X509_STORE_free(store);
	store = NULL;
}
