#include "base/json_tree.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "bounds.h"
#include "json_find.h"
#include "must.h"

/* Arena of the parse that runs on this thread; NULL outside of one. */
static _Thread_local struct arena *tree_arena;
static pthread_once_t hooks_once = PTHREAD_ONCE_INIT;

static void *tree_alloc(size_t n)
{
	return tree_arena ? arena_alloc(tree_arena, n) : malloc(n);
}

static void tree_free(void *p)
{
	if (!tree_arena)
		free(p);
}

static void set_hooks(void)
{
	json_set_alloc_funcs(tree_alloc, tree_free);
}

/*
 * NULL when the text may go to the parser. Brackets and separators are counted outside of
 * strings; on valid JSON the counts are exact, on anything else the parser complains anyway.
 * Elements of lists count like members of objects: both cost memory.
 */
static const char *refusal_of(struct str body)
{
	int depth = 0;
	size_t members = 0;
	bool is_in_string = false;

	if (body.n > LIMIT_BODY_BYTES)
		return "The body is too long.";
	for (size_t i = 0; i < body.n; i++) {
		char c = body.p[i];

		if (c == '\0')
			return "The body holds a NUL byte, which JSON does not know.";
		if (is_in_string) {
			if (c == '"')
				is_in_string = false;
			else if (c == '\\' && i + 1 < body.n && body.p[i + 1] != '\0')
				i++;
			continue;
		}
		if (c == '"')
			is_in_string = true;
		else if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']')
			depth--;
		members += c == ',' || c == '{' || c == '[';
		if (depth > LIMIT_JSON_DEPTH)
			return "The body is nested too deeply.";
		if (members > LIMIT_JSON_KEYS)
			return "The body has too many members.";
	}
	return NULL;
}

const json_t *json_tree(struct arena *a, struct str text, const char **ret_refusal,
			json_error_t *ret_error)
{
	*ret_refusal = refusal_of(text);
	if (*ret_refusal)
		return NULL;
	must(pthread_once(&hooks_once, set_hooks) == 0);
	tree_arena = a;
	const json_t *tree = json_loadb(text.p, text.n,
					JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, ret_error);
	tree_arena = NULL;
	return tree;
}

/* ---- one value ---- */

/* The next segment of a pointer, with ~1 and ~0 undone; false at its end. */
static bool next_segment(struct arena *a, const char **at, struct str *ret)
{
	struct buf name;

	if (**at != '/')
		return false;
	buf_init(&name, LIMIT_TARGET_BYTES);
	for ((*at)++; **at && **at != '/'; (*at)++) {
		if ((*at)[0] == '~' && ((*at)[1] == '0' || (*at)[1] == '1'))
			buf_add_byte(&name, *++*at == '1' ? '/' : '~');
		else
			buf_add_byte(&name, **at);
	}
	*ret = arena_str(a, buf_str(&name));
	buf_free(&name);
	return true;
}

static const json_t *member_of(const json_t *value, struct str name)
{
	uint64_t index;

	if (json_is_object(value))
		return json_object_getn(value, name.p, name.n);
	if (json_is_array(value) && str_to_u64(name, &index))
		return json_array_get(value, (size_t)index);
	return NULL;
}

static bool text_of(struct arena *a, const json_t *value, struct str *ret)
{
	if (json_is_string(value))
		*ret = (struct str){ json_string_value(value), json_string_length(value) };
	else if (json_is_integer(value))
		*ret = arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		*ret = arena_printf(a, "%.17g", json_real_value(value));
	else if (json_is_boolean(value))
		*ret = json_is_true(value) ? STR("true") : STR("false");
	else
		return false;
	return true;
}

static const json_t *value_at(struct arena *a, const json_t *value, const char *pointer)
{
	struct str name;

	while (value && next_segment(a, &pointer, &name))
		value = member_of(value, name);
	return value;
}

bool json_find(struct arena *a, struct str document, const char *pointer, struct str *ret_value)
{
	const char *refusal;
	json_error_t error;
	const json_t *value = value_at(a, json_tree(a, document, &refusal, &error), pointer);

	return value && text_of(a, value, ret_value);
}

size_t json_find_rows(struct arena *a, struct str document, const char *items,
		      const char *const *pointers, size_t n, struct str *ret_values, size_t most)
{
	const char *refusal;
	json_error_t error;
	const json_t *list = value_at(a, json_tree(a, document, &refusal, &error), items);
	size_t rows = json_is_array(list) ? json_array_size(list) : json_is_object(list);

	rows = rows < most ? rows : most;
	for (size_t row = 0; row < rows; row++)
		for (size_t i = 0; i < n; i++) {
			const json_t *item = json_is_array(list) ? json_array_get(list, row) :
								   list;
			const json_t *value = value_at(a, item, pointers[i]);
			struct str *ret = &ret_values[row * n + i];

			*ret = STR_NONE;
			if (value && !text_of(a, value, ret))
				*ret = STR_NONE;
		}
	return rows;
}
