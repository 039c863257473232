/* Keys of programs from the command line, before there is anybody who could ask a server. */
#include "keys/keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"

#define USAGE "add NAME ROLE [DEPARTMENT or CHANNEL] [--outsourced] ... | list | rotate ID ... " \
	      "| disable ID | enable ID | end ID NUMBER"

static const char usage_text[] =
	"usage: liandong key add NAME ROLE [DEPARTMENT or CHANNEL] [--outsourced] [--scope SCOPE]...\n"
	"           [--address ADDRESS or NETWORK]... [--expires TIME] [--signature | "
	"--certificate SPKI]\n"
	"       liandong key list\n"
	"       liandong key rotate ID [--old-ends TIME] [--signature | --certificate SPKI]\n"
	"       liandong key disable ID\n"
	"       liandong key enable ID\n"
	"       liandong key end ID NUMBER\n";

enum { WORDS_MAX = 4, CLEAR_BYTES = 80 };

/* Words and options of one call. */
struct key_call {
	const char *words[WORDS_MAX];	/* NULL behind the last */
	size_t n;
	bool is_outsourced;
	struct str scopes[KEY_SCOPES_MAX], addresses[KEY_ADDRESSES_MAX];
	struct str_list scope_list, address_list;
	int64_t expires_at, old_ends_at;
	enum key_secret_kind kind;
	struct str spki_text;
	const char *refusal;		/* what is wrong, of our making */
	const char *field;		/* what it is wrong about; may be NULL */
	char clear[CLEAR_BYTES];
	uint64_t id, number;
	bool is_done;
};

static bool list_option(struct str *v, struct str_list *list, const char *value)
{
	if (list->n == KEY_SCOPES_MAX)
		return false;
	v[list->n] = str_of(value);
	*list = (struct str_list){ v, list->n + 1 };
	return true;
}

static bool option_read(struct key_call *c, const char *name, const char *value)
{
	if (strcmp(name, "--scope") == 0)
		return list_option(c->scopes, &c->scope_list, value);
	if (strcmp(name, "--address") == 0)
		return list_option(c->addresses, &c->address_list, value);
	if (strcmp(name, "--expires") == 0)
		return clock_parse(str_of(value), &c->expires_at);
	if (strcmp(name, "--old-ends") == 0)
		return clock_parse(str_of(value), &c->old_ends_at);
	if (strcmp(name, "--certificate") != 0)
		return false;
	c->kind = KEY_CERTIFICATE;
	c->spki_text = str_of(value);
	return true;
}

static bool words_read(const struct command_call *call, struct key_call *c)
{
	*c = (struct key_call){ .kind = KEY_BEARER };
	for (int i = 1; i < call->argc; i++) {
		const char *word = call->argv[i];

		if (strcmp(word, "--outsourced") == 0) {
			c->is_outsourced = true;
		} else if (strcmp(word, "--signature") == 0) {
			c->kind = KEY_SIGNATURE;
		} else if (str_starts(str_of(word), STR("--"))) {
			if (i + 1 == call->argc || !option_read(c, word, call->argv[++i]))
				return false;
		} else if (c->n == WORDS_MAX) {
			return false;
		} else {
			c->words[c->n++] = word;
		}
	}
	return c->n > 0;
}

static void keep_clear(struct key_call *c, struct str clear)
{
	snprintf(c->clear, sizeof(c->clear), "%.*s", STR_ARG(clear));
	c->is_done = true;
}

/* False when a certificate is meant and its hash is none. */
static bool spki_of(struct tx *tx, struct key_call *c, struct str *ret_spki)
{
	*ret_spki = STR_NONE;
	if (c->kind != KEY_CERTIFICATE || key_spki_read(tx_arena(tx), c->spki_text, ret_spki))
		return true;
	c->refusal = "SPKI is 64 hexadecimal digits: the SHA-256 of a certificate's public key.";
	return false;
}

static void add_key(struct tx *tx, void *arg)
{
	struct key_call *c = arg;
	uint32_t role = 1u << str_index(str_of(c->words[2]), role_names);
	struct str place = c->words[3] ? str_of(c->words[3]) : STR_NONE, spki;
	struct api_key key = {
		.name = str_of(c->words[1]), .role = role, .is_outsourced = c->is_outsourced,
		.unit = role == ROLE_INTAKE ? STR_NONE : place,
		.source = role == ROLE_INTAKE ? place : STR_NONE,
		.scopes = key_list_text(tx_arena(tx), &c->scope_list),
		.addresses = key_list_text(tx_arena(tx), &c->address_list),
		.expires_at = c->expires_at,
	};
	size_t at = 0;
	struct key_complaint complaint = key_place_check(tx, role, key.unit, key.source);

	if (!complaint.field)
		complaint = key_lists_check(&c->scope_list, &c->address_list, &at);
	c->field = complaint.field;
	c->refusal = complaint.field ? complaint.detail : NULL;
	if (c->refusal || !spki_of(tx, c, &spki))
		return;
	keep_clear(c, api_key_add(tx, &key, c->kind, spki));
	key_act_record(tx, NULL, STR_NONE, &(struct key_act){ .deed = KEY_DEED_ADDED, .key = &key,
		.credential = c->kind, .secret = key.secrets });
}

