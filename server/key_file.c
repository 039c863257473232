#include "key_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "crypto.h"
#include "log.h"
#include "metrics.h"
#include "module.h"
#include "store/store.h"

enum { PATH_BYTES = 4096, WHY_BYTES = 256, COUNT_EVERY = 5 };

static char key_path[PATH_BYTES];
static struct stat read_as;	/* the file that is in force */
static uint32_t rounds;

static struct metric old_keys = {
	.name = "liandong_old_key_records", .kind = METRIC_GAUGE,
	.help = "Records whose keys are wrapped by another key than the last of the key file.",
};

void key_file_start(void)
{
	metric_register(&old_keys);
}

bool key_file_open(const char *path)
{
	char why[WHY_BYTES] = "The path is too long.";
	int n = snprintf(key_path, sizeof(key_path), "%s", path);

	if (n < 0 || (size_t)n >= sizeof(key_path)) {
		fprintf(stderr, "key_file: %s\n", why);
		return false;
	}
	if (stat(key_path, &read_as) != 0)
		memset(&read_as, 0, sizeof(read_as));
	if (crypto_start(key_path, why, sizeof(why)))
		return true;
	fprintf(stderr, "%s: %s\n", path, why);
	return false;
}

/* ---- what is in use ---- */

struct uses {
	struct key_use v[2 * CRYPTO_KEYS_MAX];
	size_t n;
};

static void read_uses(struct tx *tx, struct uses *uses)
{
	uint32_t ids[CRYPTO_KEYS_MAX];
	uint32_t n = data_keys_used(tx, ids);

	uses->n = 0;
	for (uint32_t i = 0; i < n; i++)
		uses->v[uses->n++] = (struct key_use){ .id = ids[i], .records = 1 };
	for (size_t i = 0; modules[i]; i++)
		if (modules[i]->keys_used)
			uses->n += modules[i]->keys_used(tx, uses->v + uses->n,
							 array_count(uses->v) - uses->n);
}

void key_file_check(struct tx *tx, void *arg)
{
	bool *is_complete = arg;
	struct uses uses;

	*is_complete = true;
	read_uses(tx, &uses);
	for (size_t i = 0; i < uses.n; i++) {
		if (!crypto_missing(&uses.v[i].id, 1))
			continue;
		*is_complete = false;
		fprintf(stderr, "%s: key %" PRIu32 " is missing, and %" PRIu64 " records are still "
			"wrapped by it: they cannot be read without it. Put its line back.\n",
			key_path, uses.v[i].id, uses.v[i].records);
	}
}

/* ---- while running ---- */

static void count_old(const struct uses *uses)
{
	int64_t old = 0;

	for (size_t i = 0; i < uses->n; i++)
		if (uses->v[i].id != crypto_wrapping_id())
			old += (int64_t)uses->v[i].records;
	metric_set(&old_keys, old);
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_mode == b->st_mode;
}

static void take_up(const struct uses *uses, const struct stat *st)
{
	uint32_t ids[2 * CRYPTO_KEYS_MAX];
	char why[WHY_BYTES];

	for (size_t i = 0; i < uses->n; i++)
		ids[i] = uses->v[i].id;
	read_as = *st;
	if (crypto_reload(key_path, ids, uses->n, why, sizeof(why)))
		log_info("keys", "reloaded", "wraps=%" PRIu32, crypto_wrapping_id());
	else
		log_error("keys", "refused", "why=\"%s\"", why);
}

void key_file_watch(struct tx *tx)
{
	uint32_t ids[CRYPTO_KEYS_MAX];
	struct uses uses;
	struct stat st;
	bool is_changed = stat(key_path, &st) == 0 && !is_same_file(&st, &read_as);
	bool is_counted = crypto_key_ids(ids) > 1 && rounds++ % COUNT_EVERY == 0;

	if (!is_changed && !is_counted)
		return;
	read_uses(tx, &uses);
	if (!tx_ok(tx))
		return;
	if (is_changed)
		take_up(&uses, &st);
	count_old(&uses);
}
