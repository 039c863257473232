/*
 * Life and death of the private database: killed under our feet, left behind by a killed
 * server, wanted by two at once.
 *
 * Called as `mariadb_test hold DIR` the program is such a server: it starts the database in
 * DIR, says "ready" and waits to be killed.
 */
#include "bounds.h"
#include "clock.h"
#include "must.h"
#include "sql/database_fixture.h"
#include "tx_test_sql.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
/* Needs those above. */
#include <cmocka.h>

static struct tx *tx;
static struct arena *arena;

static int start(void **state)
{
	(void)state;
	database_start();
	tx = tx_new();
	arena = arena_new(LIMIT_REQUEST_ARENA);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	tx_free(tx);
	arena_free(arena);
	database_stop();
	return 0;
}

static bool is_alive(pid_t pid)
{
	return kill(pid, 0) == 0 || errno != ESRCH;
}

/* Until the database answers again; how often it did not, in between. */
static uint32_t wait_for_answer(uint64_t *ret_count)
{
	int64_t deadline = clock_monotonic() + 30 * CLOCK_SECOND;
	uint32_t failures = 0;

	for (;;) {
		struct sql_note_count_row row = { 0 };
		int64_t began = clock_monotonic();

		tx_begin(tx, arena);
		bool is_there = sql_note_count(tx, &row);
		enum tx_error error = tx_error(tx);
		tx_rollback(tx);
		if (is_there) {
			*ret_count = row.n;
			return failures;
		}
		assert_int_equal(error, TX_AWAY);
		assert_true(clock_monotonic() - began < 5 * CLOCK_SECOND);
		must(clock_monotonic() < deadline);
		failures++;
		poll(NULL, 0, 20);
	}
}

static void a_killed_database_is_away_and_comes_back_by_itself(void **state)
{
	pid_t pid = database_pid();
	uint64_t count = 0;

	(void)state;
	tx_begin(tx, arena);
	sql_note_add_now(tx, (struct sql_note_add_now){ .id = 1 });
	assert_int_equal(tx_commit(tx), TX_OK);

	tx_begin(tx, arena);
	sql_note_add_now(tx, (struct sql_note_add_now){ .id = 2 });
	assert_true(tx_ok(tx));
	must(kill(pid, SIGKILL) == 0);
	/* The commit finds nobody, or a closed connection. */
	assert_int_equal(tx_commit(tx), TX_AWAY);

	wait_for_answer(&count);
	assert_int_equal(count, 1);
	assert_int_not_equal(database_pid(), pid);
}

static void an_idle_connection_survives_a_restart_of_the_database(void **state)
{
	struct sql_note_count_row row = { 0 };
	struct tx *idle = tx_new();
	uint64_t count = 0;

	(void)state;
	tx_begin(idle, arena);
	assert_true(sql_note_count(idle, &row));
	assert_int_equal(tx_commit(idle), TX_OK);
	must(kill(database_pid(), SIGKILL) == 0);
	wait_for_answer(&count);
	tx_begin(idle, arena);
	assert_true(sql_note_count(idle, &row));
	assert_int_equal(tx_commit(idle), TX_OK);
	tx_free(idle);
}

static void a_statement_that_is_cut_off_is_away(void **state)
{
	struct sql_note_sleep_row row = { 0 };
	uint64_t count = 0;
	pid_t killer = fork();

	(void)state;
	if (killer == 0) {
		poll(NULL, 0, 100);
		kill(database_pid(), SIGKILL);
		_exit(0);
	}
	tx_begin(tx, arena);
	assert_false(sql_note_sleep(tx, &row));
	assert_int_equal(tx_error(tx), TX_AWAY);
	tx_rollback(tx);
	must(waitpid(killer, NULL, 0) == killer);
	wait_for_answer(&count);
}

static void nothing_hangs_while_the_database_is_down(void **state)
{
	struct sql_note_count_row row = { 0 };
	char *place = folder_new();
	struct db_target nowhere = *mariadb_owner(database());
	char path[100];
	uint32_t attempts = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/nobody.sock", place);
	nowhere.socket = path;
	tx_free(tx);
	store_stop();
	store_start(&nowhere);
	tx = tx_new();
	int64_t began = clock_monotonic();
	while (clock_monotonic() - began < CLOCK_SECOND / 4) {
		tx_begin(tx, arena);
		assert_false(sql_note_count(tx, &row));
		assert_int_equal(tx_commit(tx), TX_AWAY);
		attempts++;
	}
	assert_true(attempts > 1000);
	tx_free(tx);
	store_stop();
	store_start(mariadb_owner(database()));
	tx = tx_new();
	folder_remove(place);

	uint64_t count = 0;
	wait_for_answer(&count);
}

/* ---- another server on the same folder ---- */

