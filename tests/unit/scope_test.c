/* Which routes a scope covers. */
#include "net/scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool covers(const char *scope, enum method method, const char *path)
{
	const struct access access = { .method = method, .path = path, .all_roles = 1 };
	const struct route route = { .access = &access };

	return scope_covers(str_of(scope), &route);
}

static void read_is_every_get_of_the_area_and_nothing_else(void **state)
{
	(void)state;
	assert_true(covers("tasks:read", METHOD_GET, "/api/v1/tasks"));
	assert_true(covers("tasks:read", METHOD_GET, "/api/v1/tasks/{id}/deadline"));
	assert_true(covers("reports:read", METHOD_GET, "/api/v1/reports/{period}.csv"));
	assert_false(covers("tasks:read", METHOD_POST, "/api/v1/tasks/{id}/sign"));
	assert_false(covers("tasks:read", METHOD_GET, "/api/v1/tasksandmore"));
	assert_false(covers("tasks:read", METHOD_GET, "/api/v1/reports"));
	assert_true(covers("metrics:read", METHOD_GET, "/metrics"));
}

static void write_is_everything_but_get(void **state)
{
	(void)state;
	assert_true(covers("tasks:write", METHOD_POST, "/api/v1/tasks/{id}/sign"));
	assert_true(covers("tasks:write", METHOD_DELETE, "/api/v1/tasks/{id}"));
	assert_false(covers("tasks:write", METHOD_GET, "/api/v1/tasks/{id}"));
	assert_false(covers("tasks:write", METHOD_POST, "/api/v1/hooks"));
}

static void a_step_is_the_words_behind_the_area_without_ids(void **state)
{
	(void)state;
	assert_true(covers("tasks:sign", METHOD_POST, "/api/v1/tasks/{id}/sign"));
	assert_false(covers("tasks:sign", METHOD_POST, "/api/v1/tasks/{id}/signature"));
	assert_false(covers("tasks:signature", METHOD_POST, "/api/v1/tasks/{id}/sign"));
	assert_true(covers("tasks:return/accept", METHOD_POST, "/api/v1/tasks/{id}/return/accept"));
	assert_false(covers("tasks:return", METHOD_POST, "/api/v1/tasks/{id}/return/accept"));
	assert_false(covers("tasks:return/accept", METHOD_POST, "/api/v1/tasks/{id}/return"));
	assert_true(covers("keys:secrets", METHOD_DELETE, "/api/v1/keys/{id}/secrets/{number}"));
	assert_false(covers("tasks:sign", METHOD_POST, "/api/v1/tasks//sign"));
	assert_false(covers("tasks:return/accept/", METHOD_POST,
			    "/api/v1/tasks/{id}/return/accept"));
	assert_false(covers("tasks:visits", METHOD_GET, "/api/v1/tasks/{id}/visits"));
}

static void where_there_are_no_words_the_method_names_the_step(void **state)
{
	(void)state;
	assert_true(covers("keys:add", METHOD_POST, "/api/v1/keys"));
	assert_true(covers("keys:change", METHOD_PUT, "/api/v1/keys/{id}"));
	assert_true(covers("keys:remove", METHOD_DELETE, "/api/v1/keys/{id}"));
	assert_false(covers("keys:add", METHOD_PUT, "/api/v1/keys/{id}"));
	assert_false(covers("keys:change", METHOD_POST, "/api/v1/keys"));
	assert_false(covers("keys:add", METHOD_GET, "/api/v1/keys"));
	assert_false(covers("keys:add", METHOD_POST, "/api/v1/keys/{id}/rotate"));
}

