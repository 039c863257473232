/* What a key may be made of, asked by routes and commands alike. */
#include "keys/keys.h"

#include <string.h>

#include "crypto.h"
#include "network.h"

static const struct key_complaint no_complaint = { .field = NULL };

struct key_complaint key_place_check(struct tx *tx, uint32_t role, struct str unit,
				     struct str source)
{
	bool may_belong = role & (ROLE_DEPARTMENT | ROLE_SUPERVISOR | ROLE_CONTACT);

	if (unit.n && !may_belong)
		return (struct key_complaint){ "department", -1, "not_allowed",
			"Only keys of departments and supervisors belong to a department, and "
			"those of contact leaders to the login whose enterprises they keep." };
	if (unit.n && role != ROLE_CONTACT && !reference_department_in_use(reference_of(tx), unit))
		return (struct key_complaint){ "department", -1, "unknown_code",
			"There is no such department in use." };
	if (!unit.n && role == ROLE_DEPARTMENT)
		return (struct key_complaint){ "department", -1, "required",
			"Name the department that this key acts for." };
	if (source.n && role != ROLE_INTAKE)
		return (struct key_complaint){ "channel", -1, "not_allowed",
			"Only intake keys have a channel." };
	if (!source.n && role == ROLE_INTAKE)
		return (struct key_complaint){ "channel", -1, "required",
			"Name the one channel that this key registers on." };
	return no_complaint;
}

static bool is_repeated(const struct str_list *list, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(list->v[k], list->v[i]))
			return true;
	return false;
}

static struct key_complaint scope_check(const struct str_list *scopes, size_t i)
{
	if (!api_key_scope_exists(scopes->v[i]))
		return (struct key_complaint){ "scopes", (int)i, "unknown_code",
			"There is nothing in this scope; write AREA:read, AREA:write or "
			"AREA:STEP, as tasks:read or tasks:return/accept." };
	if (is_repeated(scopes, i))
		return (struct key_complaint){ "scopes", (int)i, "repeated",
			"This scope stands here twice." };
	return no_complaint;
}

static struct key_complaint address_check(const struct str_list *addresses, size_t i)
{
	struct network network;

	if (!network_parse(addresses->v[i], &network))
		return (struct key_complaint){ "addresses", (int)i, "malformed",
			"Give an IP address, or a network with all host bits zero, as "
			"10.20.0.0/16 or fd12:3456::/32." };
	if (is_repeated(addresses, i))
		return (struct key_complaint){ "addresses", (int)i, "repeated",
			"This address stands here twice." };
	return no_complaint;
}

struct key_complaint key_lists_check(const struct str_list *scopes,
				     const struct str_list *addresses, size_t *at)
{
	for (size_t i = (*at)++; i < scopes->n + addresses->n; i = (*at)++) {
		struct key_complaint complaint = i < scopes->n ?
			scope_check(scopes, i) : address_check(addresses, i - scopes->n);

		if (complaint.field)
			return complaint;
	}
	return no_complaint;
}

static bool is_held(struct str networks, struct str entry)
{
	struct network network, one;
	struct str held;

	while (key_list_next(&networks, &held))
		if (network_parse(held, &network) && network_parse(entry, &one) &&
		    one.bits >= network.bits && network_holds(&network, one.address))
			return true;
	return false;
}

static bool are_addresses_within(struct str own, struct str other)
{
	struct str entry;

	if (own.n == 0 || other.n == 0)
		return own.n == 0;
	while (key_list_next(&other, &entry))
		if (!is_held(own, entry))
			return false;
	return true;
}

bool key_is_within(const struct api_key *own, const struct api_key *other)
{
	bool is_longer = own->expires_at &&
			 (other->expires_at == 0 || other->expires_at > own->expires_at);

	return own->scopes.n == 0 ||
	       (!is_longer && api_key_scopes_include(own->scopes, other->scopes) &&
		are_addresses_within(own->addresses, other->addresses));
}

bool key_spki_read(struct arena *a, struct str text, struct str *ret_spki)
{
	return text.n == (size_t)2 * KEY_SPKI_BYTES && decode_hex(a, text, ret_spki);
}

struct str key_list_text(struct arena *a, const struct str_list *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += list->v[i].n + 1;
	char *text = arena_alloc(a, n + 1), *at = text;

	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			*at++ = ',';
		memcpy(at, list->v[i].p, list->v[i].n);
		at += list->v[i].n;
	}
	return (struct str){ text, (size_t)(at - text) };
}

bool key_list_next(struct str *list, struct str *ret_entry)
{
	const char *comma = list->n ? memchr(list->p, ',', list->n) : NULL;
	size_t n = comma ? (size_t)(comma - list->p) : list->n;

	*ret_entry = (struct str){ list->p, n };
	list->p += n + (comma != NULL);
	list->n -= n + (comma != NULL);
	return n > 0;
}
