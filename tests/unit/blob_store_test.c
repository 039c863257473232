/*
 * The blob store by its contract, which any backend has to keep, and what the folder does beside
 * it: how files lie there, and what is done about those that are not what was put.
 */
#include "blob_store.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/settings.h"
#include "clock.h"
#include "store/blob_backend.h"

static char folder[] = "/tmp/blob_store_test_XXXXXX", files[64];
static struct setting settings[] = {
	{ "attachment_directory", SETTING_PATH, "", .help = "Of the test." }, { 0 }
};
static struct arena *arena;

static const char *file_of(const struct blob_name *name)
{
	static char path[256];
	struct str hex = encode_hex(arena, (struct str){ (const char *)name->sha256,
							 SHA256_BYTES });

	snprintf(path, sizeof(path), "%s/%.2s/%.*s", files, hex.p, STR_ARG(hex));
	return path;
}

static struct blob_name put(const char *text)
{
	struct blob_name name;

	assert_int_equal(blob_put(arena, str_of(text), &name), BLOB_FINE);
	return name;
}

static void holds(const struct blob_name *name, const char *text)
{
	struct str found;

	assert_int_equal(blob_get(arena, name, &found), BLOB_FINE);
	assert_true(str_is(found, text));
}

static void is_damaged(const struct blob_name *name)
{
	struct str found;

	assert_int_equal(blob_get(arena, name, &found), BLOB_DAMAGED);
	assert_null(found.p);
}

/* ---- the contract ---- */

static void what_is_put_comes_back_under_its_hash(void **state)
{
	struct blob_name name = put("hello");
	uint8_t hash[SHA256_BYTES];
	struct blob_facts facts;

	(void)state;
	crypto_sha256(STR("hello"), hash);
	assert_memory_equal(name.sha256, hash, SHA256_BYTES);
	holds(&name, "hello");
	assert_int_equal(blob_stat(&name, &facts), BLOB_FINE);
	assert_int_equal(facts.stored_bytes, 5 + SEAL_OVERHEAD);
	assert_true(llabs(facts.put_at - clock_real()) < 60 * CLOCK_SECOND);
	name = put("");
	holds(&name, "");
}

static void what_is_not_there_is_absent(void **state)
{
	struct blob_name name = { { 1 } };
	struct blob_facts facts;
	struct str found;

	(void)state;
	assert_int_equal(blob_get(arena, &name, &found), BLOB_ABSENT);
	assert_int_equal(blob_stat(&name, &facts), BLOB_ABSENT);
	assert_int_equal(blob_remove(&name, INT64_MAX), BLOB_ABSENT);
}

static void the_same_twice_is_one_and_heals_the_other(void **state)
{
	struct blob_name name = put("twice"), again;

	(void)state;
	assert_int_equal(truncate(file_of(&name), 7), 0);
	is_damaged(&name);
	again = put("twice");
	assert_memory_equal(&name, &again, sizeof(name));
	holds(&name, "twice");
}

static void what_was_put_a_short_time_ago_is_not_removed(void **state)
{
	struct blob_name name = put("remove me");
	struct blob_facts facts;

	(void)state;
	assert_int_equal(blob_stat(&name, &facts), BLOB_FINE);
	assert_int_equal(blob_remove(&name, facts.put_at), BLOB_FINE);
	holds(&name, "remove me");
	assert_int_equal(blob_remove(&name, facts.put_at + 1), BLOB_FINE);
	assert_int_equal(blob_stat(&name, &facts), BLOB_ABSENT);
}

static void those_of_a_beginning_are_listed_by_their_time(void **state)
{
	struct blob_list list;
	bool is_listed = false;
	struct blob_name name = put("list me");

	(void)state;
	assert_int_equal(blob_list(arena, name.sha256[0], INT64_MAX, &list), BLOB_FINE);
	for (size_t i = 0; i < list.n; i++) {
		assert_int_equal(list.v[i].sha256[0], name.sha256[0]);
		is_listed |= memcmp(&list.v[i], &name, sizeof(name)) == 0;
	}
	assert_true(is_listed);
	assert_int_equal(blob_list(arena, name.sha256[0], 0, &list), BLOB_FINE);
	assert_int_equal(list.n, 0);
}

static void more_than_a_few_are_listed_whole(void **state)
{
	struct blob_list list;
	size_t n = 0;
	char text[40];

	(void)state;
	for (int i = 0; i < 20000 && n < 70; i++) {
		uint8_t hash[SHA256_BYTES];

		snprintf(text, sizeof(text), "many %d", i);
		crypto_sha256(str_of(text), hash);
		if (hash[0] != 0xee)
			continue;
		put(text);
		n++;
	}
	assert_int_equal(blob_list(arena, 0xee, INT64_MAX, &list), BLOB_FINE);
	assert_int_equal(list.n, n);
}

/* Of putting and removing at once: what was put is there afterwards, or was removed before. */
static void *put_often(void *arg)
{
	struct arena *own = arena_new(64u << 20);
	struct blob_name name;

	(void)arg;
	for (int i = 0; i < 100; i++)
		if (blob_put(own, STR("contended"), &name) != BLOB_FINE)
			return arena_free(own), own;
	arena_free(own);
	return NULL;
}

