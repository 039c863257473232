/*
 * What was done to a key, in the record of acts. Each says what the key may from then on, so
 * that two acts show what changed between them; a secret is named by its number.
 */
#include "keys/keys.h"

#include "bounds.h"
#include "must.h"

static enum audit_kind kind_of(enum key_deed deed)
{
	switch (deed) {
	case KEY_DEED_ADDED:
		return AUDIT_KEY_ADDED;
	case KEY_DEED_ROTATED:
		return AUDIT_KEY_ROTATED;
	case KEY_DEED_DISABLED:
	case KEY_DEED_SECRET_REMOVED:
		return AUDIT_KEY_ENDED;
	case KEY_DEED_CHANGED:
	case KEY_DEED_ENABLED:
		break;
	}
	return AUDIT_KEY_CHANGED;
}

static const char *const deeds[] = {
	[KEY_DEED_ADDED] = "added", [KEY_DEED_CHANGED] = "changed",
	[KEY_DEED_ROTATED] = "rotated", [KEY_DEED_DISABLED] = "disabled",
	[KEY_DEED_ENABLED] = "enabled", [KEY_DEED_SECRET_REMOVED] = "secret_removed",
};

void key_list_write(struct json *j, const char *name, struct str list)
{
	struct str entry;

	json_array(j, name);
	while (key_list_next(&list, &entry))
		json_str(j, NULL, entry);
	json_close(j);
}

static struct str detail_of(struct arena *a, const struct key_act *act)
{
	const struct api_key *key = act->key;
	struct buf out;
	struct json j;

	buf_init(&out, KIB(16));
	json_init(&j, &out);
	json_object(&j, NULL);
	json_text(&j, "deed", deeds[act->deed]);
	json_str(&j, "key_id", key->visible);
	json_text(&j, "role", role_name(key->role));
	json_str(&j, "department", key->unit);
	json_str(&j, "channel", key->source);
	json_bool(&j, "outsourced", key->is_outsourced);
	key_list_write(&j, "scopes", key->scopes);
	key_list_write(&j, "addresses", key->addresses);
	json_time(&j, "expires_at", key->expires_at);
	json_text(&j, "credential",
		  act->credential ? key_secret_kind_names[act->credential - 1] : NULL);
	if (act->secret)
		json_u64(&j, "secret", act->secret);
	else
		json_null(&j, "secret");
	json_time(&j, "old_ends_at", act->old_ends_at);
	json_close(&j);
	must(!out.overflow && json_whole(&j));
	struct str text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

void key_act_record(struct tx *tx, const struct actor *by, struct str peer,
		    const struct key_act *act)
{
	audit_record(tx, &(struct audit_act){
		.kind = kind_of(act->deed), .by = by, .peer = peer, .subject = act->key->id,
		.detail = detail_of(tx_arena(tx), act),
	});
}
