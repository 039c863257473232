/* Tables as text, and the files they are gathered in. */
#include "csv.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/settings.h"
#include "base/spool_file.h"
#include "bounds.h"
#include "setting.h"

#ifdef __SANITIZE_ADDRESS__
#define IS_SANITIZED true
#else
#define IS_SANITIZED false
#endif

static char folder[] = "/tmp/liandong-csv-XXXXXX";
static struct setting settings[] = {
	{ "spool_directory", SETTING_PATH, folder, .help = "Of the test.", .fixed = true },
	{ 0 }
};

static struct str all_of(struct spool *s, char *out, size_t size)
{
	int64_t n = spool_read(s, 0, out, size);

	assert_true(n >= 0);
	return (struct str){ out, (size_t)n };
}

static void assert_cell(const char *text, const char *expected)
{
	struct buf cell;

	buf_init(&cell, 1000);
	csv_cell(&cell, str_of(text));
	buf_add_byte(&cell, '\0');
	assert_string_equal(cell.p, expected);
	buf_free(&cell);
}

static void what_could_be_a_formula_gets_an_apostrophe_and_numbers_stay(void **state)
{
	(void)state;
	assert_cell("=1+1", "'=1+1");
	assert_cell("+8613800001111", "'+8613800001111");
	assert_cell("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0");
	assert_cell("@SUM(A1)", "'@SUM(A1)");
	assert_cell("\t=1", "'\t=1");
	assert_cell("\r=1", "\"'\r=1\"");
	assert_cell("＝1+1", "'＝1+1");
	assert_cell("＋1", "'＋1");
	assert_cell("－1", "'－1");
	assert_cell("＠1", "'＠1");
	assert_cell("-12", "-12");
	assert_cell("-12.50", "-12.50");
	assert_cell("-1.2.3", "'-1.2.3");
	assert_cell("-", "'-");
	assert_cell("-.5", "'-.5");
	assert_cell("-5.", "'-5.");
	assert_cell("-1+1", "'-1+1");
	assert_cell("a=1", "a=1");
	assert_cell("12", "12");
	assert_cell("", "");
}

static void text_is_quoted_where_it_must_be_and_only_there(void **state)
{
	(void)state;
	assert_cell("路灯不亮", "路灯不亮");
	assert_cell("a,b", "\"a,b\"");
	assert_cell("a\r\nb", "\"a\r\nb\"");
	assert_cell("he said \"no\"", "\"he said \"\"no\"\"\"");
	assert_cell("=\"a\"", "\"'=\"\"a\"\"\"");
}

