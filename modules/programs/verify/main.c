/*
 * liandong-verify: checks what a Liandong server says, without any part of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify/bundle.h"
#include "verify/ledger.h"
#include "verify/receipt.h"
#include "verify/witness.h"

/* A file is read whole up to this; dumps of ledgers are not. */
#define FILE_MAX ((size_t)2 << 30)
enum { REPEATED_MAX = 16, EVERY_MAX = 86400 };

static void print_help(FILE *out)
{
	fputs("usage: liandong-verify COMMAND ...\n\n"
	      "  bundle FILE [--key VKEY]\n"
	      "        Recomputes every figure of a frozen month, and checks that the ledger "
	      "holds it.\n"
	      "  receipt FILE [--ledger DUMP] [--key VKEY]\n"
	      "        What the server promised when it took an appeal; VKEY is the log's key\n"
	      "        for receipts.\n"
	      "  checkpoint FILE... --key VKEY [--witness VKEY]... [--proof FILE]\n"
	      "        Who signed, and whether the larger goes on from the smaller.\n"
	      "  ledger FILE|- [--key VKEY] [--held FILE]... [--signer-state FILE]\n"
	      "        Everything of a ledger's dump, with the position of what does not fit.\n"
	      "  witness --url https://HOST:PORT --key VKEY --dir DIR [--name NAME]\n"
	      "        [--ca FILE] [--token-file FILE] [--once | --every SECONDS]\n"
	      "        Follows a log and cosigns what goes on from what it saw before.\n"
	      "  witness --public --dir DIR\n"
	      "        The verifier key of this witness.\n\n"
	      "liandong-verify FILE tells by the first line what the file is.\n"
	      "VKEY is a verifier key: NAME+ID+KEY. Status 0: all holds; 1: something does\n"
	      "not; 2: it cannot be read.\n", out);
}

static int misused(const char *what)
{
	fprintf(stderr, "%s; see liandong-verify --help.\n", what);
	return STATUS_UNREADABLE;
}

/* ---- options ---- */

struct arguments {
	int argc;
	char **argv;
};

static void take_out(struct arguments *a, int at, int n)
{
	for (int i = at; i + n < a->argc; i++)
		a->argv[i] = a->argv[i + n];
	a->argc -= n;
}

/* Takes the first `--name VALUE` or `--name=VALUE` out; NULL when there is none. */
static const char *take_option(struct arguments *a, const char *name)
{
	size_t n = strlen(name);

	for (int i = 0; i < a->argc; i++) {
		const char *value = NULL;

		if (strncmp(a->argv[i], name, n) == 0 && a->argv[i][n] == '=') {
			value = a->argv[i] + n + 1;
			take_out(a, i, 1);
		} else if (strcmp(a->argv[i], name) == 0 && i + 1 < a->argc) {
			value = a->argv[i + 1];
			take_out(a, i, 2);
		}
		if (value)
			return value;
	}
	return NULL;
}

static bool take_flag(struct arguments *a, const char *name)
{
	for (int i = 0; i < a->argc; i++)
		if (strcmp(a->argv[i], name) == 0) {
			take_out(a, i, 1);
			return true;
		}
	return false;
}

/* What is left are files: none of them may look like an option. */
static bool are_files(const struct arguments *a, int least, int most)
{
	for (int i = 0; i < a->argc; i++)
		if (a->argv[i][0] == '-' && a->argv[i][1])
			return false;
	return a->argc >= least && a->argc <= most;
}

/* ---- files ---- */

/* To be freed; NULL after a complaint. */
static char *read_whole(const char *path, struct text *ret)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	size_t n = 0, room = 1 << 16;
	char *bytes = file ? malloc(room) : NULL;

	while (bytes && !ferror(file) && n < FILE_MAX) {
		size_t more = fread(bytes + n, 1, room - n, file);

		n += more;
		if (more == 0)
			break;
		if (n == room) {
			char *larger = realloc(bytes, room *= 2);
			if (!larger)
				abort();
			bytes = larger;
		}
	}
	bool is_read = bytes && !ferror(file) && n < FILE_MAX;
	if (!is_read) {
		perror(path);
		free(bytes);
		bytes = NULL;
	}
	if (file && file != stdin)
		fclose(file);
	*ret = (struct text){ bytes, n };
	return bytes;
}

