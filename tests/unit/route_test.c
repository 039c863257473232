/*
 * The table of routes: what is found, what is refused at the start, and how targets and
 * queries are taken apart.
 */
#include "net/route.h"
#include "net/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct reply handle(struct req *r)
{
	(void)r;
	return (struct reply){ 200 };
}

#define EVERYBODY .all_roles = UINT32_MAX
#define NOBODY .is_public = true
/* A row of an access table of its own: at file scope it lives as long as the program. */
#define ACCESS(method, path, ...) &(const struct access){ "handle", method, path, __VA_ARGS__ }
#define ROW(method, path) { ACCESS(method, path, EVERYBODY), handle }

static const struct route table[] = {
	ROW(METHOD_GET, "/api/v1/appeals"),
	ROW(METHOD_POST, "/api/v1/appeals"),
	ROW(METHOD_POST, "/api/v1/appeals/search"),
	ROW(METHOD_GET, "/api/v1/appeals/{id}"),
	ROW(METHOD_GET, "/api/v1/appeals/{id}/events"),
	ROW(METHOD_POST, "/api/v1/webhooks/{id}/deliveries/{delivery}/replay"),
	ROW(METHOD_GET, "/api/v1/reports/{period}"),
	ROW(METHOD_GET, "/api/v1/reports/{period}.csv"),
	ROW(METHOD_GET, "/api/v1/reports/{period}.xlsx"),
	ROW(METHOD_GET, "/livez"),
	{ ACCESS(METHOD_GET, "/", NOBODY), handle, .is_raw = true },
	{ ACCESS(METHOD_GET, "/files/", NOBODY), handle, .is_raw = true },
	{ 0 }
};

struct world {
	struct route_table *routes;
	struct arena *arena;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->routes = route_table_new();
	w->arena = arena_new(1u << 20);
	assert_true(route_table_add(w->routes, table, "test", stderr));
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	route_table_free(w->routes);
	arena_free(w->arena);
	free(w);
	return 0;
}

static struct route_match find(struct world *w, enum method method, const char *path)
{
	struct route_match m;

	route_find(w->routes, method, str_of(path), w->arena, &m);
	return m;
}

static void paths_find_their_routes_and_names(void **state)
{
	static const struct {
		enum method method;
		const char *path, *route, *name, *value;
	} rows[] = {
		{ METHOD_GET, "/api/v1/appeals", "/api/v1/appeals", NULL, NULL },
		{ METHOD_POST, "/api/v1/appeals/search", "/api/v1/appeals/search", NULL, NULL },
		{ METHOD_GET, "/api/v1/appeals/search", "/api/v1/appeals/{id}", "id", "search" },
		{ METHOD_GET, "/api/v1/appeals/search/events", "/api/v1/appeals/{id}/events", "id",
		  "search" },
		{ METHOD_GET, "/api/v1/appeals/LD1/events", "/api/v1/appeals/{id}/events", "id",
		  "LD1" },
		{ METHOD_GET, "/api/v1/appeals/a%2Fb", "/api/v1/appeals/{id}", "id", "a/b" },
		{ METHOD_GET, "/api/v1/appe%61ls", "/api/v1/appeals", NULL, NULL },
		{ METHOD_POST, "/api/v1/webhooks/7/deliveries/9/replay",
		  "/api/v1/webhooks/{id}/deliveries/{delivery}/replay", "delivery", "9" },
		{ METHOD_GET, "/api/v1/reports/2026-03", "/api/v1/reports/{period}", "period",
		  "2026-03" },
		{ METHOD_GET, "/api/v1/reports/2026-03.csv", "/api/v1/reports/{period}.csv", "period",
		  "2026-03" },
		{ METHOD_GET, "/api/v1/reports/.csv", "/api/v1/reports/{period}", "period", ".csv" },
		{ METHOD_GET, "/api/v1/reports/2026.pdf", "/api/v1/reports/{period}", "period",
		  "2026.pdf" },
		{ METHOD_GET, "/", "/", ROUTE_REST, "" },
		{ METHOD_GET, "/any/thing", "/", ROUTE_REST, "any/thing" },
		{ METHOD_GET, "/files/a/b.js", "/files/", ROUTE_REST, "a/b.js" },
		{ METHOD_GET, "/api/v1/nothing", "/", ROUTE_REST, "api/v1/nothing" },
	};

	for (size_t i = 0; i < array_count(rows); i++) {
		struct route_match m = find(*state, rows[i].method, rows[i].path);

		if (!m.route || strcmp(m.route->access->path, rows[i].route) != 0)
			fail_msg("%s: %s", rows[i].path, m.route ? m.route->access->path : "none");
		if (!rows[i].name)
			continue;
		struct route_name last = m.names[m.n - 1];
		assert_true(str_is(last.name, rows[i].name));
		if (!str_is(last.value, rows[i].value))
			fail_msg("%s: %.*s", rows[i].path, STR_ARG(last.value));
	}
}

