/* Scopes against routes: both are short texts, read in step without copies. */
#include "net/scope.h"

/* The route's path from its area on. */
static struct str path_of(const struct route *route)
{
	static const struct str prefix = { "/api/v1/", 8 };
	struct str path = str_of(route->access->path);
	size_t skipped = str_starts(path, prefix) ? prefix.n : 1;

	return (struct str){ path.p + skipped, path.n - skipped };
}

static const char *plain_step(enum method method)
{
	if (method == METHOD_POST)
		return "add";
	return method == METHOD_PUT ? "change" : "remove";
}

/* Is `step`, which is not empty, the words of `rest`, the route's path behind its area? */
static bool step_is(struct str step, struct str rest, enum method method)
{
	bool has_words = false;

	/* Behind its last slash stands a word, or it is another text. */
	if (step.p[step.n - 1] == '/')
		return false;
	while (rest.n > 0) {
		struct str segment = str_take(&rest, '/');

		if (segment.n > 0 && segment.p[0] == '{')
			continue;
		has_words = true;
		if (!str_eq(str_take(&step, '/'), segment))
			return false;
	}
	return has_words ? step.n == 0 : str_is(step, plain_step(method));
}

bool scope_covers(struct str scope, const struct route *route)
{
	struct str right = scope, path = path_of(route), area = str_take(&right, ':');

	if (area.n == 0 || right.n == 0 || scope.n > SCOPE_MAX || !str_eq(area, str_take(&path, '/')))
		return false;
	if (str_is(right, "read") || route->access->method == METHOD_GET)
		return str_is(right, "read") && route->access->method == METHOD_GET;
	return str_is(right, "write") || step_is(right, path, route->access->method);
}

bool scope_list_covers(struct str list, const struct route *route)
{
	bool is_covered = list.n == 0 || route->is_in_every_scope || route->access->is_public;

	while (!is_covered && list.n > 0)
		is_covered = scope_covers(str_take(&list, ','), route);
	return is_covered;
}

static bool is_included(struct str own, struct str scope)
{
	struct str right = scope, area = str_take(&right, ':');

	while (own.n > 0) {
		struct str own_right = str_take(&own, ','), own_area = str_take(&own_right, ':');

		if (str_eq(area, own_area) &&
		    (str_eq(right, own_right) ||
		     (str_is(own_right, "write") && !str_is(right, "read"))))
			return true;
	}
	return false;
}

bool scope_list_includes(struct str own, struct str other)
{
	bool is_whole = own.n == 0 || other.n > 0;

	while (is_whole && own.n > 0 && other.n > 0)
		is_whole = is_included(own, str_take(&other, ','));
	return is_whole;
}