static void the_last_line_counts_the_rows_and_hashes_all_before_it(void **state)
{
	static const char *const heads[] = { "a", "b", "c", "d", "e", NULL };
	struct spool *s = spool_new();
	struct csv csv;
	char out[1000], hex[65];
	uint8_t digest[SHA256_BYTES];

	(void)state;
	csv_open(&csv, s, heads);
	csv_text(&csv, "x");
	csv_u64(&csv, 7);
	csv_time(&csv, 0);
	csv_time(&csv, 1772413200000000);
	csv_str(&csv, STR_NONE);
	struct str before = all_of(s, out, sizeof(out));
	assert_true(str_eq(before, STR("\xEF\xBB\xBF" "a,b,c,d,e\r\n"
				       "x,7,,2026-03-02T09:00:00+08:00,\r\n")));
	spool_digest(s, digest);
	for (size_t i = 0; i < SHA256_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	size_t n = before.n;
	csv_close(&csv);
	struct str whole = all_of(s, out, sizeof(out));
	assert_true(str_starts((struct str){ whole.p + n, whole.n - n }, STR("rows,1,sha256,")));
	assert_memory_equal(whole.p + n + 14, hex, 64);
	assert_memory_equal(whole.p + n + 78, ",\r\n", 3);
	assert_int_equal(whole.n, n + 81);
	spool_free(s);
}

static void a_mark_stands_in_each_row_and_not_in_the_last_line(void **state)
{
	static const char *const heads[] = { "a", "b", "c", "d", NULL };
	struct spool *s = spool_new();
	struct csv csv;
	char out[1000];

	(void)state;
	csv_open_copy(&csv, s, heads, STR("A17"));
	for (uint32_t row = 0; row < 2; row++)
		for (uint32_t i = 0; i < 4; i++)
			csv_u64(&csv, i);
	struct str before = all_of(s, out, sizeof(out));
	assert_true(str_eq(before, STR("\xEF\xBB\xBF" "a,b,c,d,copy\r\n"
				       "0,1,2,3,A17\r\n0,1,2,3,A17\r\n")));
	size_t n = before.n;
	csv_close(&csv);
	struct str whole = all_of(s, out, sizeof(out));
	assert_true(str_starts((struct str){ whole.p + n, whole.n - n }, STR("rows,2,sha256,")));
	assert_memory_equal(whole.p + n + 78, ",\r\n", 3);
	assert_int_equal(whole.n, n + 81);
	spool_free(s);
}

static size_t files_in_folder(void)
{
	DIR *dir = opendir(folder);
	size_t n = 0;

	assert_non_null(dir);
	for (const struct dirent *e; (e = readdir(dir));)
		n += e->d_name[0] != '.';
	closedir(dir);
	return n;
}

static long memory_kib(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

static void a_million_rows_take_no_memory_and_leave_no_file(void **state)
{
	static const char *const heads[] = { "task", "title", "n", "at", NULL };
	struct spool *s = spool_new();
	struct csv csv;
	long before = memory_kib();

	(void)state;
	csv_open(&csv, s, heads);
	for (uint64_t i = 0; i < 1000000; i++) {
		csv_text(&csv, "LD260302000017-1");
		csv_text(&csv, "滨河路东段路灯三天不亮");
		csv_u64(&csv, i);
		csv_time(&csv, 1772413200000000);
	}
	csv_close(&csv);
	assert_int_equal(spool_error(s), SPOOL_FINE);
	assert_int_equal(csv.rows, 1000001);
	assert_true(spool_size(s) > 80 * 1000 * 1000);
	assert_int_equal(files_in_folder(), 0);
	/* A sanitizer keeps what was freed. */
	assert_true(IS_SANITIZED || memory_kib() - before < 4 * 1024);
	spool_free(s);
}

static void a_spool_ends_at_its_bound_and_stays_failed(void **state)
{
	static char piece[1024 * 1024];
	struct spool *s = spool_new();
	struct str bytes = { piece, sizeof(piece) };

	(void)state;
	for (size_t i = 0; i < LIMIT_SPOOL_BYTES / sizeof(piece); i++)
		spool_add(s, bytes);
	assert_int_equal(spool_error(s), SPOOL_FINE);
	assert_true(spool_fd(s) >= 0);
	spool_add(s, STR("x"));
	assert_int_equal(spool_fd(s), -1);
	assert_int_equal(spool_error(s), SPOOL_LONG);
	assert_int_equal(spool_read(s, 0, piece, 1), -1);
	spool_free(s);
}

/* A hole: what is counted is lengths, and the disk need not hold them. */
static void extend(struct spool *s)
{
	assert_int_equal(ftruncate(spool_fd(s), LIMIT_SPOOL_BYTES), 0);
	spool_written(s);
}

static void all_spools_together_have_a_bound_and_give_it_back(void **state)
{
	static char piece[1024 * 1024];
	enum { SPOOLS = LIMIT_SPOOLS_BYTES / LIMIT_SPOOL_BYTES + 1 };
	struct spool *spools[SPOOLS];
	struct str bytes = { piece, sizeof(piece) };

	(void)state;
	for (size_t n = 0; n < SPOOLS; n++) {
		spools[n] = spool_new();
		extend(spools[n]);
	}
	assert_int_equal(spool_error(spools[SPOOLS - 2]), SPOOL_FINE);
	assert_int_equal(spool_error(spools[SPOOLS - 1]), SPOOL_ROOM);
	for (size_t n = 0; n < SPOOLS; n++)
		spool_free(spools[n]);
	struct spool *next = spool_new();
	spool_add(next, bytes);
	assert_true(spool_fd(next) >= 0);
	spool_free(next);
}

static void a_folder_that_cannot_be_written_shows_as_no_room(void **state)
{
	struct spool *s;

	(void)state;
	assert_int_equal(rmdir(folder), 0);
	s = spool_new();
	spool_add(s, STR("x"));
	assert_int_equal(spool_fd(s), -1);
	assert_int_equal(spool_error(s), SPOOL_ROOM);
	spool_free(s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_could_be_a_formula_gets_an_apostrophe_and_numbers_stay),
		cmocka_unit_test(text_is_quoted_where_it_must_be_and_only_there),
		cmocka_unit_test(the_last_line_counts_the_rows_and_hashes_all_before_it),
		cmocka_unit_test(a_mark_stands_in_each_row_and_not_in_the_last_line),
		cmocka_unit_test(a_million_rows_take_no_memory_and_leave_no_file),
		cmocka_unit_test(a_spool_ends_at_its_bound_and_stays_failed),
		cmocka_unit_test(all_spools_together_have_a_bound_and_give_it_back),
		cmocka_unit_test(a_folder_that_cannot_be_written_shows_as_no_room),
	};

	if (!mkdtemp(folder))
		return 1;
	settings_add("test", settings);
	if (!settings_load(NULL, stderr))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
