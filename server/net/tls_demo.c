/*
 * Certificates of a demo. The CA signs one certificate and its key is forgotten: nobody can
 * make another under a CA that people may have imported into their browser.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "must.h"
#include "net/tls.h"

enum { CA_DAYS = 3650, SERVER_DAYS = 825, RENEW_DAYS = 30, SERIAL_BYTES = 16 };
enum { DAY_SECONDS = 86400, PATH_BYTES = 4096 };

struct demo_files {
	char folder[PATH_BYTES];
	char ca[PATH_BYTES + 16];
	char certificate[PATH_BYTES + 16];
	char key[PATH_BYTES + 16];
};

static bool name_files(const char *dir, struct demo_files *files)
{
	int n = snprintf(files->folder, sizeof(files->folder), "%s/tls", dir);

	if (n < 0 || (size_t)n >= sizeof(files->folder))
		return false;
	snprintf(files->ca, sizeof(files->ca), "%s/ca.pem", files->folder);
	snprintf(files->certificate, sizeof(files->certificate), "%s/server.pem",
		 files->folder);
	snprintf(files->key, sizeof(files->key), "%s/server.key", files->folder);
	return true;
}

static bool is_still_good(const struct demo_files *files, const char *address)
{
	FILE *file = fopen(files->certificate, "re");
	time_t soon = time(NULL) + (time_t)RENEW_DAYS * DAY_SECONDS;

	if (!file)
		return false;
	X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	bool is_good = certificate && access(files->ca, R_OK) == 0 &&
		       access(files->key, R_OK) == 0 &&
		       X509_cmp_time(X509_get0_notAfter(certificate), &soon) > 0 &&
		       (!address || X509_check_ip_asc(certificate, address, 0) == 1);
	X509_free(certificate);
	ERR_clear_error();
	return is_good;
}

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	must(extension && X509_add_ext(certificate, extension, -1));
	X509_EXTENSION_free(extension);
}

static X509 *certificate_begin(const char *name, EVP_PKEY *key, int days)
{
	X509 *certificate = X509_new();
	unsigned char serial[SERIAL_BYTES];

	must(certificate && RAND_bytes(serial, sizeof(serial)) == 1);
	serial[0] &= 0x7f;
	BIGNUM *number = BN_bin2bn(serial, sizeof(serial), NULL);
	must(number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)));
	BN_free(number);
	must(X509_set_version(certificate, X509_VERSION_3));
	/* A day back, for clients whose clock is behind. */
	must(X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_SECONDS));
	must(X509_time_adj_ex(X509_getm_notAfter(certificate), days - 1, 0, NULL));
	must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
					(const unsigned char *)name, -1, -1, 0));
	must(X509_set_pubkey(certificate, key));
	return certificate;
}

static X509 *ca_make(EVP_PKEY *key)
{
	X509 *ca = certificate_begin("Liandong demo CA", key, CA_DAYS);

	must(X509_set_issuer_name(ca, X509_get_subject_name(ca)));
	add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
	add_extension(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign");
	add_extension(ca, ca, NID_subject_key_identifier, "hash");
	must(X509_sign(ca, key, EVP_sha256()));
	return ca;
}

static X509 *server_make(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key, const char *address)
{
	X509 *certificate = certificate_begin("localhost", key, SERVER_DAYS);
	char names[200];

	snprintf(names, sizeof(names), "DNS:localhost,IP:127.0.0.1,IP:::1%s%s",
		 address ? ",IP:" : "", address ? address : "");
	must(X509_set_issuer_name(certificate, X509_get_subject_name(ca)));
	add_extension(certificate, ca, NID_basic_constraints, "critical,CA:FALSE");
	add_extension(certificate, ca, NID_key_usage, "critical,digitalSignature");
	add_extension(certificate, ca, NID_ext_key_usage, "serverAuth");
	add_extension(certificate, ca, NID_subject_key_identifier, "hash");
	add_extension(certificate, ca, NID_authority_key_identifier, "keyid:always");
	add_extension(certificate, ca, NID_subject_alt_name, names);
	must(X509_sign(certificate, ca_key, EVP_sha256()));
	return certificate;
}

/* Written whole or not at all; the old file is never left half replaced. */
static bool write_file(const char *path, mode_t mode, X509 *certificate, EVP_PKEY *key)
{
	char fresh[PATH_BYTES + 32];

	snprintf(fresh, sizeof(fresh), "%s.new", path);
	unlink(fresh);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!file) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	bool is_written = certificate ? PEM_write_X509(file, certificate) == 1 :
					PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL,
							     NULL) == 1;
	is_written &= fflush(file) == 0 && fsync(fd) == 0;
	is_written &= fclose(file) == 0;
	return is_written && rename(fresh, path) == 0;
}

bool tls_demo_make(const char *dir, const char *address, char *why, size_t why_size)
{
	struct demo_files files;

	if (!name_files(dir, &files)) {
		snprintf(why, why_size, "the path of the folder is too long");
		return false;
	}
	if (is_still_good(&files, address))
		return true;
	if (mkdir(files.folder, 0700) != 0 && errno != EEXIST) {
		snprintf(why, why_size, "%s: %s", files.folder, strerror(errno));
		return false;
	}
	EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	must(ca_key && key);
	X509 *ca = ca_make(ca_key);
	X509 *certificate = server_make(key, ca, ca_key, address);
	/* The key last: with it missing, the next start makes all three again. */
	bool is_made = (unlink(files.key) == 0 || errno == ENOENT) &&
		       write_file(files.ca, 0644, ca, NULL) &&
		       write_file(files.certificate, 0644, certificate, NULL) &&
		       write_file(files.key, 0600, NULL, key);
	if (!is_made)
		snprintf(why, why_size, "%s: cannot write certificates: %s", files.folder,
			 strerror(errno));
	X509_free(certificate);
	X509_free(ca);
	EVP_PKEY_free(key);
	EVP_PKEY_free(ca_key);
	return is_made;
}