static void what_is_written_wrong_covers_nothing(void **state)
{
	char longest[SCOPE_MAX + 2];

	(void)state;
	assert_false(covers("", METHOD_GET, "/api/v1/tasks"));
	assert_false(covers("tasks", METHOD_GET, "/api/v1/tasks"));
	assert_false(covers("tasks:", METHOD_GET, "/api/v1/tasks"));
	assert_false(covers(":read", METHOD_GET, "/api/v1/tasks"));
	assert_false(covers(":read", METHOD_GET, "/"));
	assert_false(covers("*:read", METHOD_GET, "/api/v1/tasks"));
	assert_false(covers("tasks:*", METHOD_POST, "/api/v1/tasks"));
	assert_false(covers("TASKS:read", METHOD_GET, "/api/v1/tasks"));
	assert_false(covers("tasks:sign/", METHOD_POST, "/api/v1/tasks/{id}/sign/more"));
	memset(longest, 'a', sizeof(longest) - 1);
	memcpy(longest, "tasks:", 6);
	longest[sizeof(longest) - 1] = '\0';
	assert_false(covers(longest, METHOD_GET, "/api/v1/tasks"));
}

static void a_list_covers_what_one_of_it_covers_and_an_empty_one_all(void **state)
{
	struct access access = { .method = METHOD_POST, .path = "/api/v1/tasks/{id}/sign",
				 .all_roles = 1 };
	struct route route = { .access = &access };

	(void)state;
	assert_true(scope_list_covers(STR(""), &route));
	assert_true(scope_list_covers(STR_NONE, &route));
	assert_true(scope_list_covers(STR("tasks:read,tasks:sign"), &route));
	assert_false(scope_list_covers(STR("tasks:read,keys:add"), &route));
	assert_false(scope_list_covers(STR(","), &route));
	route.is_in_every_scope = true;
	assert_true(scope_list_covers(STR("keys:add"), &route));
	route.is_in_every_scope = false;
	access.is_public = true;
	assert_true(scope_list_covers(STR("keys:add"), &route));
}

/* A scope named `read` or `write` must not also be a step, nor may an area be empty. */
static void no_route_has_a_step_that_is_called_like_a_right(void **state)
{
	(void)state;
	for (const struct module *const *m = modules; *m; m++)
		for (const struct route *route = (*m)->routes; route && route->access; route++)
			if (strstr(route->access->path, "/read") ||
			    strstr(route->access->path, "/write"))
				fail_msg("%s", route->access->path);
}

static bool includes(const char *own, const char *other)
{
	return scope_list_includes(str_of(own), str_of(other));
}

static void a_list_includes_what_is_in_it_and_steps_of_what_it_may_write(void **state)
{
	(void)state;
	assert_true(includes("", ""));
	assert_true(includes("", "tasks:read"));
	assert_false(includes("tasks:read", ""));
	assert_true(includes("tasks:read", "tasks:read"));
	assert_true(includes("keys:read,tasks:sign", "tasks:sign,keys:read"));
	assert_false(includes("tasks:sign", "tasks:sign,keys:read"));
	assert_false(includes("tasks:sign", "keys:read,tasks:sign"));
	assert_true(includes("tasks:write", "tasks:sign"));
	assert_true(includes("keys:read,tasks:write", "tasks:return/accept,tasks:write"));
	assert_false(includes("tasks:write", "tasks:read"));
	assert_false(includes("tasks:write", "keys:add"));
	assert_false(includes("tasks:sign", "tasks:write"));
	assert_false(includes("tasks:read", "tasks:sign"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_is_every_get_of_the_area_and_nothing_else),
		cmocka_unit_test(write_is_everything_but_get),
		cmocka_unit_test(a_step_is_the_words_behind_the_area_without_ids),
		cmocka_unit_test(where_there_are_no_words_the_method_names_the_step),
		cmocka_unit_test(what_is_written_wrong_covers_nothing),
		cmocka_unit_test(a_list_covers_what_one_of_it_covers_and_an_empty_one_all),
		cmocka_unit_test(no_route_has_a_step_that_is_called_like_a_right),
		cmocka_unit_test(a_list_includes_what_is_in_it_and_steps_of_what_it_may_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
