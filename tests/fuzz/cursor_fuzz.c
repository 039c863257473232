/* Any text as a cursor: it opens only where it is, byte for byte, what we would have made. */
#include "must.h"
#include "net/cursor.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

/* A fresh key for each run: no kept corpus can hold a cursor that opens. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char folder[] = "/tmp/cursor-fuzz-XXXXXX", file[64], why[200];

	(void)argc;
	(void)argv;
	must(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/keys", folder);
	must(crypto_key_file_make(file) && crypto_start(file, why, sizeof(why)));
	unlink(file);
	rmdir(folder);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct arena *a = arena_new(1u << 24);
	struct str token = { (const char *)input, n };
	uint64_t key1 = 0, key2 = 0, back1, back2;

	if (cursor_open(a, "/list", token, &key1, &key2))
		must(str_eq(token, cursor_make(a, "/list", key1, key2)));
	for (size_t i = 0; i < n; i++) {
		key1 = key1 * 31 + input[i];
		key2 ^= key1 << 7;
	}
	struct str made = cursor_make(a, "/list", key1, key2);
	must(cursor_open(a, "/list", made, &back1, &back2) && key1 == back1 && key2 == back2);
	must(!cursor_open(a, "/other", made, &back1, &back2));
	/* One changed byte, anywhere: refused. */
	char *changed = arena_alloc(a, made.n);
	for (size_t i = 0; i < made.n; i++)
		changed[i] = made.p[i];
	size_t at = n ? input[0] % made.n : 0;
	changed[at] = changed[at] == 'A' ? 'B' : 'A';
	must(!cursor_open(a, "/list", (struct str){ changed, made.n }, &back1, &back2) ||
	     str_eq((struct str){ changed, made.n }, made));
	arena_free(a);
	return 0;
}