static void list_secrets(const struct api_key *key)
{
	char at[40];

	for (uint32_t i = 0; i < key->secret_count; i++) {
		const struct api_secret *s = &key->secret[i];

		printf("%s%" PRIu32 ":%s", i ? " " : "", s->number,
		       key_secret_kind_names[s->kind - 1]);
		if (s->ends_at)
			printf(":until=%.*s", STR_ARG(clock_format(s->ends_at, at, sizeof(at))));
	}
}

/* One line a key: id, visible id, name, role, department or channel, state, secrets. */
static void list_keys(struct tx *tx, void *arg)
{
	struct key_call *c = arg;
	uint64_t ids[100], after = 0;
	uint32_t n;

	while ((n = api_key_ids(tx, after, array_count(ids), ids)) > 0) {
		for (uint32_t i = 0; i < n; i++) {
			struct api_key key;

			if (!api_key_read(tx, ids[i], &key))
				return;
			struct str place = key.unit.n ? key.unit : key.source;

			printf("%" PRIu64 "\t%.*s\t%.*s\t%s\t%.*s\t%s\t", key.id,
			       STR_ARG(key.visible), STR_ARG(key.name), role_name(key.role),
			       STR_ARG(place), key.is_disabled ? "disabled" : "enabled");
			list_secrets(&key);
			putchar('\n');
		}
		after = ids[n - 1];
	}
	c->is_done = tx_ok(tx);
}

static bool read_key(struct tx *tx, struct key_call *c, struct api_key *ret_key)
{
	if (api_key_read(tx, c->id, ret_key))
		return true;
	c->refusal = "There is no key of this ID; `key list` shows them.";
	return false;
}

static void rotate_key(struct tx *tx, void *arg)
{
	struct key_call *c = arg;
	struct api_key key;
	struct str spki;

	if (!read_key(tx, c, &key) || !spki_of(tx, c, &spki))
		return;
	if (api_key_live(&key, c->kind) >= KEY_LIVE_MAX) {
		c->refusal = "Two are in force already; end one of them first.";
		return;
	}
	keep_clear(c, api_key_rotate(tx, &key, c->kind, spki, c->old_ends_at));
	key_act_record(tx, NULL, STR_NONE, &(struct key_act){ .deed = KEY_DEED_ROTATED,
		.key = &key, .credential = c->kind, .secret = key.secrets + 1,
		.old_ends_at = c->old_ends_at });
}

static void switch_key(struct tx *tx, void *arg)
{
	struct key_call *c = arg;
	struct api_key key;

	if (!read_key(tx, c, &key))
		return;
	key.is_disabled = strcmp(c->words[0], "disable") == 0;
	api_key_change(tx, &key);
	key_act_record(tx, NULL, STR_NONE, &(struct key_act){ .key = &key,
		.deed = key.is_disabled ? KEY_DEED_DISABLED : KEY_DEED_ENABLED });
	c->is_done = true;
}

static void end_secret(struct tx *tx, void *arg)
{
	struct key_call *c = arg;
	struct api_key key;

	if (!read_key(tx, c, &key))
		return;
	c->is_done = c->number <= UINT32_MAX &&
		     api_key_secret_remove(tx, &key, (uint32_t)c->number);
	if (c->is_done)
		key_act_record(tx, NULL, STR_NONE, &(struct key_act){ .key = &key,
			.deed = KEY_DEED_SECRET_REMOVED, .secret = (uint32_t)c->number });
	else
		c->refusal = "The key has no secret of this NUMBER.";
}

static const struct {
	const char *name;
	size_t least, most;	/* words */
	void (*work)(struct tx *tx, void *arg);
} steps[] = {
	{ "add", 3, 4, add_key },
	{ "list", 1, 1, list_keys },
	{ "rotate", 2, 2, rotate_key },
	{ "disable", 2, 2, switch_key },
	{ "enable", 2, 2, switch_key },
	{ "end", 3, 3, end_secret },
};

static int complain_usage(void)
{
	fputs(usage_text, stderr);
	return 2;
}

static bool role_exists(const char *name)
{
	if (str_index(str_of(name), role_names) >= 0)
		return true;
	fprintf(stderr, "%s is no role; roles are:", name);
	for (int i = 0; role_names[i]; i++)
		fprintf(stderr, " %s", role_names[i]);
	fputc('\n', stderr);
	return false;
}

static int key_command(const struct command_call *call)
{
	struct key_call c;
	size_t i = 0;

	if (!words_read(call, &c))
		return complain_usage();
	while (i < array_count(steps) && strcmp(steps[i].name, c.words[0]) != 0)
		i++;
	if (i == array_count(steps) || c.n < steps[i].least || c.n > steps[i].most)
		return complain_usage();
	if (steps[i].work == add_key) {
		if (!role_exists(c.words[2]))
			return 2;
	} else if ((c.words[1] && !str_to_u64(str_of(c.words[1]), &c.id)) ||
		   (c.words[2] && !str_to_u64(str_of(c.words[2]), &c.number))) {
		return complain_usage();
	}
	bool is_committed = call->transact(steps[i].work, &c);

	if (!is_committed || !c.is_done) {
		fprintf(stderr, "%s%s%s\n", c.field ? c.field : "", c.field ? ": " : "",
			c.refusal ? c.refusal : "Nothing was changed.");
		return 1;
	}
	if (c.clear[0])
		puts(c.clear);
	return 0;
}

const struct command key_commands[] = {
	{ "key", USAGE, "Adds, lists, rotates and ends keys of programs.", key_command },
	{ 0 }
};
