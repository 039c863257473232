/*
 * JSON by jansson, into values that own nothing.
 */
#include "verify/json_proof.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static bool read_size(const json_t *object, const char *name, uint64_t *ret)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*ret = (uint64_t)json_integer_value(value);
	return true;
}

static bool read_hashes(const json_t *list, struct proof *ret)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list) || n > PROOF_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_array_get(list, i);
		struct text text = { json_string_value(one), json_string_length(one) };
		size_t bytes;

		if (!text.p || !text_base64(text, ret->hash[i].b, HASH_BYTES, &bytes) ||
		    bytes != HASH_BYTES)
			return false;
	}
	ret->n = n;
	return true;
}

bool consistency_parse(struct text json, struct consistency *ret)
{
	json_t *object = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	bool is_read = object && read_size(object, "from", &ret->from) &&
		       read_size(object, "to", &ret->to) &&
		       read_hashes(json_object_get(object, "proof"), &ret->proof);

	json_decref(object);
	return is_read;
}

char *head_checkpoint(struct text json)
{
	json_t *object = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	const char *note = json_string_value(json_object_get(object, "checkpoint"));
	char *copy = note ? strdup(note) : NULL;

	json_decref(object);
	return copy;
}

char *cosignature_json(struct text note)
{
	json_t *object = json_pack("{s:s%}", "checkpoint", note.p, note.n);
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	return text;
}
