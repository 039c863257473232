/* Answers out of a spool, through several runs of a handler. */
#include "req.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/settings.h"
#include "base/spool_file.h"
#include "bounds.h"
#include "net/request.h"

static struct setting settings[] = {
	{ "spool_directory", SETTING_PATH, "/tmp", .help = "Of the test." },
	{ 0 }
};

static struct req *new_request(void)
{
	struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
	struct req *r = arena_new_of(arena, struct req);

	r->arena = arena;
	r->errors.arena = arena;
	draft_reset(r);
	return r;
}

/* As the loop does with a request that is gone. */
static void free_request(struct req *r)
{
	spool_free(r->draft.spool);
	buf_free(r->draft.body);
	free(r->draft.body);
	arena_free(r->arena);
}

static const char *field(const struct req *r, const char *name)
{
	for (const struct http_field *f = r->draft.fields; f; f = f->next)
		if (strcmp(f->name, name) == 0)
			return f->value;
	return NULL;
}

static void a_handler_that_runs_again_begins_with_an_empty_spool(void **state)
{
	struct req *r = new_request();
	char out[20];

	(void)state;
	for (int run = 0; run < 3; run++) {
		draft_reset(r);
		spool_add(req_spool(r), STR("whole"));
	}
	assert_int_equal(reply_spool(r, "text/csv", "a-%d.csv", 7).status, 200);
	assert_int_equal(spool_size(r->draft.spool), 5);
	assert_int_equal(spool_read(r->draft.spool, 0, out, sizeof(out)), 5);
	assert_memory_equal(out, "whole", 5);
	assert_string_equal(field(r, "Content-Type"), "text/csv");
	assert_string_equal(field(r, "Content-Disposition"), "attachment; filename=\"a-7.csv\"");
	free_request(r);
}

static void an_error_after_an_export_was_begun_takes_its_place(void **state)
{
	struct req *r = new_request();

	(void)state;
	spool_add(req_spool(r), STR("half"));
	assert_int_equal(reply_problem(r, 422, "code", "A sentence.").status, 422);
	assert_null(r->draft.spool);
	assert_string_equal(field(r, "Content-Type"), "application/problem+json");
	free_request(r);
}

static void what_does_not_fit_is_an_error_and_never_a_part(void **state)
{
	static char piece[1024 * 1024];
	struct req *r = new_request();

	(void)state;
	for (size_t i = 0; i <= LIMIT_SPOOL_BYTES / sizeof(piece); i++)
		spool_add(req_spool(r), (struct str){ piece, sizeof(piece) });
	assert_int_equal(reply_spool(r, "text/csv", "a.csv").status, 500);
	assert_null(r->draft.spool);
	assert_non_null(strstr(r->draft.body->p, "too_long"));
	free_request(r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handler_that_runs_again_begins_with_an_empty_spool),
		cmocka_unit_test(an_error_after_an_export_was_begun_takes_its_place),
		cmocka_unit_test(what_does_not_fit_is_an_error_and_never_a_part),
	};

	settings_add("test", settings);
	if (!settings_load(NULL, stderr))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
