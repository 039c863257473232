/*
 * Batches as files, for a stick or a gateway. Both commands may run beside the server, and be
 * ended at any moment: what was done is a row before a file says so, so the same again repeats
 * nothing and skips nothing.
 */
#include "exchange/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bounds.h"
#include "must.h"

enum { FILES_MAX = 512, FILE_BYTES = LIMIT_EXCHANGE_BYTES + LIMIT_NOTE_BYTES + 1, PATH_BYTES = 4096 };

struct run {
	const struct command_call *call;
	struct str peer;
	const char *out;
	const char *const *files;
	int file_count;
	bool is_done;
	/* export */
	uint64_t numbers[LIMIT_PAGE_MAX];
	size_t n;
	uint64_t number;
	char *bytes;
	size_t size;
	/* import */
	struct exchange_imported imported;
	char why[512];
};

/* ---- export ---- */

static void close_one(struct tx *tx, void *arg)
{
	struct run *run = arg;

	run->is_done = exchange_batch_close(tx, run->peer);
}

static void read_numbers(struct tx *tx, void *arg)
{
	struct sql_exchange_batches_row row = { 0 };
	struct run *run = arg;
	peer_row peer;

	run->n = 0;
	run->is_done = peer_read(tx, run->peer, &peer);
	if (!run->is_done)
		return;
	struct rows *rows = sql_exchange_batches(tx, (struct sql_exchange_batches){
		.peer = run->peer, .is_ours = true, .after = peer.acked_batch,
		.n = LIMIT_PAGE_MAX });
	while (sql_exchange_batches_next(rows, &row))
		run->numbers[run->n++] = row.number;
}

static void read_file_of(struct tx *tx, void *arg)
{
	struct run *run = arg;
	struct str file;

	run->is_done = exchange_batch_file(tx, run->peer, run->number, &file) &&
		       file.n <= FILE_BYTES;
	if (!run->is_done)
		return;
	memcpy(run->bytes, file.p, file.n);
	run->size = file.n;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, bytes, n);

		if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		}
	}
	return fsync(fd) == 0;
}

/* Whole or not at all: it gets its name when all of it is on the disk. */
static bool write_file(const struct run *run)
{
	struct str own = exchange_own_code();
	char path[PATH_BYTES], part[PATH_BYTES + 8];

	int n = snprintf(path, sizeof(path), "%s/%.*s-%.*s-%08" PRIu64 ".batch", run->out,
			 STR_ARG(own), STR_ARG(run->peer), run->number);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		fprintf(stderr, "%s: this path is too long.\n", run->out);
		return false;
	}
	snprintf(part, sizeof(part), "%s.part", path);
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool is_well = fd >= 0 && write_all(fd, run->bytes, run->size);

	if (fd >= 0)
		is_well = close(fd) == 0 && is_well;
	is_well = is_well && rename(part, path) == 0;
	if (is_well)
		printf("%s\n", path);
	else
		fprintf(stderr, "%s: %s.\n", path, strerror(errno));
	return is_well;
}

static int export(struct run *run)
{
	size_t closed = 0;
	bool is_well;

	do {
		run->is_done = false;
		is_well = run->call->transact(close_one, run);
	} while (is_well && run->is_done && ++closed < FILES_MAX);
	is_well = is_well && run->call->transact(read_numbers, run);
	if (!is_well || !run->is_done) {
		fprintf(stderr, "%s\n", is_well ? "There is no such service; POST "
			"/api/v1/exchange/peers adds one." : "The database did not answer.");
		return 1;
	}
	run->bytes = malloc(FILE_BYTES);
	must(run->bytes);
	for (size_t i = 0; i < run->n && is_well; i++) {
		run->number = run->numbers[i];
		is_well = run->call->transact(read_file_of, run) && run->is_done &&
			  write_file(run);
	}
	free(run->bytes);
	return is_well ? 0 : 1;
}

/* ---- import ---- */