static pid_t start_holder(const char *place)
{
	int out[2];
	char said[6] = "";

	must(pipe(out) == 0);
	pid_t pid = fork();
	must(pid >= 0);
	if (pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		close(out[1]);
		execl("/proc/self/exe", "mariadb_test", "hold", place, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	FILE *f = fdopen(out[0], "r");
	must(f != NULL && fgets(said, sizeof(said), f) && strcmp(said, "ready") == 0);
	fclose(f);
	return pid;
}

static int hold(const char *place)
{
	struct mariadb *m = mariadb_start(place);

	if (!m)
		return 1;
	printf("ready\n");
	fflush(stdout);
	for (;;)
		pause();
}

static void end_holder(pid_t pid)
{
	must(kill(pid, SIGKILL) == 0);
	must(waitpid(pid, NULL, 0) == pid);
}

static void what_a_killed_server_left_is_stopped_and_started_anew(void **state)
{
	char *place = folder_new();
	pid_t holder = start_holder(place);
	pid_t before = recorded_pid(place);

	(void)state;
	end_holder(holder);
	assert_true(is_alive(before));
	struct mariadb *m = mariadb_start(place);
	assert_non_null(m);
	assert_int_not_equal(recorded_pid(place), before);
	mariadb_stop(m);
	folder_remove(place);
}

static void a_database_that_hangs_is_ended_too(void **state)
{
	char *place = folder_new();
	pid_t holder = start_holder(place);
	pid_t before = recorded_pid(place);

	(void)state;
	end_holder(holder);
	must(kill(before, SIGSTOP) == 0);
	struct mariadb *m = mariadb_start(place);
	assert_non_null(m);
	mariadb_stop(m);
	folder_remove(place);
}

static void a_half_made_installation_is_made_again(void **state)
{
	char *place = folder_new();
	char path[200];

	(void)state;
	snprintf(path, sizeof(path), "%s/mysql.new", place);
	must(mkdir(path, 0700) == 0);
	snprintf(path, sizeof(path), "%s/mysql.new/ibdata1", place);
	FILE *f = fopen(path, "we");
	must(f != NULL && fputs("half", f) >= 0);
	fclose(f);
	struct mariadb *m = mariadb_start(place);
	assert_non_null(m);
	mariadb_stop(m);
	folder_remove(place);
}

static void a_second_server_is_refused_and_a_command_joins(void **state)
{
	pid_t pid = database_pid();

	(void)state;
	assert_null(mariadb_start(database_folder()));
	struct mariadb *command = mariadb_attach(database_folder());
	assert_non_null(command);
	assert_string_equal(mariadb_target(command)->socket,
			    mariadb_owner(database())->socket);
	mariadb_stop(command);
	assert_int_equal(database_pid(), pid);
	assert_true(is_alive(pid));
}

static void a_command_without_a_server_starts_and_stops_its_own(void **state)
{
	char *place = folder_new();

	(void)state;
	struct mariadb *m = mariadb_attach(place);
	assert_non_null(m);
	pid_t pid = recorded_pid(place);
	mariadb_stop(m);
	assert_false(is_alive(pid));
	folder_remove(place);
}

static void a_folder_too_deep_for_a_socket_gets_a_short_one(void **state)
{
	char *place = folder_new();
	char deep[200];

	(void)state;
	snprintf(deep, sizeof(deep), "%s/%080d", place, 7);
	/* The folder above is closed to the database's own user when root runs this. */
	must(chmod(place, 0711) == 0);
	struct mariadb *m = mariadb_start(deep);
	assert_non_null(m);
	assert_true(strlen(mariadb_target(m)->socket) <= 100);
	char *socket = strdup(mariadb_target(m)->socket);
	must(socket != NULL);
	mariadb_stop(m);
	m = mariadb_attach(deep);
	assert_non_null(m);
	assert_string_equal(mariadb_target(m)->socket, socket);
	mariadb_stop(m);
	*strrchr(socket, '/') = '\0';
	folder_remove(socket);
	folder_remove(place);
}

static void a_folder_below_a_closed_one_works_too(void **state)
{
	char *place = folder_new();
	char below[200];

	(void)state;
	snprintf(below, sizeof(below), "%s/demo", place);
	struct mariadb *m = mariadb_start(below);
	assert_non_null(m);
	mariadb_stop(m);
	folder_remove(place);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_database_is_away_and_comes_back_by_itself),
		cmocka_unit_test(an_idle_connection_survives_a_restart_of_the_database),
		cmocka_unit_test(a_statement_that_is_cut_off_is_away),
		cmocka_unit_test(nothing_hangs_while_the_database_is_down),
		cmocka_unit_test(what_a_killed_server_left_is_stopped_and_started_anew),
		cmocka_unit_test(a_database_that_hangs_is_ended_too),
		cmocka_unit_test(a_half_made_installation_is_made_again),
		cmocka_unit_test(a_second_server_is_refused_and_a_command_joins),
		cmocka_unit_test(a_command_without_a_server_starts_and_stops_its_own),
		cmocka_unit_test(a_folder_too_deep_for_a_socket_gets_a_short_one),
		cmocka_unit_test(a_folder_below_a_closed_one_works_too),
	};

	if (argc == 3 && strcmp(argv[1], "hold") == 0)
		return hold(argv[2]);
	return cmocka_run_group_tests(tests, start, stop);
}