static void a_known_path_tells_which_methods_it_takes(void **state)
{
	struct route_match m = find(*state, METHOD_DELETE, "/api/v1/appeals");

	assert_null(m.route);
	assert_int_equal(m.allowed, 1u << METHOD_GET | 1u << METHOD_POST);
	/* Both the literal and the {id} stand here. */
	m = find(*state, METHOD_PUT, "/api/v1/appeals/search");
	assert_int_equal(m.allowed, 1u << METHOD_GET | 1u << METHOD_POST);
	assert_null(m.route);
}

static void what_is_not_there_is_not_found(void **state)
{
	static const char *const paths[] = {
		"/api/v1/appeals/", "/api/v1/appeals//events", "/api", "/nothing", "",
		"x", "/api/v1/appeals/LD1/events/x", "/api/v1/appeals/%ff", "/api/v1/appeals/%0a",
		"/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z",
	};

	for (size_t i = 0; i < array_count(paths); i++) {
		struct route_match m = find(*state, METHOD_POST, paths[i]);

		assert_null(m.route);
		assert_int_equal(m.allowed, 0);
	}
}

static void an_empty_segment_is_no_name(void **state)
{
	struct route_match m = find(*state, METHOD_GET, "/api/v1/appeals/");

	/* Left to the files below the root, which have none of this name. */
	assert_string_equal(m.route->access->path, "/");
}