static void putting_at_once_with_removing_keeps_what_is_fresh(void **state)
{
	struct blob_name name = put("contended");
	pthread_t threads[3];
	void *failed;

	(void)state;
	for (size_t i = 0; i < array_count(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, put_often, NULL), 0);
	for (int i = 0; i < 300; i++)
		assert_int_equal(blob_remove(&name, clock_real() - CLOCK_HOUR), BLOB_FINE);
	for (size_t i = 0; i < array_count(threads); i++) {
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	holds(&name, "contended");
}

/* ---- the folder ---- */

static void files_are_sealed_and_for_the_server_alone(void **state)
{
	struct blob_name name = put("a photo of somebody");
	struct stat file;
	char bytes[100];

	(void)state;
	assert_int_equal(stat(file_of(&name), &file), 0);
	assert_int_equal(file.st_mode & 0777, 0600);
	int fd = open(file_of(&name), O_RDONLY);
	ssize_t n = read(fd, bytes, sizeof(bytes));
	close(fd);
	assert_int_equal(n, 19 + SEAL_OVERHEAD);
	assert_null(memmem(bytes, (size_t)n, "photo", 5));
}

static void a_changed_or_moved_file_is_damaged(void **state)
{
	struct blob_name name = put("whole"), other = put("other");
	char moved[256], byte;
	int fd;

	(void)state;
	fd = open(file_of(&name), O_RDWR);
	assert_int_equal(pread(fd, &byte, 1, 20), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, 20), 1);
	close(fd);
	is_damaged(&name);
	snprintf(moved, sizeof(moved), "%s", file_of(&other));
	assert_int_equal(rename(moved, file_of(&name)), 0);
	is_damaged(&name);
	assert_int_equal(unlink(file_of(&name)), 0);
	assert_int_equal(mkdir(file_of(&name), 0700), 0);
	is_damaged(&name);
	assert_int_equal(rmdir(file_of(&name)), 0);
	fd = open(file_of(&name), O_WRONLY | O_CREAT, 0600);
	assert_int_equal(ftruncate(fd, 14 << 20), 0);
	close(fd);
	is_damaged(&name);
	assert_int_equal(unlink(file_of(&name)), 0);
}

static void a_link_is_not_followed(void **state)
{
	struct blob_name name = put("linked");
	struct str found;

	(void)state;
	assert_int_equal(unlink(file_of(&name)), 0);
	assert_int_equal(symlink("/etc/passwd", file_of(&name)), 0);
	assert_int_equal(blob_get(arena, &name, &found), BLOB_AWAY);
	assert_int_equal(unlink(file_of(&name)), 0);
}

static void what_a_crash_left_half_written_is_cleared_away(void **state)
{
	char half[128], foreign[128];
	struct blob_list list;

	(void)state;
	snprintf(half, sizeof(half), "%s/00/.new-abcdef", files);
	snprintf(foreign, sizeof(foreign), "%s/00/notes.txt", files);
	close(open(half, O_WRONLY | O_CREAT, 0600));
	close(open(foreign, O_WRONLY | O_CREAT, 0600));
	assert_int_equal(blob_list(arena, 0, 0, &list), BLOB_FINE);
	assert_int_equal(access(half, F_OK), 0);
	assert_int_equal(blob_list(arena, 0, INT64_MAX, &list), BLOB_FINE);
	assert_int_not_equal(access(half, F_OK), 0);
	assert_int_equal(access(foreign, F_OK), 0);
	assert_int_equal(list.n, 0);
	unlink(foreign);
}

static void a_folder_that_is_gone_is_away_and_loses_nothing(void **state)
{
	struct blob_name name = put("kept"), failed;
	char aside[80];
	struct blob_list list;

	(void)state;
	snprintf(aside, sizeof(aside), "%s.aside", files);
	assert_int_equal(rename(files, aside), 0);
	assert_int_equal(blob_put(arena, STR("kept"), &failed), BLOB_AWAY);
	assert_int_equal(blob_remove(&name, INT64_MAX), BLOB_AWAY);
	assert_int_equal(blob_list(arena, 0, INT64_MAX, &list), BLOB_FINE);
	assert_int_equal(rename(aside, files), 0);
	holds(&name, "kept");
}

static int setup(void **state)
{
	char keys[80], why[200];

	(void)state;
	arena = arena_new(256u << 20);
	snprintf(keys, sizeof(keys), "%s/keys", folder);
	if (!crypto_key_file_make(keys) || !crypto_start(keys, why, sizeof(why)))
		return -1;
	return blob_store_start() ? 0 : -1;
}

static int teardown(void **state)
{
	char command[100];

	(void)state;
	arena_free(arena);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_comes_back_under_its_hash),
		cmocka_unit_test(what_is_not_there_is_absent),
		cmocka_unit_test(the_same_twice_is_one_and_heals_the_other),
		cmocka_unit_test(what_was_put_a_short_time_ago_is_not_removed),
		cmocka_unit_test(those_of_a_beginning_are_listed_by_their_time),
		cmocka_unit_test(more_than_a_few_are_listed_whole),
		cmocka_unit_test(putting_at_once_with_removing_keeps_what_is_fresh),
		cmocka_unit_test(files_are_sealed_and_for_the_server_alone),
		cmocka_unit_test(a_changed_or_moved_file_is_damaged),
		cmocka_unit_test(a_link_is_not_followed),
		cmocka_unit_test(what_a_crash_left_half_written_is_cleared_away),
		cmocka_unit_test(a_folder_that_is_gone_is_away_and_loses_nothing),
	};

	if (!mkdtemp(folder))
		return 1;
	snprintf(files, sizeof(files), "%s/files", folder);
	settings[0].fallback = files;
	settings_add("test", settings);
	if (!settings_load(NULL, stderr))
		return 1;
	return cmocka_run_group_tests(tests, setup, teardown);
}