static FILE *open_dump(const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");

	if (!file)
		perror(path);
	return file;
}

static void close_dump(FILE *file)
{
	if (file && file != stdin)
		fclose(file);
}

/* ---- commands ---- */

static int bundle_command(struct arguments *a)
{
	const char *key = take_option(a, "--key");
	struct text file;

	if (!are_files(a, 1, 1))
		return misused("bundle takes one FILE and --key VKEY");
	char *bytes = read_whole(a->argv[0], &file);
	if (!bytes)
		return STATUS_UNREADABLE;
	int status = bundle_verify(file, key, stdout);
	free(bytes);
	return status;
}

static int receipt_command(struct arguments *a)
{
	const char *key = take_option(a, "--key"), *ledger = take_option(a, "--ledger");
	FILE *dump = NULL;
	struct text file;

	if (!are_files(a, 1, 1))
		return misused("receipt takes one FILE, --ledger DUMP and --key VKEY");
	char *bytes = read_whole(a->argv[0], &file);
	if (!bytes || (ledger && !(dump = open_dump(ledger)))) {
		free(bytes);
		return STATUS_UNREADABLE;
	}
	int status = receipt_verify(file, key, dump, stdout);
	close_dump(dump);
	free(bytes);
	return status;
}

static int checkpoint_command(struct arguments *a)
{
	const char *key = take_option(a, "--key"), *proof = take_option(a, "--proof"), *witness;
	struct checkpoint_file files[REPEATED_MAX] = { 0 };
	struct key log, witnesses[REPEATED_MAX];
	struct checkpoint_question question = { .key = &log, .witnesses = witnesses };
	char *bytes[REPEATED_MAX + 1] = { NULL };
	int status = STATUS_GOOD, n = 0;

	while ((witness = take_option(a, "--witness")) && question.witness_count < REPEATED_MAX)
		if (!key_parse(text_of(witness), &witnesses[question.witness_count++]))
			return misused("--witness is no verifier key");
	if (!are_files(a, 1, REPEATED_MAX))
		return misused("checkpoint takes up to 16 FILEs");
	if (!key || !key_parse(text_of(key), &log))
		return misused("checkpoint needs the log's verifier key: --key VKEY");
	if (proof && !(bytes[REPEATED_MAX] = read_whole(proof, &question.proof)))
		status = STATUS_UNREADABLE;
	for (; n < a->argc && status == STATUS_GOOD; n++) {
		files[n].path = a->argv[n];
		bytes[n] = read_whole(a->argv[n], &files[n].bytes);
		if (!bytes[n])
			status = STATUS_UNREADABLE;
	}
	if (status == STATUS_GOOD)
		status = checkpoints_verify(files, (size_t)n, &question, stdout);
	for (int i = 0; i <= REPEATED_MAX; i++)
		free(bytes[i]);
	return status;
}

/* ---- what a ledger is held against ---- */

/*
 * A checkpoint in a file: the file itself, the lines of it from some line on, or a word of it
 * in base64, as the header of a message or a signer's state has it. Returns bytes to be freed.
 */
static char *find_checkpoint(struct text file, struct held *ret)
{
	struct text rest = file, line, words[8];

	do {
		if (note_parse(rest, &ret->note) &&
		    checkpoint_parse(&ret->note, &ret->checkpoint)) {
			char *copy = malloc(1);

			if (!copy)
				abort();
			return copy;
		}
	} while (text_cut(&rest, '\n', &line));
	rest = file;
	do {
		if (!text_cut(&rest, '\n', &line)) {
			line = rest;
			rest = (struct text){ 0 };
		}
		size_t n = text_split(line, ' ', words, 8), bytes;
		for (size_t i = 0; i < n && i < 8; i++) {
			char *note = malloc(words[i].n + 1);

			if (!note)
				abort();
			if (text_base64(words[i], (uint8_t *)note, words[i].n, &bytes) &&
			    note_parse((struct text){ note, bytes }, &ret->note) &&
			    checkpoint_parse(&ret->note, &ret->checkpoint))
				return note;
			free(note);
		}
	} while (rest.n);
	return NULL;
}

struct held_files {
	struct held held[HELD_MAX];
	char *bytes[2 * HELD_MAX];
	size_t n;
};