static const struct route broken[] = {
	ROW(METHOD_GET, "/livez"),
	ROW(METHOD_GET, "/api/v1/appeals/{number}/x"),
	ROW(METHOD_GET, "/api/{v"),
	ROW(METHOD_GET, "/api/v}"),
	ROW(METHOD_GET, "/api/{}"),
	ROW(METHOD_GET, "/api/{a}{b}"),
	ROW(METHOD_GET, "api"),
	ROW((enum method)9, "/api"),
	{ ACCESS(METHOD_GET, "/api", EVERYBODY), NULL },
	{ ACCESS(METHOD_GET, "/raw/{x}", EVERYBODY), handle, .is_raw = true },
	{ ACCESS(METHOD_POST, "/open", NOBODY, .is_staff_only = true), handle },
	{ ACCESS(METHOD_GET, "/units", NOBODY, .tree_roles = 1u << 31), handle },
	{ ACCESS(METHOD_GET, "/both", .all_roles = 2, .own_roles = 3), handle },
	{ ACCESS(METHOD_POST, "/bytes/{a}", EVERYBODY), handle, .takes_bytes = true },
	{ ACCESS(METHOD_PUT, "/bytes", EVERYBODY), handle, .takes_bytes = true },
	{ ACCESS(METHOD_PUT, "/bytes/{a}/x", EVERYBODY), handle, .takes_bytes = true },
	{ ACCESS(METHOD_PUT, "/bytes/{a}/{b}", EVERYBODY), handle, .takes_bytes = true },
	ROW(METHOD_GET, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}"),
	ROW(METHOD_GET, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"),
};

static void broken_tables_are_refused_at_the_start(void **state)
{
	struct world *w = *state;
	char *text = NULL;
	size_t n = 0;

	for (size_t i = 0; i < array_count(broken); i++) {
		const struct route one[] = { broken[i], { 0 } };
		FILE *complaints = open_memstream(&text, &n);

		if (route_table_add(w->routes, one, "broken", complaints))
			fail_msg("%s", broken[i].access->path);
		fclose(complaints);
		assert_non_null(strstr(text, "broken: "));
		free(text);
	}
}

static const struct route bytes_route[] = {
	{ ACCESS(METHOD_PUT, "/api/v1/bytes/{id}", EVERYBODY), handle, .takes_bytes = true },
	{ 0 }
};

static void paths_that_take_bytes_are_told_up_to_their_name(void **state)
{
	struct world *w = *state;
	size_t n;

	(void)route_byte_paths(w->routes, &n);
	assert_int_equal(n, 0);
	assert_true(route_table_add(w->routes, bytes_route, "test", stderr));
	assert_true(str_is(route_byte_paths(w->routes, &n)[0], "/api/v1/bytes/"));
	assert_int_equal(n, 1);
}

static void a_route_names_its_query_parameters(void **state)
{
	static const struct route route = { .query = "limit cursor  state" };

	(void)state;
	assert_true(route_takes_query(&route, STR("limit")));
	assert_true(route_takes_query(&route, STR("cursor")));
	assert_true(route_takes_query(&route, STR("state")));
	assert_false(route_takes_query(&route, STR("stat")));
	assert_false(route_takes_query(&route, STR("")));
	assert_false(route_takes_query(&(struct route){ 0 }, STR("limit")));
	assert_true(route_takes_query(&(struct route){ .query = "code *" }, STR("limit")));
	assert_false(route_takes_query(&(struct route){ .query = "code*" }, STR("limit")));
}

static void targets_are_cut_at_the_first_question_mark(void **state)
{
	struct str path, query;

	(void)state;
	target_split(STR("/a?b=c?d"), &path, &query);
	assert_true(str_is(path, "/a") && str_is(query, "b=c?d"));
	target_split(STR("/a"), &path, &query);
	assert_true(str_is(path, "/a") && !query.p);
}

static void queries_are_decoded_after_they_are_cut(void **state)
{
	struct world *w = *state;
	struct query q;

	assert_true(query_parse(w->arena, STR("a=1&b=x%26y%3Dz&c&&d=+%2B&%e4%b8%ad=%E6%96%87"), &q));
	assert_int_equal(q.n, 5);
	assert_true(str_is(q.params[1].value, "x&y=z"));
	assert_true(str_is(q.params[2].name, "c") && str_is(q.params[2].value, ""));
	assert_true(str_is(q.params[3].value, " +"));
	assert_true(str_is(q.params[4].name, "中") && str_is(q.params[4].value, "文"));
	assert_true(query_parse(w->arena, STR_NONE, &q) && q.n == 0);
}

static void queries_that_cannot_be_decoded_are_refused(void **state)
{
	static const char *const texts[] = {
		"=1", "a=%", "a=%4", "a=%zz", "a=%ff", "a=%c0%80", "a=%ed%a0%80", "a=%00", "a=%0d%0a",
		"%7f=1",
	};
	struct world *w = *state;
	struct query q;
	struct buf many;

	for (size_t i = 0; i < array_count(texts); i++)
		if (query_parse(w->arena, str_of(texts[i]), &q))
			fail_msg("%s", texts[i]);
	buf_init(&many, 1000);
	for (int i = 0; i < QUERY_PARAMS_MAX + 1; i++)
		buf_printf(&many, "p%d=1&", i);
	assert_false(query_parse(w->arena, buf_str(&many), &q));
	buf_free(&many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(paths_find_their_routes_and_names, setup, teardown),
		cmocka_unit_test_setup_teardown(a_known_path_tells_which_methods_it_takes, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_is_not_there_is_not_found, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_segment_is_no_name, setup, teardown),
		cmocka_unit_test_setup_teardown(broken_tables_are_refused_at_the_start, setup,
						teardown),
		cmocka_unit_test_setup_teardown(paths_that_take_bytes_are_told_up_to_their_name,
						setup, teardown),
		cmocka_unit_test(a_route_names_its_query_parameters),
		cmocka_unit_test(targets_are_cut_at_the_first_question_mark),
		cmocka_unit_test_setup_teardown(queries_are_decoded_after_they_are_cut, setup,
						teardown),
		cmocka_unit_test_setup_teardown(queries_that_cannot_be_decoded_are_refused, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