/* What was found wrong lies in the memory of the transaction. */
static void keep_why(struct run *run)
{
	snprintf(run->why, sizeof(run->why), "%.*s", STR_ARG(run->imported.fault.why));
}

/* A file that is refused must leave nothing behind. */
static void import_one(struct tx *tx, void *arg)
{
	struct run *run = arg;
	const struct exchange_call call = { .tx = tx, .by = &actor_system };

	exchange_batch_import(&call, run->peer, (struct str){ run->bytes, run->size },
			      &run->imported);
	keep_why(run);
	if (tx_ok(tx) && run->imported.how == IMPORT_REFUSED)
		tx_fail(tx, TX_BROKEN);
}

static bool read_whole(struct run *run, const char *path)
{
	FILE *file = fopen(path, "rb");

	run->size = file ? fread(run->bytes, 1, FILE_BYTES, file) : 0;
	bool is_well = file && !ferror(file);

	if (file)
		fclose(file);
	return is_well;
}

/* 0 when its matters stand here now; 3 when an earlier batch is missing. */
static int import_file(struct run *run, const char *path)
{
	const struct exchange_imported *done = &run->imported;

	run->imported = (struct exchange_imported){ .how = IMPORT_TAKEN };
	if (!read_whole(run, path)) {
		fprintf(stderr, "%s: cannot be read.\n", path);
		return 1;
	}
	bool is_committed = run->call->transact(import_one, run);

	if (done->how == IMPORT_REFUSED || done->how == IMPORT_OTHER) {
		fprintf(stderr, "%s:%zu: %s Nothing of the file was taken in.\n", path,
			done->fault.line, run->why);
		return 1;
	}
	if (!is_committed) {
		fprintf(stderr, "%s: the database did not answer; import it again.\n", path);
		return 1;
	}
	if (done->how == IMPORT_GAP) {
		fprintf(stderr, "%s: batch %" PRId64 " waits for %" PRIu64 " to %" PRIu64
			"; they are asked for with the next export.\n", path, done->number,
			done->missing_from, done->missing_to);
		return 3;
	}
	if (done->refused)
		fprintf(stderr, "%s: %zu of its messages were not possible; the next export names "
			"them, GET /api/v1/exchange/%.*s/batches lists them.\n", path,
			done->refused, STR_ARG(run->peer));
	printf("batch %" PRId64 ": %s, %zu messages\n", done->number,
	       done->how == IMPORT_KNOWN ? "known already" : "taken in", done->messages);
	return 0;
}

static int import(struct run *run)
{
	int status = 0;

	run->bytes = malloc(FILE_BYTES);
	must(run->bytes);
	for (int i = 0; i < run->file_count; i++) {
		int one = import_file(run, run->files[i]);

		status = one ? one : status;
	}
	free(run->bytes);
	return status;
}

/* ---- the command ---- */

static bool read_words(const struct command_call *call, struct run *run)
{
	char **words = call->argv;
	int i = 2;

	for (; i + 1 < call->argc && words[i][0] == '-'; i += 2)
		if (strcmp(words[i], "--peer") == 0)
			run->peer = str_of(words[i + 1]);
		else if (strcmp(words[i], "--out") == 0)
			run->out = words[i + 1];
		else
			return false;
	run->files = (const char *const *)(words + i);
	run->file_count = call->argc - i;
	return run->peer.p != NULL;
}

int exchange_command(const struct command_call *call)
{
	struct run *run = calloc(1, sizeof(*run));
	int status = 2;

	must(run);
	run->call = call;
	bool is_read = call->argc > 2 && read_words(call, run);

	if (is_read && strcmp(call->argv[1], "export") == 0 && run->out && !run->file_count)
		status = export(run);
	else if (is_read && strcmp(call->argv[1], "import") == 0 && !run->out && run->file_count)
		status = import(run);
	else
		fprintf(stderr, "usage: liandong exchange export --peer CODE --out DIR\n"
				"       liandong exchange import --peer CODE FILE...\n");
	free(run);
	return status;
}
