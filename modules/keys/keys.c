/*
 * Keys of programs over the interface: listed, made, narrowed, rotated, switched off. A secret
 * is shown in the one answer that makes it.
 */
#include "keys/keys.h"

#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "crypto.h"

/* ---- showing ---- */

static void write_number(struct json *j, const char *name, struct arena *a, uint64_t id)
{
	json_str(j, name, arena_printf(a, "%" PRIu64, id));
}

static void write_secret(struct json *j, struct arena *a, const struct api_secret *s)
{
	json_object(j, NULL);
	json_u64(j, "number", s->number);
	json_text(j, "credential", key_secret_kind_names[s->kind - 1]);
	json_str(j, "certificate_spki", s->spki.p ? encode_hex(a, s->spki) : STR_NONE);
	json_bool(j, "live", s->ends_at == 0 || s->ends_at > clock_real());
	json_time(j, "created_at", s->created_at);
	json_time(j, "ends_at", s->ends_at);
	json_time(j, "last_used_at", s->used_at);
	json_close(j);
}

static const char *state_of(const struct api_key *key)
{
	if (key->is_disabled)
		return "disabled";
	return key->expires_at && key->expires_at <= clock_real() ? "expired" : "enabled";
}

/* clear is STR_NONE but where a secret was made just now. */
static void write_key(struct json *j, struct arena *a, const struct api_key *key,
		      enum key_secret_kind kind, struct str clear)
{
	int64_t used_at = 0;

	json_object(j, NULL);
	write_number(j, "id", a, key->id);
	json_str(j, "key_id", key->visible);
	json_str(j, "name", key->name);
	json_text(j, "role", role_name(key->role));
	json_str(j, "department", key->unit);
	json_str(j, "channel", key->source);
	json_bool(j, "outsourced", key->is_outsourced);
	json_text(j, "state", state_of(key));
	key_list_write(j, "scopes", key->scopes);
	key_list_write(j, "addresses", key->addresses);
	json_time(j, "expires_at", key->expires_at);
	json_time(j, "created_at", key->created_at);
	json_array(j, "secrets");
	for (uint32_t i = 0; i < key->secret_count; i++) {
		write_secret(j, a, &key->secret[i]);
		if (key->secret[i].used_at > used_at)
			used_at = key->secret[i].used_at;
	}
	json_close(j);
	json_time(j, "last_used_at", used_at);
	if (clear.p)
		json_str(j, kind == KEY_BEARER ? "key" : "secret", clear);
	json_close(j);
}

static bool req_key(struct req *r, struct api_key *ret_key)
{
	uint64_t id;

	return str_to_u64(req_path(r, "id"), &id) && api_key_read(req_tx(r), id, ret_key);
}

/* The key as it is now, with what was just made for it. */
static void write_now(struct req *r, uint64_t id, enum key_secret_kind kind, struct str clear)
{
	struct api_key key;

	if (!api_key_read(req_tx(r), id, &key))
		return;		/* the transaction has failed, and its error wins */
	reply_etag(r, "key", key.version);
	write_key(req_json(r), req_arena(r), &key, kind, clear);
}

static void record(struct req *r, const struct key_act *act)
{
	key_act_record(req_tx(r), req_actor(r), req_peer(r), act);
}

static struct reply reply_key(struct req *r, uint64_t id, enum key_secret_kind kind,
			      struct str clear)
{
	write_now(r, id, kind, clear);
	return reply_ok(r);
}

static struct reply keys_list(struct req *r)
{
	uint64_t ids[LIMIT_PAGE_MAX + 1];
	struct page page;
	uint32_t n;

	if (!req_page(r, &page))
		return reply_invalid(r);
	n = api_key_ids(req_tx(r), page.is_continued ? page.key1 : 0, page.limit + 1, ids);
	uint32_t shown = n < page.limit ? n : page.limit;

	page_open(r);
	for (uint32_t i = 0; i < shown; i++) {
		struct api_key key;

		if (api_key_read(req_tx(r), ids[i], &key))
			write_key(req_json(r), req_arena(r), &key, KEY_BEARER, STR_NONE);
	}
	page_close(r, n > shown, shown ? ids[shown - 1] : 0, 0);
	return reply_ok(r);
}

static struct reply keys_show(struct req *r)
{
	struct api_key key;

	if (!req_key(r, &key))
		return reply_missing(r);
	return reply_key(r, key.id, KEY_BEARER, STR_NONE);
}

/* ---- making ---- */