static bool hold(struct held_files *files, const char *path)
{
	struct held *held = &files->held[files->n];
	struct text file;

	if (files->n == HELD_MAX)
		return false;
	files->bytes[2 * files->n] = read_whole(path, &file);
	if (!files->bytes[2 * files->n])
		return false;
	held->from = path;
	files->bytes[2 * files->n + 1] = find_checkpoint(file, held);
	if (files->bytes[2 * files->n++ + 1])
		return true;
	fprintf(stderr, "%s: there is no checkpoint in it.\n", path);
	return false;
}

static int ledger_command(struct arguments *a)
{
	const char *key = take_option(a, "--key"), *path;
	struct held_files held = { .n = 0 };
	struct ledger_question question = { .held = held.held };
	struct key log;
	FILE *dump = NULL;
	int status = STATUS_GOOD;

	while (status == STATUS_GOOD &&
	       ((path = take_option(a, "--signer-state")) || (path = take_option(a, "--held"))))
		if (!hold(&held, path))
			status = STATUS_UNREADABLE;
	if (status == STATUS_GOOD && key && !key_parse(text_of(key), &log))
		status = misused("--key is no verifier key");
	if (status == STATUS_GOOD && !are_files(a, 1, 1))
		status = misused("ledger takes one FILE, or - for standard input");
	question.key = key ? &log : NULL;
	question.held_count = held.n;
	if (status == STATUS_GOOD && !(dump = open_dump(a->argv[0])))
		status = STATUS_UNREADABLE;
	if (status == STATUS_GOOD)
		status = ledger_verify(dump, &question, stdout);
	close_dump(dump);
	for (size_t i = 0; i < sizeof(held.bytes) / sizeof(held.bytes[0]); i++)
		free(held.bytes[i]);
	return status;
}

static int witness_command(struct arguments *a)
{
	bool is_public = take_flag(a, "--public"), is_once = take_flag(a, "--once");
	const char *every = take_option(a, "--every");
	struct witness_question question = {
		.url = take_option(a, "--url"), .key = take_option(a, "--key"),
		.dir = take_option(a, "--dir"), .name = take_option(a, "--name"),
		.ca_file = take_option(a, "--ca"), .token_file = take_option(a, "--token-file"),
	};
	uint64_t seconds = 0;

	if (!question.dir || a->argc || (is_once && every))
		return misused("witness needs --dir DIR, and --once or --every SECONDS");
	if (is_public)
		return witness_public(&question);
	if (!question.url || !question.key)
		return misused("witness needs --url https://HOST:PORT and the log's --key");
	if (every && (!text_u64(text_of(every), &seconds) || !seconds || seconds > EVERY_MAX))
		return misused("--every takes seconds, 1 to 86400");
	question.every = (unsigned int)seconds;
	return witness_run(&question);
}

static const struct command {
	const char *name, *first_line;	/* NULL: not told by a file */
	int (*run)(struct arguments *a);
} commands[] = {
	{ "bundle", BUNDLE_FIRST_LINE, bundle_command },
	{ "receipt", RECEIPT_FIRST_LINE, receipt_command },
	{ "ledger", "liandong-ledger/1", ledger_command },
	{ "checkpoint", NULL, checkpoint_command },
	{ "witness", NULL, witness_command },
};

/* A file without a command: its first line says which one. */
static int by_first_line(struct arguments *a)
{
	char line[64] = "";
	FILE *file = fopen(a->argv[0], "re");

	if (!file) {
		perror(a->argv[0]);
		return STATUS_UNREADABLE;
	}
	if (fgets(line, sizeof(line), file))
		line[strcspn(line, "\n")] = '\0';
	fclose(file);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].first_line && strcmp(line, commands[i].first_line) == 0)
			return commands[i].run(a);
	return misused("the file's first line is none of this program's formats");
}

int main(int argc, char **argv)
{
	struct arguments a = { .argc = argc - 1, .argv = argv + 1 };

	if (argc < 2 || take_flag(&a, "--help") || strcmp(argv[1], "help") == 0) {
		print_help(argc < 2 ? stderr : stdout);
		return argc < 2 ? STATUS_UNREADABLE : STATUS_GOOD;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(a.argv[0], commands[i].name) == 0) {
			take_out(&a, 0, 1);
			return commands[i].run(&a);
		}
	return by_first_line(&a);
}
