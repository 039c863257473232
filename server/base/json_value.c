/* Members of a parsed document, by jansson, whose type does not leave this file. */
#include "base/json_value.h"

#include "base/json_tree.h"

static const json_t *of(const struct json_value *value)
{
	return (const json_t *)value;
}

const struct json_value *json_value_parse(struct arena *a, struct str text)
{
	const char *refusal;
	json_error_t error;

	if (text.n == 0)
		return NULL;
	return (const struct json_value *)json_tree(a, text, &refusal, &error);
}

const struct json_value *json_value_member(const struct json_value *value, const char *name)
{
	return (const struct json_value *)json_object_get(of(value), name);
}

struct str json_value_str(const struct json_value *value)
{
	if (!json_is_string(of(value)))
		return STR_NONE;
	return (struct str){ json_string_value(of(value)), json_string_length(of(value)) };
}

bool json_value_is_true(const struct json_value *value)
{
	return json_is_true(of(value));
}

bool json_value_number(const struct json_value *value, int64_t *ret_number)
{
	static const double most = 9007199254740992.0;

	if (!json_is_number(of(value)))
		return false;
	double number = json_number_value(of(value));

	if (!(number >= -most && number <= most))
		return false;
	*ret_number = (int64_t)number;
	return true;
}

bool json_value_is_object(const struct json_value *value)
{
	return json_is_object(of(value));
}

bool json_value_is_list(const struct json_value *value)
{
	return json_is_array(of(value));
}

size_t json_value_count(const struct json_value *value)
{
	return json_array_size(of(value));
}

const struct json_value *json_value_at(const struct json_value *value, size_t i)
{
	return (const struct json_value *)json_array_get(of(value), i);
}
