/*
 * The command `key`, and the words it has in common with `user`.
 */
#include <stdio.h>
#include <string.h>

#include "accounts/accounts.h"
#include "domain.h"

struct key_call {
	struct actor owner;
	char key[80];
	const char *unit_fault;
};

bool words_read(const struct command_call *call, struct account_words *ret)
{
	const char *words[3] = { NULL };
	size_t n = 0;

	*ret = (struct account_words){ .unit = STR_NONE };
	for (int i = 2; i < call->argc; i++) {
		if (strcmp(call->argv[i], "--outsourced") == 0)
			ret->is_outsourced = true;
		else if (strcmp(call->argv[i], "--own-password") == 0)
			ret->is_own_password = true;
		else if (str_starts(str_of(call->argv[i]), STR("--")) ||
			 n == array_count(words))
			return false;
		else
			words[n++] = call->argv[i];
	}
	ret->name = words[0];
	ret->role = words[1];
	ret->unit = words[2] ? str_of(words[2]) : STR_NONE;
	return n > 0;
}

bool role_of(const char *name, uint32_t *ret_role)
{
	int index = str_index(str_of(name), role_names);

	if (index < 0) {
		fprintf(stderr, "%s is no role; roles are:", name);
		for (int i = 0; role_names[i]; i++)
			fprintf(stderr, " %s", role_names[i]);
		fputc('\n', stderr);
		return false;
	}
	*ret_role = 1u << index;
	return true;
}

static void add_key(struct tx *tx, void *arg)
{
	struct key_call *call = arg;

	if (!account_unit_fits(tx, call->owner.role, call->owner.unit, &call->unit_fault))
		return;
	struct str key = auth_key_add(tx, &call->owner);

	if (key.p)
		snprintf(call->key, sizeof(call->key), "%.*s", STR_ARG(key));
}

int key_command(const struct command_call *call)
{
	struct key_call key = { .owner = { .kind = ACTOR_KEY } };
	struct account_words words;

	if (call->argc < 2 || strcmp(call->argv[1], "add") != 0 || !words_read(call, &words) ||
	    !words.role || words.is_own_password) {
		fprintf(stderr, "usage: liandong key " KEY_USAGE "\n");
		return 2;
	}
	key.owner.name = str_of(words.name);
	key.owner.is_outsourced = words.is_outsourced;
	if (!role_of(words.role, &key.owner.role))
		return 2;
	if (key.owner.role == ROLE_INTAKE)
		key.owner.source = words.unit;
	else
		key.owner.unit = words.unit;
	bool is_done = call->transact(add_key, &key);

	if (key.unit_fault) {
		fprintf(stderr, "%.*s %s.\n", STR_ARG(words.unit), key.unit_fault);
		return 1;
	}
	if (!is_done || !key.key[0]) {
		fprintf(stderr, "The key was not added.\n");
		return 1;
	}
	puts(key.key);
	return 0;
}
