/*
 * Between those who keep files and what keeps their bytes: names, seals and the judgement of what
 * comes back.
 */
#include "blob_store.h"

#include <string.h>

#include "bounds.h"
#include "log.h"
#include "metrics.h"
#include "must.h"
#include "store/blob_backend.h"

static const struct blob_backend *const backend = &blob_folder;

static struct metric damaged_total = {
	.name = "liandong_blobs_damaged_total", .kind = METRIC_COUNTER,
	.help = "Reads of stored files that were not what was stored.",
};
static struct metric failed_total = {
	.name = "liandong_blobs_failed_total", .kind = METRIC_COUNTER,
	.help = "Files that could not be written, read or removed.",
};

bool blob_store_start(void)
{
	metric_register(&damaged_total);
	metric_register(&failed_total);
	return backend->start();
}

static struct str hex_of(struct arena *a, const struct blob_name *name)
{
	return encode_hex(a, (struct str){ (const char *)name->sha256, SHA256_BYTES });
}

/* A file that was copied to another name does not open there. */
static struct str place_of(struct arena *a, const struct blob_name *name)
{
	return arena_printf(a, "blob,%.*s", STR_ARG(hex_of(a, name)));
}

static enum blob_answer counted(enum blob_answer answer)
{
	if (answer == BLOB_AWAY)
		metric_add(&failed_total, 1);
	return answer;
}

static enum blob_answer damaged(struct arena *a, const struct blob_name *name)
{
	metric_add(&damaged_total, 1);
	log_error("blobs", "damaged", "name=%.*s", STR_ARG(hex_of(a, name)));
	return BLOB_DAMAGED;
}

enum blob_answer blob_put(struct arena *a, struct str content, struct blob_name *ret_name)
{
	must(content.n <= LIMIT_BLOB_BYTES - SEAL_OVERHEAD);
	crypto_sha256(content, ret_name->sha256);
	struct str sealed = crypto_seal(a, place_of(a, ret_name), content);

	return counted(backend->put(a, ret_name, sealed));
}

enum blob_answer blob_get(struct arena *a, const struct blob_name *name, struct str *ret_content)
{
	uint8_t found[SHA256_BYTES];
	struct str sealed;
	enum blob_answer answer = counted(backend->get(a, name, &sealed));

	*ret_content = STR_NONE;
	if (answer == BLOB_DAMAGED)
		return damaged(a, name);
	if (answer != BLOB_FINE)
		return answer;
	if (!crypto_open(a, place_of(a, name), sealed, ret_content))
		return damaged(a, name);
	crypto_sha256(*ret_content, found);
	if (memcmp(found, name->sha256, SHA256_BYTES) == 0)
		return BLOB_FINE;
	*ret_content = STR_NONE;
	return damaged(a, name);
}

enum blob_answer blob_stat(const struct blob_name *name, struct blob_facts *ret_facts)
{
	return counted(backend->stat(name, ret_facts));
}

enum blob_answer blob_remove(const struct blob_name *name, int64_t before)
{
	return counted(backend->remove(name, before));
}

enum blob_answer blob_list(struct arena *a, uint8_t first, int64_t before,
			   struct blob_list *ret_list)
{
	*ret_list = (struct blob_list){ 0 };
	return counted(backend->list(a, first, before, ret_list));
}
