/*
 * Reading and making the key file. A file that anybody but its owner may read is refused: it
 * would make every sealed value readable to them.
 */
#include "base/keys.h"
#include "base/secret_file.h"

#include "crypto.h"
#include "must.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES = 16 * 1024, PATH_BYTES = 4096 };

void keys_derive(struct str secret, struct str salt, struct str purpose, uint8_t *out,
		 size_t n)
{
	EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *context = EVP_KDF_CTX_new(hkdf);
	char digest[] = "SHA256";
	/* OpenSSL takes its parameters through pointers to non-const and does not write. */
	union {
		const char *in;
		void *out;
	} key = { secret.p }, salted = { salt.p }, info = { purpose.p };
	OSSL_PARAM params[5] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.out, secret.n),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.out, purpose.n),
		OSSL_PARAM_construct_end(),
		OSSL_PARAM_construct_end(),
	};

	must(hkdf && context);
	if (salt.n > 0)
		params[3] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salted.out,
							      salt.n);
	must(EVP_KDF_derive(context, out, n, params) == 1);
	EVP_KDF_CTX_free(context);
	EVP_KDF_free(hkdf);
}

void keys_complete(struct master_key *key, uint32_t id)
{
	const struct str root = { (const char *)key->root, KEY_BYTES };

	key->id = id;
	keys_derive(root, STR_NONE, STR("liandong seal"), key->key.aes, sizeof(key->key.aes));
	keys_derive(root, STR_NONE, STR("liandong sm4"), key->key.sm4, sizeof(key->key.sm4));
	keys_derive(root, STR_NONE, STR("liandong hmac-sm3"), key->key.mac,
		    sizeof(key->key.mac));
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "id hex": a number of 1 to 4294967295, blanks, 64 hex digits. */
static bool read_key(struct str line, struct master_key *ret_key)
{
	struct master_key key = { 0 };
	size_t digits = 0;
	uint64_t id;

	while (digits < line.n && line.p[digits] != ' ')
		digits++;
	if (!str_to_u64((struct str){ line.p, digits }, &id) || id == 0 || id > UINT32_MAX)
		return false;
	while (digits < line.n && line.p[digits] == ' ')
		digits++;
	if (line.n - digits != 2 * (size_t)KEY_BYTES)
		return false;
	for (size_t i = 0; i < KEY_BYTES; i++) {
		int high = hex_digit(line.p[digits + 2 * i]);
		int low = hex_digit(line.p[digits + 2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		key.root[i] = (uint8_t)(high << 4 | low);
	}
	keys_complete(&key, (uint32_t)id);
	*ret_key = key;
	OPENSSL_cleanse(&key, sizeof(key));
	return true;
}

/* NULL, or why this line cannot join the ring. */
static const char *add_line(struct key_ring *ring, struct str line)
{
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n == 0 || line.p[0] == '#')
		return NULL;
	if (ring->n == KEYS_MAX)
		return "has too many keys";
	if (!read_key(line, &ring->v[ring->n]))
		return "is not a key: a number, a blank and 64 hex digits are wanted";
	for (uint32_t i = 0; i < ring->n; i++) {
		if (ring->v[i].id == ring->v[ring->n].id)
			return "has the number of an earlier key";
	}
	ring->n++;
	return NULL;
}

/* Opens and checks the file; -1 with the reason in `why`. */
static int open_key_file(const char *file, char *why, size_t why_size)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		(void)snprintf(why, why_size, "The key file %.100s cannot be opened: %s.", file,
			       strerrordesc_np(errno));
		return -1;
	}
	must(fstat(fd, &st) == 0);
	if (S_ISREG(st.st_mode) && secret_mode_is_good(file, st.st_mode) && st.st_size <= FILE_BYTES)
		return fd;
	if (!S_ISREG(st.st_mode))
		(void)snprintf(why, why_size, "The key file %.100s is not a plain file.", file);
	else if (st.st_size > FILE_BYTES)
		(void)snprintf(why, why_size, "The key file %.100s is too long.", file);
	else
		(void)snprintf(why, why_size,
			       "The key file %.100s may be used by others than its owner (mode "
			       "%04o); run chmod 600 on it.",
			       file, (unsigned)(st.st_mode & 07777));
	close(fd);
	return -1;
}

bool keys_read(const char *file, struct key_ring *ret_ring, char *why, size_t why_size)
{
	char text[FILE_BYTES];
	const char *refusal = NULL;
	int fd = open_key_file(file, why, why_size);
	size_t n = 0, line_number = 0;
	ssize_t got;

	*ret_ring = (struct key_ring){ 0 };
	if (fd < 0)
		return false;
	while (n < sizeof(text) && (got = read(fd, text + n, sizeof(text) - n)) > 0)
		n += (size_t)got;
	close(fd);
	for (size_t start = 0, end; start < n && !refusal; start = end + 1) {
		const char *stop = memchr(text + start, '\n', n - start);

		end = stop ? (size_t)(stop - text) : n;
		line_number++;
		refusal = add_line(ret_ring, (struct str){ text + start, end - start });
	}
	OPENSSL_cleanse(text, sizeof(text));
	if (refusal)
		(void)snprintf(why, why_size, "Line %zu of the key file %.100s %s.",
			       line_number, file, refusal);
	else if (ret_ring->n == 0)
		(void)snprintf(why, why_size, "The key file %.100s holds no key.", file);
	if (!refusal && ret_ring->n > 0)
		return true;
	OPENSSL_cleanse(ret_ring, sizeof(*ret_ring));
	return false;
}

/* The name is durable only with its directory: a lost key file is lost data. */
static bool sync_directory_of(const char *file)
{
	char path[PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s", file);

	if (n < 0 || (size_t)n >= sizeof(path))
		return false;
	int fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return done;
}

bool crypto_key_file_make(const char *key_file)
{
	static const char head[] = "# Number and key, one a line. The last line wraps, all "
				   "lines unwrap: append one to change keys, and remove an old one "
				   "only when nothing is wrapped by it any more.\n";
	char text[sizeof(head) + 2 * KEY_BYTES + 8];
	uint8_t key[KEY_BYTES];
	int fd = open(key_file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t n = sizeof(head) - 1;

	if (fd < 0)
		return false;
	memcpy(text, head, n);
	text[n++] = '1';
	text[n++] = ' ';
	crypto_random(key, sizeof(key));
	for (size_t i = 0; i < sizeof(key); i++, n += 2)
		(void)snprintf(text + n, 3, "%02x", key[i]);
	text[n++] = '\n';
	bool done = fchmod(fd, 0600) == 0 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;

	done = close(fd) == 0 && done && sync_directory_of(key_file);
	OPENSSL_cleanse(text, sizeof(text));
	OPENSSL_cleanse(key, sizeof(key));
	if (!done)
		(void)unlink(key_file);
	return done;
}
