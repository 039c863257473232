/*
 * The list of common passwords is part of the binary: sorted lines, searched by halves.
 */
#include "net/passwords.h"

#include <crypt.h>
#include <string.h>
#include <strings.h>

#include "bounds.h"
#include "crypto.h"
#include "module.h"
#include "must.h"

enum { WORD_LEAST = 4, CLASSES_WANTED = 3 };

bool password_is_mlps(void)
{
	return str_is(setting_str("password_policy"), "mlps");
}

struct password_rules password_rules_now(void)
{
	return (struct password_rules){
		.least = (uint32_t)setting_int("password_least"),
		.is_composed = password_is_mlps(),
		.words = setting_str("password_words"),
	};
}

/* ---- common ones ---- */

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* The line that the byte at `at` lies in. */
static struct str line_at(struct str text, size_t at)
{
	size_t from = at, to = at;

	while (from > 0 && text.p[from - 1] != '\n')
		from--;
	while (to < text.n && text.p[to] != '\n')
		to++;
	return (struct str){ text.p + from, to - from };
}

static int compare(struct str line, struct str password)
{
	size_t n = line.n < password.n ? line.n : password.n;

	for (size_t i = 0; i < n; i++) {
		int difference = (unsigned char)line.p[i] - (unsigned char)lower(password.p[i]);

		if (difference)
			return difference;
	}
	return (line.n > password.n) - (line.n < password.n);
}

static bool is_common(struct str password)
{
	const struct asset *asset = asset_find(STR("common-passwords.txt"));
	struct str list = asset ? asset->bytes : STR_NONE;
	size_t from = 0, to = list.n;

	must(list.n > 0);
	while (from < list.n && list.p[from] == '#')
		from += line_at(list, from).n + 1;
	while (from < to) {
		struct str line = line_at(list, from + (to - from) / 2);
		int order = compare(line, password);

		if (order == 0)
			return true;
		if (order < 0)
			from = (size_t)(line.p - list.p) + line.n + 1;
		else
			to = (size_t)(line.p - list.p);
	}
	return false;
}

/* ---- words of the surroundings ---- */

static bool holds(struct str password, struct str word)
{
	for (size_t i = 0; word.n > 0 && i + word.n <= password.n; i++)
		if (strncasecmp(password.p + i, word.p, word.n) == 0)
			return true;
	return false;
}

static bool holds_word(struct str password, struct str login, struct str words)
{
	if (login.n >= WORD_LEAST && holds(password, login))
		return true;
	while (words.n > 0) {
		const char *end = memchr(words.p, ',', words.n);
		struct str word = { words.p, end ? (size_t)(end - words.p) : words.n };

		words.p += word.n + (end != NULL);
		words.n -= word.n + (end != NULL);
		while (word.n > 0 && word.p[0] == ' ') {
			word.p++;
			word.n--;
		}
		if (holds(password, word))
			return true;
	}
	return false;
}

static unsigned classes_of(struct str password)
{
	unsigned seen = 0, n = 0;

	for (size_t i = 0; i < password.n; i++) {
		char c = password.p[i];

		if (c >= 'a' && c <= 'z')
			seen |= 1;
		else if (c >= 'A' && c <= 'Z')
			seen |= 2;
		else if (c >= '0' && c <= '9')
			seen |= 4;
		else
			seen |= 8;
	}
	for (; seen; seen &= seen - 1)
		n++;
	return n;
}

enum auth_password_fault password_fault(const struct password_rules *rules, struct str login,
					struct str password)
{
	size_t n = str_code_points(password);

	if (n < rules->least)
		return AUTH_PASSWORD_SHORT;
	if (n > LIMIT_PASSWORD_CHARS || password.n > PASSWORD_MOST_BYTES)
		return AUTH_PASSWORD_LONG;
	if (is_common(password))
		return AUTH_PASSWORD_COMMON;
	if (holds_word(password, login, rules->words))
		return AUTH_PASSWORD_CONTEXT;
	if (rules->is_composed && classes_of(password) < CLASSES_WANTED)
		return AUTH_PASSWORD_SIMPLE;
	return AUTH_PASSWORD_FINE;
}

/* ---- hashes ---- */

static struct str hash_of(struct arena *a, struct str password, const char *setting)
{
	struct crypt_data *scratch = arena_new_of(a, struct crypt_data);
	struct str text = arena_str(a, password);

	if (password.n > PASSWORD_MOST_BYTES || memchr(text.p, '\0', text.n))
		return STR_NONE;
	const char *hash = crypt_r(text.p, setting, scratch);
	struct str copy = hash && hash[0] == '$' ? arena_str(a, str_of(hash)) : STR_NONE;
	explicit_bzero(scratch, sizeof(*scratch));
	return copy;
}

struct str password_hash_new(struct arena *a, struct str password)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	must(crypt_gensalt_rn("$y$", 0, NULL, 0, setting, sizeof(setting)));
	return hash_of(a, password, setting);
}

bool password_fits(struct arena *a, struct str password, struct str kept)
{
	static const char salt[] = "of nobody at all";
	struct str setting = kept.n ? arena_str(a, kept) : STR_NONE;
	char nobody[CRYPT_GENSALT_OUTPUT_SIZE];

	/* Made, not written down: what crypt() holds for malformed it refuses within no time. */
	must(crypt_gensalt_rn("$y$", 0, salt, sizeof(salt) - 1, nobody, sizeof(nobody)));
	struct str hash = hash_of(a, password, setting.p ? setting.p : nobody);

	return setting.p && hash.p && crypto_same(hash, setting);
}