struct key_form {
	struct str name, department, spki;
	struct str_list scopes, addresses;
	int64_t expires_at;
	int role, channel, credential;
	bool is_outsourced;
};

#define AT(member) .offset = offsetof(struct key_form, member)

static const struct field key_fields[] = {
	{ "name", FIELD_LINE, AT(name), .required = true, .max = KEY_NAME_CHARS },
	{ "role", FIELD_CHOICE, AT(role), .required = true, .choices = role_names },
	{ "department", FIELD_CODE, AT(department), .max = 16, .null_ok = true },
	{ "channel", FIELD_CHOICE, AT(channel), .choices = channel_names, .null_ok = true },
	{ "outsourced", FIELD_BOOL, AT(is_outsourced) },
	{ "scopes", FIELD_LINES, AT(scopes), .max = KEY_SCOPES_MAX },
	{ "addresses", FIELD_LINES, AT(addresses), .max = KEY_ADDRESSES_MAX },
	{ "expires_at", FIELD_TIME, AT(expires_at), .null_ok = true },
	{ "credential", FIELD_CHOICE, AT(credential), .choices = key_secret_kind_names },
	{ "certificate_spki", FIELD_LINE, AT(spki), .null_ok = true },
	{ 0 }
};

/* Lists are demanded: one that was left away by mistake would open the key to everything. */
static const struct field change_fields[] = {
	{ "name", FIELD_LINE, AT(name), .required = true, .max = KEY_NAME_CHARS },
	{ "outsourced", FIELD_BOOL, AT(is_outsourced) },
	{ "scopes", FIELD_LINES, AT(scopes), .max = KEY_SCOPES_MAX, .required = true },
	{ "addresses", FIELD_LINES, AT(addresses), .max = KEY_ADDRESSES_MAX, .required = true },
	{ "expires_at", FIELD_TIME, AT(expires_at), .null_ok = true },
	{ 0 }
};

struct rotate_form {
	struct str spki;
	int64_t old_ends_at;
	int credential;
};

static const struct field rotate_fields[] = {
	{ "credential", FIELD_CHOICE, offsetof(struct rotate_form, credential),
	  .choices = key_secret_kind_names },
	{ "certificate_spki", FIELD_LINE, offsetof(struct rotate_form, spki), .null_ok = true },
	{ "old_ends_at", FIELD_TIME, offsetof(struct rotate_form, old_ends_at), .null_ok = true },
	{ 0 }
};

static void complain(struct req *r, const struct key_complaint *c)
{
	struct str pointer = c->index < 0 ?
		arena_printf(req_arena(r), "#/%s", c->field) :
		arena_printf(req_arena(r), "#/%s/%d", c->field, c->index);

	req_error(r, pointer.p, c->code, "%s", c->detail);
}

static void check_lists(struct req *r, const struct key_form *form)
{
	struct key_complaint complaint;
	size_t at = 0;

	while ((complaint = key_lists_check(&form->scopes, &form->addresses, &at)).field)
		complain(r, &complaint);
	if (form->expires_at && form->expires_at <= clock_real())
		req_error(r, "#/expires_at", "out_of_range", "This is past; give a time to come.");
}

static enum key_secret_kind kind_of(int choice)
{
	return choice < 0 ? KEY_BEARER : (enum key_secret_kind)(choice + 1);
}

/* Where a certificate is meant, its hash; it has no place elsewhere. */
static struct str check_spki(struct req *r, enum key_secret_kind kind, struct str text)
{
	struct str spki = STR_NONE;

	if (kind != KEY_CERTIFICATE && text.p)
		req_error(r, "#/certificate_spki", "not_allowed",
			  "This goes with \"credential\": \"certificate\" only.");
	else if (kind == KEY_CERTIFICATE && !key_spki_read(req_arena(r), text, &spki))
		req_error(r, "#/certificate_spki", text.p ? "malformed" : "required",
			  "Give the SHA-256 of the certificate's public key (SPKI, DER) as 64 "
			  "hexadecimal digits.");
	return spki;
}

/* Who acts by a key that is narrowed cannot get more by another one: true with the refusal. */
static bool is_wider(struct req *r, const struct api_key *key, struct reply *ret_reply)
{
	const struct actor *by = req_actor(r);
	struct api_key own;

	if (by->kind != ACTOR_KEY || !api_key_read(req_tx(r), by->id, &own) ||
	    key_is_within(&own, key))
		return false;
	*ret_reply = reply_problem(r, 403, "wider_than_own",
		"Your key is narrowed to scopes, and this one may more, comes from elsewhere or "
		"lives longer; a person or a key without scopes must do it.");
	return true;
}

