/*
 * Keys of programs as administrators keep them; how they are checked is the server's business
 * (api_key.h).
 */
#pragma once

#include "api_key.h"
#include "audit.h"
#include "domain.h"
#include "module.h"

enum { KEY_NAME_CHARS = 100 };

extern const struct command key_commands[];

/* A complaint about what was chosen for a key; index is that of a list, else -1. */
struct key_complaint {
	const char *field;	/* NULL: none */
	int index;
	const char *code;
	const char *detail;
};

/*
 * Role, unit and channel of a key together: a department's key belongs to one that exists, a
 * supervisor's may, an intake key has its channel, and nobody else has either.
 */
struct key_complaint key_place_check(struct tx *tx, uint32_t role, struct str unit,
				     struct str source);
/* The next thing that is wrong with the lists, from *at on, which the caller begins with 0. */
struct key_complaint key_lists_check(const struct str_list *scopes,
				     const struct str_list *addresses, size_t *at);
/*
 * False when `own`, which is narrowed to scopes, is narrower than `other`: in scopes, in the
 * addresses they come from, or in time. A key without scopes is narrower than none.
 */
bool key_is_within(const struct api_key *own, const struct api_key *other);
/* 64 digits of hex as 32 bytes; false when it is something else. */
bool key_spki_read(struct arena *a, struct str text, struct str *ret_spki) MUST_USE;
/* One text of the entries, comma-separated. */
struct str key_list_text(struct arena *a, const struct str_list *list);
/* Takes the next entry off such a text; false behind the last. */
bool key_list_next(struct str *list, struct str *ret_entry) MUST_USE;
void key_list_write(struct json *j, const char *name, struct str list);

enum key_deed {
	KEY_DEED_ADDED,
	KEY_DEED_CHANGED,
	KEY_DEED_ROTATED,
	KEY_DEED_DISABLED,
	KEY_DEED_ENABLED,
	KEY_DEED_SECRET_REMOVED,
};

struct key_act {
	enum key_deed deed;
	const struct api_key *key;	/* as it is from then on */
	enum key_secret_kind credential;	/* 0: none is meant */
	uint32_t secret;		/* its number; 0: none */
	int64_t old_ends_at;
};

/* Records what was done in its transaction; `by` NULL: by the command line. */
void key_act_record(struct tx *tx, const struct actor *by, struct str peer,
		    const struct key_act *act);