static struct reply keys_add(struct req *r)
{
	struct key_form form;
	struct reply reply;

	if (!req_form(r, key_fields, &form))
		return reply_invalid(r);
	enum key_secret_kind kind = kind_of(form.credential);
	struct str spki = check_spki(r, kind, form.spki);
	struct api_key key = {
		.name = form.name, .role = 1u << form.role, .unit = form.department,
		.source = form.channel < 0 ? STR_NONE : str_of(channel_names[form.channel]),
		.is_outsourced = form.is_outsourced, .expires_at = form.expires_at,
		.scopes = key_list_text(req_arena(r), &form.scopes),
		.addresses = key_list_text(req_arena(r), &form.addresses),
	};
	struct key_complaint complaint = key_place_check(req_tx(r), key.role, key.unit,
							 key.source);

	if (complaint.field)
		complain(r, &complaint);
	check_lists(r, &form);
	if (req_has_errors(r))
		return reply_invalid(r);
	if (is_wider(r, &key, &reply))
		return reply;
	struct str clear = api_key_add(req_tx(r), &key, kind, spki);

	record(r, &(struct key_act){ .deed = KEY_DEED_ADDED, .key = &key, .credential = kind,
				     .secret = key.secrets });
	write_now(r, key.id, kind, clear);
	return reply_created(r, "/api/v1/keys/%" PRIu64, key.id);
}

/* ---- changing ---- */

/* The key of the path, if it is not the actor's own and no wider; false with the answer. */
static bool changed_key(struct req *r, struct api_key *ret_key, struct reply *ret_reply)
{
	if (!req_key(r, ret_key)) {
		*ret_reply = reply_missing(r);
		return false;
	}
	if (req_actor(r)->kind == ACTOR_KEY && req_actor(r)->id == ret_key->id) {
		*ret_reply = reply_problem(r, 403, "own_key",
			"This is the key that you act by; an administrator must do it, or another "
			"key.");
		return false;
	}
	return !is_wider(r, ret_key, ret_reply);
}

static struct reply keys_change(struct req *r)
{
	struct api_key key;
	struct key_form form;
	struct reply reply;

	if (!changed_key(r, &key, &reply))
		return reply;
	if (!req_form(r, change_fields, &form))
		return reply_invalid(r);
	check_lists(r, &form);
	if (req_has_errors(r))
		return reply_invalid(r);
	if (req_is_stale(r, "key", key.version))
		return reply_stale(r);
	key.name = form.name;
	key.is_outsourced = form.is_outsourced;
	key.expires_at = form.expires_at;
	key.scopes = key_list_text(req_arena(r), &form.scopes);
	key.addresses = key_list_text(req_arena(r), &form.addresses);
	if (is_wider(r, &key, &reply))
		return reply;
	api_key_change(req_tx(r), &key);
	record(r, &(struct key_act){ .deed = KEY_DEED_CHANGED, .key = &key });
	return reply_key(r, key.id, KEY_BEARER, STR_NONE);
}

static struct reply keys_rotate(struct req *r)
{
	static const char *const allowed[] = { "remove_secret", NULL };
	struct rotate_form form;
	struct api_key key;
	struct reply reply;

	if (!changed_key(r, &key, &reply))
		return reply;
	if (!req_form(r, rotate_fields, &form))
		return reply_invalid(r);
	enum key_secret_kind kind = kind_of(form.credential);
	struct str spki = check_spki(r, kind, form.spki);

	if (form.old_ends_at && form.old_ends_at <= clock_real())
		req_error(r, "#/old_ends_at", "out_of_range",
			  "This is past; to end the old one at once, leave this away and then "
			  "DELETE it.");
	if (req_has_errors(r))
		return reply_invalid(r);
	if (req_is_stale(r, "key", key.version))
		return reply_stale(r);
	if (api_key_live(&key, kind) >= KEY_LIVE_MAX)
		return reply_conflict(r, "two_live", allowed,
				      "Two are in force already; DELETE one of them first.");
	struct str clear = api_key_rotate(req_tx(r), &key, kind, spki, form.old_ends_at);

	record(r, &(struct key_act){ .deed = KEY_DEED_ROTATED, .key = &key, .credential = kind,
				     .secret = key.secrets + 1,
				     .old_ends_at = form.old_ends_at });
	return reply_key(r, key.id, kind, clear);
}

/* Asked for what is so already it changes nothing. */
static struct reply set_disabled(struct req *r, bool is_disabled)
{
	static const struct field no_fields[] = { { 0 } };
	struct { char none; } form;
	struct api_key key;
	struct reply reply;

	if (!changed_key(r, &key, &reply))
		return reply;
	if (!req_form(r, no_fields, &form))
		return reply_invalid(r);
	if (req_is_stale(r, "key", key.version))
		return reply_stale(r);
	if (!is_disabled && key_place_check(req_tx(r), key.role, key.unit, key.source).field)
		return reply_conflict(r, "department_disabled", NULL,
				      "Its department is switched off; a key stays where it is.");
	if (key.is_disabled != is_disabled) {
		key.is_disabled = is_disabled;
		api_key_change(req_tx(r), &key);
		record(r, &(struct key_act){
			.deed = is_disabled ? KEY_DEED_DISABLED : KEY_DEED_ENABLED, .key = &key });
	}
	return reply_key(r, key.id, KEY_BEARER, STR_NONE);
}

static struct reply keys_disable(struct req *r)
{
	return set_disabled(r, true);
}

static struct reply keys_enable(struct req *r)
{
	return set_disabled(r, false);
}

static struct reply keys_secret_remove(struct req *r)
{
	struct api_key key;
	struct reply reply;
	uint64_t number;

	if (!changed_key(r, &key, &reply))
		return reply;
	if (!str_to_u64(req_path(r, "number"), &number) || number > UINT32_MAX)
		return reply_missing(r);
	if (req_is_stale(r, "key", key.version))
		return reply_stale(r);
	if (!api_key_secret_remove(req_tx(r), &key, (uint32_t)number))
		return reply_missing(r);
	record(r, &(struct key_act){ .deed = KEY_DEED_SECRET_REMOVED, .key = &key,
				     .secret = (uint32_t)number });
	return reply_empty(r);
}

/* ---- the sample district ---- */

static void seed_key(struct tx *tx, struct json *j, uint32_t role, struct str name,
		     struct str department, struct str channel)
{
	struct api_key key = { .name = name, .role = role, .unit = department,
			       .source = channel };
	struct str clear = api_key_add(tx, &key, KEY_BEARER, STR_NONE);

	json_object(j, NULL);
	json_str(j, "name", name);
	json_text(j, "role", role_name(role));
	json_str(j, "channel", channel);
	json_str(j, "department", role == ROLE_CONTACT ? STR_NONE : department);
	json_str(j, "key", clear);
	json_close(j);
}

static void keys_seed(struct tx *tx, const struct seed *seed)
{
	static const char *const channels[] = { "110", "12345", "enterprise" };
	const struct reference *ref = reference_of(tx);
	struct arena *a = tx_arena(tx);
	struct json *j = seed->access;

	json_array(j, "keys");
	for (size_t i = 0; i < array_count(channels); i++)
		seed_key(tx, j, ROLE_INTAKE, arena_printf(a, "intake-%s", channels[i]),
			 STR_NONE, str_of(channels[i]));
	for (int i = 0; role_names[i]; i++)
		if (!((1u << i) & (ROLE_DEPARTMENT | ROLE_INTAKE)))
			/* One that keeps contact does so for the account of that login. */
			seed_key(tx, j, 1u << i, str_of(role_names[i]),
				 1u << i == ROLE_CONTACT ? STR("contact1") : STR_NONE, STR_NONE);
	for (uint32_t i = 0; i < ref->department_count; i++) {
		const struct department *d = &ref->departments[i];

		if (d->takes_tasks)
			seed_key(tx, j, ROLE_DEPARTMENT,
				 arena_printf(a, "dept-%.*s", STR_ARG(d->code)), d->code,
				 STR_NONE);
	}
	json_close(j);
}

/* ---- the module ---- */

static const struct route routes[] = {
	{ ROUTE(keys_list), .query = "limit cursor" },
	{ ROUTE(keys_add) },
	{ ROUTE(keys_show) },
	{ ROUTE(keys_change) },
	{ ROUTE(keys_rotate) },
	{ ROUTE(keys_disable) },
	{ ROUTE(keys_enable) },
	{ ROUTE(keys_secret_remove) },
	{ 0 }
};

const struct module keys_module = {
	.name = "keys",
	.purpose = "Makes, narrows, rotates and ends keys of programs.",
	.routes = routes,
	.commands = key_commands,
	.seed = keys_seed,
};
